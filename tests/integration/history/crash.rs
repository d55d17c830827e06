//! SIGKILL at a chosen moment: at a time, at a request, or between two writes.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
    },
};
use tokio::sync::watch;

/// When the present life of the program ends. Once it is dead it neither asks nor writes.
#[derive(Debug)]
pub(crate) struct CrashPoint {
    dead: watch::Sender<bool>,
    /// Counts down to the fatal one; 0 when none is.
    requests: AtomicI64,
    writes: AtomicI64,
    /// A write waits for ever at the gate, so the connection is in use though nothing is written.
    holds_a_write: AtomicBool,
}

impl CrashPoint {
    pub(crate) fn new() -> Self {
        Self {
            dead: watch::Sender::new(false),
            requests: AtomicI64::new(0),
            writes: AtomicI64::new(0),
            holds_a_write: AtomicBool::new(false),
        }
    }

    /// A new life begins.
    pub(crate) fn disarm(&self) {
        self.requests.store(0, Relaxed);
        self.writes.store(0, Relaxed);
        self.holds_a_write.store(false, Relaxed);
        self.dead.send_replace(false);
    }

    pub(crate) fn arm_request(&self, nth: i64) {
        self.requests.store(nth, Relaxed);
    }

    pub(crate) fn arm_write(&self, nth: i64) {
        self.writes.store(nth, Relaxed);
    }

    pub(crate) fn strike(&self) {
        self.dead.send_replace(true);
    }

    /// Resolves when the program is dead.
    pub(crate) async fn struck(&self) {
        let _ = self.dead.subscribe().wait_for(|dead| *dead).await;
    }

    /// A request is about to be sent; true when it never will be.
    pub(crate) fn at_request(&self) -> bool {
        self.counts_down(&self.requests)
    }

    /// The gate before every write.
    pub(crate) fn before_write(self: &Arc<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let crash = Arc::clone(self);
        Box::pin(async move {
            // A database that answers at once lets the writer come here before the request that it has just sent for
            // was sent; one that takes its time does not.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            if crash.counts_down(&crash.writes) {
                crash.holds_a_write.store(true, Relaxed);
                std::future::pending::<()>().await;
            }
        })
    }

    /// Whether the connection that writes is held by a write that will never be.
    pub(crate) fn holds_a_write(&self) -> bool {
        self.holds_a_write.load(Relaxed)
    }

    fn counts_down(&self, left: &AtomicI64) -> bool {
        if left.load(Relaxed) > 0 && left.fetch_sub(1, Relaxed) == 1 {
            self.strike();
        }
        *self.dead.borrow()
    }
}
