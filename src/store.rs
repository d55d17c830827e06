//! The database: the only module that speaks SQL.
//!
//! Everything that belongs to an account takes the account's id first, so that no statement can forget it. Statements
//! are named constants in [`sql`] with `$1` placeholders, which every database we mean to support understands; what
//! truly differs lives in [`sqlite`]. SQLite has one writer: writes go through a pool of one connection and reads
//! through a read-only pool of their own, so that a page never waits behind a batch.

mod claim;
mod configuration;
mod contents;
mod cursor;
mod departures;
mod device_sign_ins;
mod duplicates;
mod error;
mod export;
mod held;
mod history;
mod known;
mod library;
mod likely;
mod listings;
mod name;
mod organisation;
#[cfg(test)]
mod plans;
mod read_only;
mod runs;
mod schedules;
mod seals;
mod search;
mod sessions;
pub mod sql;
mod sqlite;
mod statistics;
mod successors;
mod tokens;
mod tombstones;
#[cfg(test)]
mod upgrade;
mod users;

pub use claim::Claim;
pub use contents::{ContentsTask, ContentsTimes};
pub use device_sign_ins::DeviceSignIn;
pub use error::{Schema, StoreError};
pub use held::Held;
pub use history::{ERRORS_KEPT, RunsQuery};
pub use known::{IdKey, Known};
pub use library::{Batch, BatchOutcome, Deletion, FailedEntry, Fingerprints, Missing, WriteEntry};
pub use listings::Listing;
pub(crate) use name::search_name;
pub use runs::{Counters, Failure, NewRun, RunEnd, RunRecord};
pub use schedules::Schedule;
pub use seals::{SealedDeviceCode, SealedTokens};
pub use sessions::{ListedSession, NewSession, StoredSession};
pub use sqlite::{BeforeWrite, scrub};
pub use statistics::LibraryCount;
pub use successors::Successors;
pub use tokens::{SealedToken, TokenKind};
pub use users::{Service, StoredUser};

use library::VALUES_PER_LIST;
use sqlx::{Sqlite, SqlitePool, Transaction};

/// The open database; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
    log: sqlite::Log,
}

impl Store {
    /// Opens the database that `url` names (`sqlite://PATH`), creating file and folder where they are missing, and
    /// brings its schema up to date.
    ///
    /// # Errors
    /// When the address is not understood, the file cannot be opened or is no database, or a migration fails.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_watched(url, None).await
    }

    /// As [`Store::open`]; `before_write` is waited for before every write, each transaction being one. For simulations
    /// that stop between two of them.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_watched(url: &str, before_write: Option<BeforeWrite>) -> Result<Self, StoreError> {
        let store = sqlite::open(url, before_write).await?;
        sqlite::MIGRATIONS.run(&store.writer).await.map_err(|error| StoreError::migration(url, error))?;
        Ok(store)
    }

    /// Whether the database answers and has every migration of this binary.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn is_ready(&self) -> Result<bool, StoreError> {
        let applied: i64 = sqlx::query_scalar(sql::MIGRATIONS_APPLIED).fetch_one(&self.reader).await?;
        Ok(usize::try_from(applied).is_ok_and(|applied| applied >= sqlite::MIGRATIONS.iter().count()))
    }

    /// Waits for open statements and closes the files.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// The connections that only read, for tests that look behind the curtain.
    pub fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// The one connection that writes, for tests that damage things on purpose.
    pub fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// A transaction that holds the write lock from the start, so that it cannot fail half-way for want of it.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.log.shorten(&self.writer).await;
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}
