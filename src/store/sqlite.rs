//! What is special about SQLite: how it is opened and what it is told first.

use super::{Store, StoreError, error::is_damage};
use sqlx::{
    Connection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Reads at the same time; more would only queue at the disk.
const READERS: u32 = 8;

/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 16;

pub(super) async fn open(url: &str) -> Result<Store, StoreError> {
    let path = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()).ok_or_else(|| StoreError::Address {
        url: scrub(url),
        reason: "PostgreSQL and other databases are not supported by this version.".to_owned(),
    })?;
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| StoreError::Address { url: scrub(url), reason: error.to_string() })?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would lose every batch since the last checkpoint in a power cut; FULL loses the one in flight.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        // 32 MiB of pages, so that the indexes of a large library stay in memory while a batch is written.
        .pragma("cache_size", "-32768")
        // Every batch touches most pages of the indexes in random order. With 256 MiB of log before a checkpoint (SQLite's
        // own measure is 4 MiB) such a page is carried into the database once for many batches, not after each.
        .pragma("wal_autocheckpoint", "65536")
        .pragma("journal_size_limit", "67108864")
        .pragma("temp_store", "MEMORY")
        // Statements with a list of values are hardly ever the same twice, and a large one takes a megabyte.
        .statement_cache_capacity(STATEMENTS);
    let file = path.split('?').next().unwrap_or(path);
    if let Some(folder) = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Open { path: file.to_owned(), reason: error.to_string() })?;
    }
    let failed = |error: sqlx::Error| match error {
        sqlx::Error::Database(error) if is_damage(error.code().as_deref()) => {
            StoreError::Damaged { path: file.to_owned(), reason: error.message().to_owned() }
        }
        sqlx::Error::Database(error) => StoreError::Open { path: file.to_owned(), reason: error.message().to_owned() },
        error => StoreError::Open { path: file.to_owned(), reason: error.to_string() },
    };
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        // A batch of another account may hold the connection; the longest of them is far shorter than this.
        .acquire_timeout(Duration::from_mins(1))
        // SQLite ends a transaction by itself when the disk is full or fails. sqlx does not notice and would refuse
        // every later transaction on this connection, so such a connection is thrown away.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options.clone())
        .await
        .map_err(failed)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(READERS)
        // Eight caches of the writer's size would be most of the memory; the system caches the file anyway.
        .connect_with(options.create_if_missing(false).read_only(true).pragma("cache_size", "-2048"))
        .await
        .map_err(failed)?;
    Ok(Store { writer, reader })
}

/// A database address without the password in it.
pub fn scrub(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(scrub("postgres://dmm:secret@db/dmm"), "postgres://…@db/dmm");
        assert_eq!(scrub("sqlite://data/dmm.db"), "sqlite://data/dmm.db");
    }
}
