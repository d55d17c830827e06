//! Time as a parameter: the only caller of the system clock, and a clock that a test moves by hand.
//!
//! Wall time ([`Clock::now`]) goes into the database and on the screen; servers that share a database go by the clock of
//! that ([`Clock::follow`]), so that they agree. Everything that measures or waits uses [`Clock::elapsed`], which never
//! jumps.

use crate::domain::Timestamp;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// By how much a clock that is followed may differ, in milliseconds: two that are set by the same time servers do no more.
const TOLERANCE: i64 = 1_000;

/// A source of time; clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    /// By how many milliseconds the clock that is followed is ahead.
    ahead: Arc<AtomicI64>,
}

#[derive(Clone, Debug)]
enum Source {
    System { start: Instant },
    Manual(ManualClock),
}

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn system() -> Self {
        Self::of(Source::System { start: Instant::now() })
    }

    fn of(source: Source) -> Self {
        Self { source, ahead: Arc::default() }
    }

    /// The wall time.
    pub fn now(&self) -> Timestamp {
        self.now_here().plus_millis(self.ahead.load(Ordering::Relaxed))
    }

    /// Goes by another clock, which has shown `time` within the last `took`. Where they have been of one mind, nothing
    /// changes, so that time does not waver. Gives by how many milliseconds the other is ahead of the machine's, if that is
    /// news.
    pub fn follow(&self, time: Timestamp, took: Duration) -> Option<i64> {
        let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        let time = time.plus_millis(took / 2);
        if time.millis_since(self.now()).abs() <= TOLERANCE.max(took) {
            return None;
        }
        let ahead = time.millis_since(self.now_here());
        self.ahead.store(ahead, Ordering::Relaxed);
        Some(ahead)
    }

    /// The wall time as this machine has it, for times that are neither ours nor the database's.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now_here(&self) -> Timestamp {
        match &self.source {
            Source::System { .. } => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
            }
            Source::Manual(manual) => manual.now(),
        }
    }

    /// Time since this clock was made; never goes back.
    pub fn elapsed(&self) -> Duration {
        match &self.source {
            Source::System { start } => start.elapsed(),
            Source::Manual(manual) => *manual.elapsed.subscribe().borrow(),
        }
    }

    /// What waits are scattered by: chance, or with a clock moved by hand its time, so that a play is the same each time.
    pub fn scatter(&self) -> Option<u64> {
        match &self.source {
            Source::System { .. } => None,
            Source::Manual(_) => Some(u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)),
        }
    }

    /// Waits for `duration`.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub async fn sleep(&self, duration: Duration) {
        match &self.source {
            Source::System { .. } => tokio::time::sleep(duration).await,
            Source::Manual(manual) => manual.sleep(duration).await,
        }
    }
}

/// A clock that stands still until it is advanced.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: Arc<Mutex<Timestamp>>,
    elapsed: Arc<watch::Sender<Duration>>,
    /// When sleepers want to wake, and how many at each time.
    alarms: Arc<Mutex<BTreeMap<Duration, usize>>>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        let elapsed = Arc::new(watch::Sender::new(Duration::ZERO));
        Self { start: Arc::new(Mutex::new(start)), elapsed, alarms: Arc::default() }
    }

    /// The clock to hand out.
    pub fn clock(&self) -> Clock {
        Clock::of(Source::Manual(self.clone()))
    }

    /// Lets `duration` pass and wakes whoever waited for it.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
    }

    /// Sets the wall time forward or back, as a person or a time server does; no time passes.
    pub fn set_wall_time(&self, by_millis: i64) {
        let mut start = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        *start = start.plus_millis(by_millis);
    }

    /// How long until the first sleeper wants to wake; none when nobody sleeps.
    pub fn until_next_alarm(&self) -> Option<Duration> {
        let alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        alarms.keys().next().map(|first| first.saturating_sub(*self.elapsed.borrow()))
    }

    fn now(&self) -> Timestamp {
        let start = *self.start.lock().unwrap_or_else(PoisonError::into_inner);
        start.plus_millis(i64::try_from(self.elapsed.borrow().as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep(&self, duration: Duration) {
        let mut elapsed = self.elapsed.subscribe();
        let end = *elapsed.borrow() + duration;
        let _alarm = Alarm::set(&self.alarms, end);
        // The sender lives in `self`, so waiting cannot fail before it is dropped.
        let _ = elapsed.wait_for(|now| *now >= end).await;
    }
}

/// An entry among the alarms; taken back when the sleep ends or is given up.
struct Alarm<'a> {
    alarms: &'a Mutex<BTreeMap<Duration, usize>>,
    at: Duration,
}

impl<'a> Alarm<'a> {
    fn set(alarms: &'a Mutex<BTreeMap<Duration, usize>>, at: Duration) -> Self {
        *alarms.lock().unwrap_or_else(PoisonError::into_inner).entry(at).or_default() += 1;
        Self { alarms, at }
    }
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sleepers) = alarms.get_mut(&self.at) {
            *sleepers -= 1;
            if *sleepers == 0 {
                alarms.remove(&self.at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_when_their_time_has_come() {
        let manual = ManualClock::new(Timestamp::from_millis(1_000));
        let clock = manual.clock();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(5)).await;
                clock.now()
            }
        });
        tokio::task::yield_now().await;
        manual.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        manual.advance(Duration::from_secs(1));
        assert_eq!(sleeper.await.ok(), Some(Timestamp::from_millis(6_000)));
    }

    #[test]
    fn a_clock_that_is_followed_counts_once_it_differs_by_more_than_it_may() {
        let clock = ManualClock::new(Timestamp::from_millis(100_000)).clock();
        let clone = clock.clone();
        let follow = |millis, took| clock.follow(Timestamp::from_millis(millis), Duration::from_millis(took));
        assert_eq!(follow(101_000, 0), None);
        assert_eq!(follow(99_000, 0), None);
        assert_eq!(follow(102_000, 4_000), None, "the answer was as long under way");
        assert_eq!(clone.now(), Timestamp::from_millis(100_000));
        assert_eq!(follow(400_000, 200), Some(300_100));
        assert_eq!(clone.now(), Timestamp::from_millis(400_100));
        assert_eq!(follow(400_500, 0), None);
        assert_eq!(follow(50_000, 0), Some(-50_000));
        assert_eq!(clone.now(), Timestamp::from_millis(50_000));
        assert_eq!(follow(100_000, 0), Some(0), "the machine was right after all");
    }

    #[tokio::test]
    async fn a_manual_clock_knows_when_the_first_sleeper_wants_to_wake() {
        let manual = ManualClock::new(Timestamp::from_millis(0));
        let clock = manual.clock();
        let mut sleeps = tokio::task::JoinSet::new();
        for seconds in [7, 5] {
            let clock = clock.clone();
            sleeps.spawn(async move { clock.sleep(Duration::from_secs(seconds)).await });
        }
        assert_eq!(manual.until_next_alarm(), None);
        tokio::task::yield_now().await;
        manual.advance(Duration::from_secs(1));
        assert_eq!(manual.until_next_alarm(), Some(Duration::from_secs(4)));
        manual.advance(Duration::from_secs(4));
        sleeps.join_next().await;
        assert_eq!(manual.until_next_alarm(), Some(Duration::from_secs(2)));
        manual.set_wall_time(-3_600_000);
        assert_eq!(clock.now(), Timestamp::from_millis(5_000 - 3_600_000));
        assert_eq!(manual.until_next_alarm(), Some(Duration::from_secs(2)), "the wall time moved a sleeper");
        sleeps.shutdown().await;
        assert_eq!(manual.until_next_alarm(), None);
    }
}
