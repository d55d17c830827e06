//! `dmm rotate-key`.

use super::{LogConfig, fail};
use crate::{
    accounts::{
        Vault, VaultError,
        reseal::{ResealError, bind, reseal},
    },
    config::DatabaseConfig,
    store::{Claim, Store, StoreError},
};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub(super) struct RotateKeyArgs {
    #[command(flatten)]
    database: DatabaseConfig,
    /// The key to be replaced; the new one takes its name
    #[arg(long, env = "DMM_SECRET_KEY_FILE", value_name = "PATH", default_value = "data/dmm.key")]
    secret_key_file: PathBuf,
    #[command(flatten)]
    log: LogConfig,
}

/// Why the key was not replaced; the old one is good still.
#[derive(Debug, thiserror::Error)]
enum RotateError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reseal(#[from] ResealError),
}

pub(super) async fn run(args: RotateKeyArgs) -> ExitCode {
    args.log.start();
    match rotate(&args.database.database_url, &args.secret_key_file).await {
        Ok(0) => {
            tracing::info!("everything is sealed with a new key, which has taken the name of the old");
            ExitCode::SUCCESS
        }
        Ok(lost) => {
            tracing::warn!(
                lost,
                "everything else is sealed with a new key; who could not be opened must sign in again"
            );
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

async fn rotate(url: &str, path: &Path) -> Result<usize, RotateError> {
    // Not below a server that has the old key in memory.
    let _claim = Claim::on(url).await?;
    let store = Store::open(url).await?;
    store.refuse_half(url).await?;
    let old = Vault::open(path, &store.some_tokens().await?, store.present_proof().await?.as_deref())?;
    // What an earlier version has sealed is opened in one way only from here on.
    bind(&store, &old).await?;
    let next = Vault::next(path)?;
    let lost = reseal(&store, &old, &next).await?;
    store.close().await;
    Vault::rotate(path)?;
    Ok(lost)
}
