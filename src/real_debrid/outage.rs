//! How long a database that is away is waited for: longer each time, and not for ever.

use std::time::Duration;

/// The first wait; each further one is twice as long …
const FIRST: Duration = Duration::from_secs(1);
/// … up to this.
const LONGEST: Duration = Duration::from_secs(30);
/// For so long work waits in all before it fails.
pub const PATIENCE: Duration = Duration::from_mins(30);

/// Failures of a database, from the first in a row to the first success.
#[derive(Debug, Clone)]
pub struct Outage {
    patience: Duration,
    since: Option<Duration>,
    waits: u32,
}

impl Outage {
    /// None yet; once it has lasted for `patience` it is waited for no more.
    pub const fn new(patience: Duration) -> Self {
        Self { patience, since: None, waits: 0 }
    }

    /// How long to wait after a failure that came `now`; none when that was done for long enough.
    pub fn wait(&mut self, now: Duration) -> Option<Duration> {
        if now.saturating_sub(*self.since.get_or_insert(now)) >= self.patience {
            return None;
        }
        let wait = FIRST.saturating_mul(1 << self.waits.min(5)).min(LONGEST);
        self.waits += 1;
        Some(wait)
    }

    /// A pause tries nobody's patience.
    pub fn paused(&mut self, pause: Duration) {
        self.since = self.since.map(|since| since.saturating_add(pause));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute_and_end_after_half_an_hour_without_pauses() {
        let (mut outage, mut now, mut waits) = (Outage::new(PATIENCE), Duration::from_hours(9), Vec::new());
        while let Some(wait) = outage.wait(now) {
            waits.push(wait.as_secs());
            now += wait;
            if waits.len() == 3 {
                outage.paused(Duration::from_hours(1));
                now += Duration::from_hours(1);
            }
        }
        assert_eq!(waits[..7], [1, 2, 4, 8, 16, 30, 30]);
        assert!((1_800..1_830).contains(&waits.iter().sum::<u64>()), "{waits:?}");
        assert_eq!(Outage::new(Duration::ZERO).wait(now), None, "without patience nothing is waited for");
    }
}
