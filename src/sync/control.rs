//! How a run is held and stopped from outside: a gate that every request and every batch passes.

use super::live::Live;
use crate::{
    clock::Clock,
    real_debrid::{Conductor, Stopped, Wait},
};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Go,
    Hold,
    Stop,
    /// Like stop, but the run is to be taken up again.
    Leave,
}

/// The reins of one run; clones hold the same ones.
#[derive(Clone, Debug)]
pub struct Control {
    order: Arc<watch::Sender<Order>>,
    clock: Clock,
    live: Live,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    since: Option<Duration>,
    before: Duration,
}

impl Control {
    /// Reins of a run that shows itself in `live`.
    pub fn new(clock: Clock, live: Live) -> Self {
        Self { order: Arc::new(watch::Sender::new(Order::Go)), clock, live, held: Arc::default() }
    }

    /// Lets nothing pass until [`Control::resume`].
    pub fn pause(&self) {
        if self.give(Order::Hold) {
            self.held.lock().unwrap_or_else(PoisonError::into_inner).since = Some(self.clock.elapsed());
        }
    }

    /// Lets the run go on.
    pub fn resume(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = held.since.take() {
            held.before += self.clock.elapsed().saturating_sub(since);
        }
        drop(held);
        self.give(Order::Go);
    }

    /// Ends the run at the next gate; final.
    pub fn stop(&self) {
        self.give(Order::Stop);
    }

    /// Ends the run at the next gate, to be taken up by the next start of the server. A run that was told to stop before
    /// stays stopped.
    pub fn leave(&self) {
        self.give(Order::Leave);
    }

    fn give(&self, order: Order) -> bool {
        self.order.send_if_modified(|current| {
            let changes = *current != order && !matches!(*current, Order::Stop | Order::Leave);
            if changes {
                *current = order;
            }
            changes
        })
    }

    /// Whether the run is to be taken up again.
    pub fn is_left(&self) -> bool {
        *self.order.borrow() == Order::Leave
    }

    /// Waits while the run is held.
    ///
    /// # Errors
    /// When it was told to stop.
    pub async fn pass(&self) -> Result<(), Stopped> {
        let mut order = self.order.subscribe();
        // The sender lives in `self`, so the wait ends only by an order.
        match order.wait_for(|order| *order != Order::Hold).await.map(|order| *order) {
            Ok(Order::Go) => Ok(()),
            _ => Err(Stopped),
        }
    }

    /// Time at work: since the clock was made, without what was spent on hold.
    pub fn at_work(&self) -> Duration {
        let now = self.clock.elapsed();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        now.saturating_sub(held.before)
            .saturating_sub(held.since.map_or(Duration::ZERO, |since| now.saturating_sub(since)))
    }
}

impl Conductor for Control {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(self.pass())
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            let mut order = self.order.subscribe();
            let _ = order.wait_for(|order| matches!(order, Order::Stop | Order::Leave)).await;
        })
    }

    fn waits(&self, wait: Option<Wait>) {
        self.live.waiting(wait.map(|wait| wait.to_string()));
    }
}
