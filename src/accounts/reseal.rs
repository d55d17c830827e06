//! Seals everything anew: with another key, or as this version seals it.

use super::vault::{Purpose, Vault, VaultError};
use crate::store::{SealedDeviceCode, SealedTokens, Store, StoreError};
use secrecy::SecretString;
use std::path::Path;

/// Why the secrets could not be sealed anew; nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// The key, or something sealed with it.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens all that is sealed in `store` with the vault `from` and seals it with `to`, in one transaction. Tokens that
/// `from` cannot open are of use to nobody and are forgotten; gives how many that were.
///
/// # Errors
/// When the database fails; nothing is changed then.
pub async fn reseal(store: &Store, from: &Vault, to: &Vault) -> Result<usize, ResealError> {
    let (tokens, codes) = store.sealed().await?;
    let (mut opened, mut lost) = (Vec::new(), Vec::new());
    for sealed in tokens {
        let user = sealed.user_id;
        match token(sealed, from, to) {
            Ok(token) => opened.push(token),
            Err(_) => lost.push(user),
        }
    }
    // Whoever waits for a code that cannot be opened gets a new one.
    let codes: Vec<_> = codes.into_iter().filter_map(|it| code(it, from, to).ok()).collect();
    let proof = if store.is_shared() { Some(proof(to)?) } else { None };
    store.reseal(&opened, &codes, &lost, proof.as_deref()).await?;
    Ok(lost.len())
}

/// Binds the tokens to their accounts that an earlier version has sealed without.
///
/// # Errors
/// When the database fails; nothing is changed then.
pub async fn bind(store: &Store, vault: &Vault) -> Result<(), ResealError> {
    let (tokens, _) = store.sealed().await?;
    let unbound = tokens.into_iter().filter_map(|it| {
        let opened = vault.open_unbound(&it.sealed_access_token).ok()?;
        let sealed_access_token = vault.seal(Purpose::AccessToken(it.user_id), &opened).ok()?;
        Some(SealedTokens { sealed_access_token, ..it })
    });
    let unbound: Vec<_> = unbound.collect();
    if !unbound.is_empty() {
        store.reseal(&unbound, &[], &[], None).await?;
        tracing::info!(tokens = unbound.len(), "stored tokens are bound to their accounts now");
    }
    Ok(())
}

/// Makes sure that servers on one database have one key: two would seal what the other cannot open.
///
/// # Errors
/// [`VaultError::AnotherKey`], or when the database fails.
pub async fn prove(store: &Store, vault: &Vault, path: &Path) -> Result<(), ResealError> {
    if !store.is_shared() {
        return Ok(());
    }
    let first = store.proof(&proof(vault)?).await?;
    vault.open_secret(Purpose::Proof, &first).map_err(|_| VaultError::AnotherKey(path.to_owned()))?;
    Ok(())
}

/// What only the same key opens.
fn proof(vault: &Vault) -> Result<Vec<u8>, VaultError> {
    vault.seal(Purpose::Proof, &SecretString::from("the same key"))
}

fn token(sealed: SealedTokens, from: &Vault, to: &Vault) -> Result<SealedTokens, VaultError> {
    let SealedTokens { user_id, sealed_access_token, sealed_refresh_credentials } = sealed;
    let move_over = |purpose, sealed: &[u8]| to.seal(purpose, &from.open_secret(purpose, sealed)?);
    let refresh = sealed_refresh_credentials.map(|it| move_over(Purpose::RefreshCredentials(user_id), &it));
    Ok(SealedTokens {
        user_id,
        sealed_access_token: move_over(Purpose::AccessToken(user_id), &sealed_access_token)?,
        sealed_refresh_credentials: refresh.transpose()?,
    })
}

fn code(sealed: SealedDeviceCode, from: &Vault, to: &Vault) -> Result<SealedDeviceCode, VaultError> {
    let SealedDeviceCode { id_hash, sealed_device_code, sealed_tokens } = sealed;
    let id = <[u8; 32]>::try_from(id_hash.as_slice()).map_err(|_| VaultError::CannotOpen)?;
    let move_over = |purpose, sealed: &[u8]| to.seal(purpose, &from.open_secret(purpose, sealed)?);
    Ok(SealedDeviceCode {
        sealed_device_code: move_over(Purpose::DeviceCode(id), &sealed_device_code)?,
        sealed_tokens: sealed_tokens.map(|it| move_over(Purpose::DeviceTokens(id), &it)).transpose()?,
        id_hash,
    })
}
