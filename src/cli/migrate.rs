//! `dmm migrate`.

use super::{LogConfig, fail};
use crate::{
    config::DatabaseConfig,
    store::{Claim, Store, StoreError},
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    log: LogConfig,
}

pub(super) async fn run(args: MigrateArgs) -> ExitCode {
    args.log.start();
    match migrate(&args.database.database_url).await {
        Ok(()) => {
            tracing::info!("the database is up to date");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

async fn migrate(url: &str) -> Result<(), StoreError> {
    // Not below a server that works with the schema as it is.
    let _claim = Claim::on(url).await?;
    Store::open(url).await?.close().await;
    Ok(())
}
