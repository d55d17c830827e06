//! The book in which servers on one database write down the pace of an account that they share.

use crate::{
    real_debrid::{PaceBook, Turn, Unavailable},
    store::Store,
};
use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// The book of one account, in the database and by its clock.
#[derive(Debug)]
pub struct SharedPace {
    store: Store,
    user: i64,
    /// Whether the last turn failed, so that a database that is away is logged once.
    is_away: AtomicBool,
}

impl SharedPace {
    /// The book of this account.
    pub fn new(store: Store, user: i64) -> Self {
        Self { store, user, is_away: AtomicBool::new(false) }
    }
}

impl PaceBook for SharedPace {
    fn turn<'a>(&'a self, turn: Turn<'a>) -> Pin<Box<dyn Future<Output = Result<(), Unavailable>> + Send + 'a>> {
        Box::pin(async move {
            let turn = |text: Option<&str>, millis: i64| {
                turn(text, Duration::from_millis(u64::try_from(millis).unwrap_or_default()))
            };
            let taken = self.store.pace_turn(self.user, turn).await;
            let was_away = self.is_away.swap(taken.is_err(), Ordering::Relaxed);
            taken.map_err(|error| {
                if !was_away {
                    tracing::warn!(account = self.user, ?error, "the pace of requests cannot be written down");
                }
                Unavailable
            })
        })
    }
}
