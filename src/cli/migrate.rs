//! `dmm migrate`: brings a database up to date, or moves everything from one into another.

use super::{LogConfig, fail};
use crate::{
    clock::Clock,
    config::{DatabaseConfig, DatabaseUrl},
    domain::database_url::scrub,
    store::{Claim, MoveError, MovedTable, Store, StoreError},
};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// Move everything from this database, which stays as it is, into the one of --to
    #[arg(long, value_name = "URL", requires = "to", value_parser = DatabaseUrl)]
    from: Option<String>,
    /// A new database, to move into
    #[arg(long, value_name = "URL", requires = "from", value_parser = DatabaseUrl)]
    to: Option<String>,
    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    log: LogConfig,
}

pub(super) async fn run(args: MigrateArgs) -> ExitCode {
    args.log.start();
    let done = match (&args.from, &args.to) {
        (Some(from), Some(to)) => move_house(from, to).await.map_err(|error| error.to_string()),
        _ => migrate(&args.database.database_url).await.map_err(|error| error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn migrate(url: &str) -> Result<(), StoreError> {
    // Not below a server that has the file to itself.
    let _claim = Claim::beside(url).await?;
    Store::open(url).await?.close().await;
    tracing::info!("the database is up to date");
    Ok(())
}

async fn move_house(from: &str, to: &str) -> Result<(), MoveError> {
    // First of all, since it makes nothing where there is nothing.
    let source = Store::open_read_only(from).await?;
    // Nobody writes either meanwhile.
    let _left = Claim::on(from).await?;
    let _entered = Claim::on(to).await?;
    let target = Store::open(to).await?;
    let names = (scrub(from), scrub(to));
    tracing::info!("moving from {} to {}; it can be interrupted and started again", names.0, names.1);
    let told = |table: MovedTable| {
        tracing::info!("{}: {} rows, the same on both sides", table.name, table.rows);
    };
    let moved = target.move_from(&source, (&names.0, &names.1), Clock::system().now(), told).await;
    source.close().await;
    target.close().await;
    moved?;
    tracing::info!(
        "everything is moved: set DATABASE_URL to the new database and keep the key file; the old database is as it was"
    );
    Ok(())
}
