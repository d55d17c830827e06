//! A book in memory, for tests of those who share it.

use crate::{
    clock::Clock,
    real_debrid::pacer::book::{PaceBook, Turn, Unavailable},
};
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::task::yield_now;

/// A book in memory, by a clock of its own.
#[derive(Debug)]
pub(super) struct MemoryBook {
    pub(super) text: tokio::sync::Mutex<Option<String>>,
    clock: Clock,
    /// What this clock shows more than the processes' one.
    ahead: Mutex<Duration>,
    is_away: AtomicBool,
    /// It cannot be had and never will.
    pub(super) is_lost: AtomicBool,
    /// It writes down what happens and then does not answer.
    pub(super) is_silent: AtomicBool,
}

impl MemoryBook {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            text: tokio::sync::Mutex::default(),
            clock,
            ahead: Mutex::new(Duration::from_hours(1_000)),
            is_away: AtomicBool::new(false),
            is_lost: AtomicBool::new(false),
            is_silent: AtomicBool::new(false),
        })
    }

    /// It cannot be had from now on, or can again.
    pub(super) fn go_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::Relaxed);
    }

    pub(super) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }

    /// Its clock is set back.
    pub(super) fn set_back(&self, by: Duration) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) -= by;
    }
}

impl PaceBook for MemoryBook {
    fn turn<'a>(&'a self, turn: Turn<'a>) -> Pin<Box<dyn Future<Output = Result<(), Unavailable>> + Send + 'a>> {
        Box::pin(async move {
            let mut text = self.text.lock().await;
            yield_now().await;
            if self.is_away.load(Ordering::Relaxed) {
                return Err(Unavailable::AtPresent);
            }
            if self.is_lost.load(Ordering::Relaxed) {
                return Err(Unavailable::ForGood("The book is lost: write another.".to_owned()));
            }
            let now = self.clock.elapsed() + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            *text = Some(turn(text.as_deref(), now));
            yield_now().await;
            if self.is_silent.load(Ordering::Relaxed) { Err(Unavailable::AtPresent) } else { Ok(()) }
        })
    }
}

/// Lets everything happen that needs no time.
pub(super) async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}
