//! The simulator's only look at the system clock.
//!
//! Every other part is handed the time, so a test can move it on (a rate-limit window, a token's life) without waiting.

use crate::domain::timestamp::Timestamp;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Real time plus whatever [`Clock::advance`] has added.
#[derive(Debug)]
pub(crate) struct Clock {
    epoch_millis: i64,
    started: Instant,
    skipped_millis: AtomicU64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a separate program in spirit: its time is not the application's")]
    pub(crate) fn start() -> Self {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            epoch_millis: i64::try_from(epoch.as_millis()).unwrap_or(i64::MAX),
            started: Instant::now(),
            skipped_millis: AtomicU64::new(0),
        }
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed() + Duration::from_millis(self.skipped_millis.load(Ordering::Relaxed))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.epoch_millis).plus_millis(elapsed)
    }

    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.skipped_millis.fetch_add(millis, Ordering::Relaxed);
    }

    #[expect(clippy::disallowed_methods, reason = "latency is felt by the client in real time")]
    pub(crate) async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
