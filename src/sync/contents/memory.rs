//! What the reading of one account remembers between two sessions: that Real-Debrid failed, or refused the account.
//!
//! Nothing of it outlives the process: a new one asks once, and learns it again.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_mins(30);

/// What changes when an account may ask again; see [`Store::signs_of_access`](crate::store::Store::signs_of_access).
pub(super) type Signs = (Option<i64>, Option<i64>);

/// Held by whoever reads, so that an account is never read twice at the same time.
#[derive(Debug, Default)]
pub(in crate::sync) struct Memory {
    /// Sessions in a row that failed.
    failures: u32,
    /// No session before this.
    not_before: Duration,
    /// As they were when the account was refused.
    refused: Option<Signs>,
}

impl Memory {
    /// Whether it is too early for a session.
    pub(in crate::sync) fn rests(&self, now: Duration) -> bool {
        now < self.not_before
    }

    /// Whether the last session failed.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.failures > 0
    }

    /// Whether the account was refused and nothing has changed since.
    pub(super) fn is_refused(&self, signs: Signs) -> bool {
        self.refused == Some(signs)
    }

    /// Real-Debrid failed: gives how long is rested, 1, 2, 4, … and at most 30 minutes.
    pub(super) fn back_off(&mut self, now: Duration) -> Duration {
        let rest = SHORTEST.saturating_mul(1 << self.failures.min(5)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now + rest;
        rest
    }

    /// The account was refused; no session until its signs change.
    pub(super) fn refuse(&mut self, signs: Signs) {
        *self = Self { refused: Some(signs), ..Self::default() };
    }

    /// Real-Debrid answered; gives whether that is news.
    pub(super) fn recover(&mut self) -> bool {
        let is_news = self.is_in_doubt() || self.refused.is_some();
        *self = Self::default();
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_backs_off_1_2_4_and_at_most_30_minutes_and_an_answer_ends_it() {
        let mut memory = Memory::default();
        let now = Duration::from_secs(9);
        let rests = [(); 7].map(|()| memory.back_off(now).as_secs() / 60);
        assert_eq!(rests, [1, 2, 4, 8, 16, 30, 30]);
        assert!(memory.rests(now + LONGEST.saturating_sub(SHORTEST)) && !memory.rests(now + LONGEST));
        assert!(memory.recover() && !memory.recover());
        assert!(!memory.rests(now));
    }

    #[test]
    fn a_refused_account_waits_for_another_token_or_a_run_that_completed() {
        let mut memory = Memory::default();
        memory.refuse((Some(1), None));
        assert!(memory.is_refused((Some(1), None)));
        for signs in [(Some(2), None), (Some(1), Some(7)), (None, None)] {
            assert!(!memory.is_refused(signs), "{signs:?}");
        }
    }
}
