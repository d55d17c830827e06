//! `dmm migrate`.

use super::{LogConfig, fail};
use crate::{config::DatabaseConfig, store::Store};
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
    match Store::open(&args.database.database_url).await {
        Ok(store) => {
            store.close().await;
            tracing::info!("the database is up to date");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}
