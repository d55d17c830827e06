//! What is shown to those who watch the server.

use super::Application;
use crate::metrics::Now;
use std::time::Duration;

/// For so long an answer of the database is good for whoever looks next: anybody may look, as often as they like.
const FRESH: Duration = Duration::from_secs(1);

/// How many torrents had unknown contents, and when that was asked.
pub(super) type Unread = Option<(Duration, i64)>;

impl Application {
    /// Every metric, in the text format of Prometheus. `listeners` is how many event streams are open.
    pub async fn metrics(&self, listeners: usize) -> String {
        let (running, paused) = self.0.engine.alive();
        let unread = self.unread().await;
        self.0.engine.metrics().text(Now { running, paused, listeners, unread })
    }

    async fn unread(&self) -> Option<i64> {
        // Held while the database is asked, so that many who look at once ask once.
        let mut last = self.0.unread.lock().await;
        let now = self.0.clock.elapsed();
        if let Some((asked, unread)) = *last
            && now.saturating_sub(asked) < FRESH
        {
            return Some(unread);
        }
        match self.0.store.contents_unread().await {
            Ok(unread) => {
                *last = Some((now, unread));
                Some(unread)
            }
            Err(error) => {
                tracing::warn!(error = ?error, "the torrents with unknown contents cannot be counted");
                None
            }
        }
    }
}
