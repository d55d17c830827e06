//! The engine's part in reading contents: at most one reader for each account, and none beside a run.

use super::Engine;
use crate::{
    domain::{ApiError, State},
    store::Task,
    sync::contents::Reader,
};
use std::sync::Arc;
use tracing::Instrument;

impl Engine {
    /// Lets the contents of an account be read in the background, unless that goes on already, a run is alive, or it is
    /// resting after a failure.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_contents(&self, user: i64) -> Result<(), ApiError> {
        let account = self.refreshed(user).await?;
        let busy = matches!(account.live.state(), State::Running | State::Paused);
        let Ok(memory) = Arc::clone(&account.reading).try_lock_owned() else { return Ok(()) };
        if busy || self.0.shutdown.is_cancelled() || memory.rests(self.0.clock.elapsed()) {
            return Ok(());
        }
        let lease = if self.0.store.is_shared() {
            let Some(seen) = self.free_contents(user) else { return Ok(()) };
            let Some(lease) = self.0.store.take_lease(user, Task::Contents, seen).await? else { return Ok(()) };
            Some(lease)
        } else {
            None
        };
        let reader = Reader {
            user,
            store: self.0.store.clone(),
            transport: self.0.transport.clone(),
            credentials: Arc::clone(&self.0.credentials),
            clock: self.0.clock.clone(),
            live: account.live.clone(),
            pacer: Arc::clone(&account.pacer),
            shutdown: self.0.shutdown.clone(),
            metrics: self.0.metrics.clone(),
        };
        // At the level of errors, as a span below the level that is logged would name no line at all.
        let span = tracing::error_span!("contents", account = user);
        let engine = self.clone();
        let work = async move {
            let Some(lease) = lease else { return reader.work(memory).await };
            // Dropping it calls it off: what it stores fits the entry as it is, or is not stored.
            tokio::select! {
                () = reader.work(memory) => {}
                () = engine.beat_for_contents(&account, lease) => {}
            }
            if let Err(error) = engine.0.store.release(lease).await {
                tracing::debug!(error = ?error, "the contents are left to others a little later");
            }
        };
        self.0.tasks.spawn(work.instrument(span));
        Ok(())
    }

    /// Counts the contents of one more torrent, which a page has read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_were_read(&self, user: i64) -> Result<(), ApiError> {
        let account = self.account(user).await?;
        account.live.contents(|contents| contents.processed = (contents.processed + 1).min(contents.total));
        Ok(())
    }
}
