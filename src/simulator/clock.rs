//! The simulator's time: that of the clock it was started with, plus what was skipped.
//!
//! A test can move it on (a rate-limit window, a token's life) without waiting, and a simulation hands it the clock of
//! the whole play.

use crate::{clock, domain::timestamp::Timestamp};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The given clock plus whatever [`Clock::advance`] has added.
#[derive(Debug)]
pub(crate) struct Clock {
    given: clock::Clock,
    started: Duration,
    skipped_millis: AtomicU64,
}

impl Clock {
    pub(crate) fn start(clock: clock::Clock) -> Self {
        Self { started: clock.elapsed(), given: clock, skipped_millis: AtomicU64::new(0) }
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.given.elapsed().saturating_sub(self.started) + self.skipped()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.given.now().plus_millis(i64::try_from(self.skipped().as_millis()).unwrap_or(i64::MAX))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.skipped_millis.fetch_add(millis, Ordering::Relaxed);
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.given.sleep(duration).await;
    }

    fn skipped(&self) -> Duration {
        Duration::from_millis(self.skipped_millis.load(Ordering::Relaxed))
    }
}
