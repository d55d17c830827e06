//! Automatic runs: on the server, whether or not a browser is open.
//!
//! Whether an account is due is a question to the database, asked again and again: it needs no timer per account and
//! survives restarts, a sleeping machine and a clock that is set, because nothing is remembered between two questions.

use super::{Engine, StartRequest};
use crate::{clock::Clock, store::Store};

/// Starts the runs that are due, for ever; drop it to end it.
pub async fn keep(engine: Engine, store: Store, clock: Clock) {
    loop {
        clock.sleep(engine.options().tick).await;
        let due = match store.accounts_due(clock.now()).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = ?error, "it is not known which accounts are due");
                continue;
            }
        };
        for user in due {
            match engine.start(user, &StartRequest::default()).await {
                Ok(status) => tracing::info!(user, run = status.id, "an automatic run starts"),
                // Somebody was faster, or the server is stopping.
                Err(error) => tracing::info!(user, %error, "an automatic run does not start"),
            }
        }
    }
}
