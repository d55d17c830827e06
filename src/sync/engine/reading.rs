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
        let account = self.account(user).await?;
        let Ok(memory) = Arc::clone(&account.reading).try_lock_owned() else { return Ok(()) };
        if self.0.shutdown.is_cancelled() || memory.rests(self.0.clock.elapsed()) {
            return Ok(());
        }
        let seen = self.free_contents(user);
        if seen.is_none() && self.0.store.is_shared() {
            return Ok(());
        }
        // Last, since the database counts all torrents for it, and all this is asked for every few seconds.
        let account = self.refreshed(user).await?;
        if matches!(account.live.state(), State::Running | State::Paused) {
            return Ok(());
        }
        let lease = match seen.filter(|_| self.0.store.is_shared()) {
            Some(seen) => match self.0.store.take_lease(user, Task::Contents, seen).await? {
                Some(lease) => Some(lease),
                None => return Ok(()),
            },
            None => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        domain::{ContentsProgress, Timestamp},
        metrics::Metrics,
        real_debrid::Transport,
        store::{Service, Sight, Store, databases},
        sync::{Credentials, EngineOptions, Parts, RealDebridAccess},
    };
    use std::pin::Pin;

    struct Nobodys;

    impl Credentials for Nobodys {
        fn access(&self, _: i64) -> Pin<Box<dyn Future<Output = Result<RealDebridAccess, ApiError>> + Send + '_>> {
            Box::pin(std::future::pending())
        }
    }

    /// It is asked for every few seconds on every server, and counting a large library takes a while.
    #[tokio::test]
    async fn while_another_server_reads_the_contents_of_an_account_nothing_of_it_is_counted() {
        let url = databases::postgres().await;
        let (store, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
        let now = Timestamp::from_millis(1);
        let user = store.put_user(Service::Demo, 1, "somebody", None, now).await.unwrap().id;
        let clock = Clock::system();
        let metrics = Metrics::new(&clock);
        let transport = Transport::new(metrics.clone()).unwrap();
        let parts = Parts { store, transport, clock, credentials: Arc::new(Nobodys), metrics };
        let engine = Engine::new(parts, EngineOptions::default());
        let _page = engine.subscribe(user).await.unwrap();
        let lease = other.take_lease(user, Task::Contents, Sight::ANY).await.unwrap().unwrap();
        let progress = ContentsProgress { processed: 3, total: 7 };
        other.beat(lease, None, Some(&serde_json::to_string(&progress).unwrap())).await.unwrap();
        engine.look().await.unwrap();
        databases::change(&url, "alter table files rename to uncounted").await;
        assert!(engine.status(user).await.is_err(), "a status counts nothing");
        engine.read_contents(user).await.unwrap();
        // Nor for a page that is open here, whenever the other says how far it is.
        engine.hear(user);
        engine.show().await.unwrap();
        let account = engine.account(user).await.unwrap();
        assert!(!account.is_old(engine.0.clock.elapsed()), "its status could not be read");
        assert_eq!(account.live.status().contents, progress);
    }
}
