//! Deletes what is left of accounts that were disconnected, a few rows at a time: a library of a million must not keep the
//! syncs of others waiting. What is to be done stands in the database, so a kill in the middle costs nothing.

use crate::{clock::Clock, store::Store};
use std::time::Duration;

/// Entries or runs a transaction: with each go its contents or its errors, of which there can be thousands.
const PORTION: i64 = 50;
/// Between two portions, so that others come to write.
const BREATH: Duration = Duration::from_millis(5);

/// Looks at every `tick` whether there is anything to delete, for ever; drop it to end it.
pub async fn keep(store: Store, clock: Clock, tick: Duration) {
    loop {
        clock.sleep(tick).await;
        match store.departed().await {
            Ok(None) => {}
            Ok(Some(user)) => purge(&store, &clock, user).await,
            Err(error) => tracing::warn!(?error, "it is not known which accounts were disconnected"),
        }
    }
}

async fn purge(store: &Store, clock: &Clock, user: i64) {
    loop {
        match store.purge_departed(user, PORTION).await {
            Ok(true) => return tracing::info!(user, "all that was stored of a disconnected account is deleted"),
            Ok(false) => clock.sleep(BREATH).await,
            Err(error) => return tracing::warn!(user, ?error, "a disconnected account is not deleted yet"),
        }
    }
}
