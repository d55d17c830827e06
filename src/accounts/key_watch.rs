//! Whether the key of a shared database is still this server's. `dmm rotate-key` waits until no server shows itself, but one
//! that sleeps meanwhile, as a machine does whose lid is shut, would wake up and seal what nobody else can open.

use super::{Purpose, Vault, VaultError};
use crate::{clock::Clock, store::Store};
use std::{future::pending, time::Duration};

/// How often is looked.
const EVERY: Duration = Duration::from_secs(2);

/// Resolves once what is sealed in the database is sealed with another key than `vault`'s; never where no other program can
/// have changed that.
pub async fn replaced(store: Store, vault: Vault, clock: Clock) -> VaultError {
    if !store.is_shared() {
        return pending().await;
    }
    loop {
        clock.sleep(EVERY).await;
        match store.present_proof().await {
            Ok(Some(proof)) if vault.open_secret(Purpose::Proof, &proof).is_err() => return VaultError::Replaced,
            Ok(_) => {}
            Err(error) => tracing::debug!(?error, "it is not known whether the key is still the same"),
        }
    }
}
