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
                if error.trouble().is_some() { Unavailable::AtPresent } else { Unavailable::ForGood(error.to_string()) }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Timestamp,
        store::{Service, databases},
    };

    #[tokio::test]
    async fn a_book_that_may_not_be_written_is_unavailable_for_good_and_a_database_without_room_at_present() {
        let url = databases::postgres().await;
        let store = Store::open(&url).await.unwrap();
        let user =
            store.put_user(Service::RealDebrid, 7, "somebody", None, Timestamp::from_millis(1)).await.unwrap().id;
        let book = SharedPace::new(store, user);
        let turn = || book.turn(Box::new(|_, _| "{}".to_owned()));
        databases::fail(&url, "paces", "53100").await;
        assert_eq!(turn().await, Err(Unavailable::AtPresent));
        databases::allow(&url, "paces").await;
        databases::fail(&url, "paces", "42501").await;
        let refused = turn().await;
        assert!(matches!(&refused, Err(Unavailable::ForGood(cause)) if cause.contains("log")), "{refused:?}");
    }
}
