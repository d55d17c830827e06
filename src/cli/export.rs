//! `dmm export`: the library of one account on standard output, also while a server works with the database.

use super::{LogConfig, fail, output::put};
use crate::{
    application::Export,
    config::DatabaseConfig,
    domain::{ApiError, ExportFormat},
    store::{Service, Store, StoreError, StoredUser},
};
use clap::{Args, ValueEnum};
use std::{io, process::ExitCode};

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// How it is written
    // Its id is not that of the log's format.
    #[arg(id = "export_format", long = "format", value_name = "FORMAT", default_value = "ndjson")]
    format: Format,
    /// Whose library, by the name at Real-Debrid; needed where the database holds several accounts
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    log: LogConfig,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line
    Ndjson,
    /// A table with a row of names, for spreadsheets
    Csv,
}

/// Why there is no export, or only a part of one.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ApiError),
    #[error("{0}")]
    Account(String),
    #[error("The export cannot be written ({0}): free some space, or choose another place for it.")]
    Write(io::Error),
}

pub(super) async fn run(args: ExportArgs) -> ExitCode {
    args.log.start();
    match export(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn export(args: &ExportArgs) -> Result<(), ExportError> {
    let store = Store::open_read_only(&args.database.database_url).await?;
    let accounts = store.accounts().await?;
    let account = choose(&accounts, args.account.as_deref()).map_err(ExportError::Account)?;
    let format = match args.format {
        Format::Ndjson => ExportFormat::Ndjson,
        Format::Csv => ExportFormat::Csv,
    };
    let mut export = Export::new(store.clone(), account.id, format);
    while let Some(portion) = export.next().await {
        if !put(&portion?).map_err(ExportError::Write)? {
            break;
        }
    }
    store.close().await;
    Ok(())
}

/// The account that is wanted; the only one where nothing is said.
fn choose<'a>(accounts: &'a [StoredUser], wanted: Option<&str>) -> Result<&'a StoredUser, String> {
    let Some(wanted) = wanted else {
        return match accounts {
            [only] => Ok(only),
            [] => Err("The database holds no account: sign in to the server or run `dmm sync` first.".to_owned()),
            _ => Err(format!("The database holds several accounts: choose one of {} by --account.", names(accounts))),
        };
    };
    accounts.iter().find(|account| name(account, accounts).eq_ignore_ascii_case(wanted)).ok_or_else(|| {
        if accounts.is_empty() {
            format!("There is no account “{wanted}”: the database holds none yet.")
        } else {
            format!("There is no account “{wanted}”: the database holds {}.", names(accounts))
        }
    })
}

fn names(accounts: &[StoredUser]) -> String {
    accounts.iter().map(|account| name(account, accounts)).collect::<Vec<_>>().join(", ")
}

/// The name by which an account is told from the others of the database. A demo account says so; of two that are called
/// the same, because one was renamed at Real-Debrid, each has its number there behind it.
fn name(account: &StoredUser, accounts: &[StoredUser]) -> String {
    let plain = |account: &StoredUser| match account.service {
        Service::RealDebrid => account.username.clone(),
        Service::Demo => format!("demo:{}", account.username),
    };
    let mine = plain(account);
    let is_another = |other: &&StoredUser| other.id != account.id && plain(other).eq_ignore_ascii_case(&mine);
    if accounts.iter().any(|other| is_another(&other)) { format!("{mine}#{}", account.real_debrid_id) } else { mine }
}
