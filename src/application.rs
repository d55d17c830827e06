//! What a signed-in person can do. REST and the server functions of the pages are two doors to the same rooms, so that
//! neither knows more than the other. One file a subject.

mod access;
mod account;
mod duplicates;
mod export;
mod history;
mod library;
mod metrics;
mod sign_in;
mod sync;
mod terminal;

use crate::{accounts::Accounts, clock::Clock, real_debrid::Transport, store::Store, sync::Engine};
use std::sync::Arc;
use tokio::sync::Mutex;

pub use export::Export;

pub use crate::{
    accounts::{
        BegunDevice, DeviceProgress, PendingDevice, Session, SignedIn, bearer, cookie, device_cookie, new_token_cookie,
    },
    metrics::CONTENT_TYPE as METRICS_TYPE,
    sync::live::Subscription,
};

/// The application; clones are the same one.
#[derive(Clone)]
pub struct Application(Arc<Parts>);

struct Parts {
    store: Store,
    engine: Engine,
    accounts: Accounts,
    transport: Transport,
    clock: Clock,
    unread: Mutex<metrics::Unread>,
}

impl Application {
    /// Puts the parts together.
    pub fn new(store: Store, engine: Engine, accounts: Accounts, transport: Transport, clock: Clock) -> Self {
        Self(Arc::new(Parts { store, engine, accounts, transport, clock, unread: Mutex::default() }))
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whether there is a demo library.
    pub fn demo(&self) -> bool {
        self.0.accounts.has_demo()
    }

    /// Whether the database answers and is up to date.
    pub async fn is_ready(&self) -> bool {
        self.0.store.is_ready().await.unwrap_or_else(|error| {
            tracing::warn!(error = ?error, "the database is not ready");
            false
        })
    }

    /// Stops all runs after the batch in flight; the next start takes them up again.
    pub async fn shut_down(&self) {
        tokio::join!(self.0.engine.shut_down(), self.0.accounts.shut_down());
        if self.0.store.is_shared()
            && let Err(error) = self.0.store.retire().await
        {
            tracing::debug!(error = ?error, "the other servers learn a little later that this one is down");
        }
        self.0.store.close().await;
    }
}
