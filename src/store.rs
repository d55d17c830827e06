//! The database: the only module that speaks SQL.
//!
//! Everything that belongs to an account takes the account's id first, so that no statement can forget it; and goes
//! through a door of [`database`] that is opened for that account. Statements are named constants in [`sql`] with `$1`
//! placeholders, which both databases understand; what truly differs lives in [`sqlite`], [`postgres`] and [`dialect`].

mod claim;
mod configuration;
mod contents;
mod cursor;
mod database;
#[cfg(test)]
#[path = "../tests/integration/databases.rs"]
#[expect(dead_code, reason = "some of it is for the tests of a whole server")]
pub(crate) mod databases;
mod departures;
mod device_sign_ins;
mod dialect;
mod duplicates;
mod error;
mod export;
mod held;
mod history;
mod known;
mod leases;
mod library;
mod likely;
mod listings;
mod moving;
mod name;
mod neighbours;
mod organisation;
mod paces;
#[cfg(test)]
mod plans;
mod postgres;
mod read_only;
mod run_record;
mod runs;
mod schedules;
mod seals;
mod search;
mod sessions;
pub mod sql;
mod sqlite;
mod statement;
mod statistics;
mod successors;
mod tables;
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
pub use leases::{Lease, LeasedRun, Orders, Sight, Task, UnderWay};
pub use library::{Batch, BatchOutcome, Deletion, FailedEntry, Fingerprints, Missing, WriteEntry};
pub use listings::Listing;
pub use moving::{MoveError, MovedTable};
pub(crate) use name::search_name;
pub use neighbours::Neighbours;
pub use run_record::{Counters, RunRecord};
pub use runs::{Failure, NewRun, RunEnd};
pub use schedules::Schedule;
pub use seals::{SealedDeviceCode, SealedTokens};
pub use sessions::{ListedSession, NewSession, StoredSession};
pub use sqlite::BeforeWrite;
pub use statistics::LibraryCount;
pub use successors::Successors;
pub use tokens::{SealedToken, TokenKind};
pub use users::{Service, StoredUser};

use crate::domain::database_url::{is_postgres, scrub};
use database::{Database, Scope};
use library::VALUES_PER_LIST;
use sqlite::SqliteDatabase;
use sqlx::SqlitePool;
use statement::Statement;

/// The open database; clones share it.
#[derive(Clone, Debug)]
pub struct Store(Database);

impl Store {
    /// Opens the database that `url` names (`sqlite://PATH`, `postgres://…`), creating file and folder where they are
    /// missing, and brings its schema up to date.
    ///
    /// # Errors
    /// When the address is not understood, the database cannot be opened or is none, or a migration fails.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_watched(url, None).await
    }

    /// As [`Store::open`]; in SQLite `before_write` is waited for before every write, each transaction being one. For
    /// simulations that stop between two of them.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_watched(url: &str, before_write: Option<BeforeWrite>) -> Result<Self, StoreError> {
        Ok(Self(if is_postgres(url) {
            Database::Postgres(Box::pin(postgres::open(url)).await?)
        } else {
            Database::Sqlite(Box::pin(sqlite::open(url, before_write)).await?)
        }))
    }

    /// Whether the database answers, has every migration of this binary, and can be written, as far as that is known
    /// without writing.
    ///
    /// # Errors
    /// When it does not answer, or takes no changes.
    pub async fn is_ready(&self) -> Result<bool, StoreError> {
        if self.is_shared() {
            // A standby of another, or a database that is set to read only.
            let mut note = self.begin_note(Scope::Everyone).await?;
            if Statement::new(sql::IS_READ_ONLY).scalar(&mut note).await? {
                return Err(StoreError::Standby);
            }
        }
        let applied: i64 = Statement::new(sql::MIGRATIONS_APPLIED).scalar(self.reading(Scope::Everyone)).await?;
        let known = match &self.0 {
            Database::Sqlite(_) => sqlite::MIGRATIONS.iter().count(),
            Database::Postgres(_) => postgres::MIGRATIONS.iter().count(),
        };
        Ok(usize::try_from(applied).is_ok_and(|applied| applied >= known))
    }

    /// Refuses a database that not everything has been moved into: half a library would be taken for a whole one.
    ///
    /// # Errors
    /// [`StoreError::Unfinished`], or when it does not answer.
    pub async fn refuse_half(&self, url: &str) -> Result<(), StoreError> {
        match self.unfinished_move().await? {
            Some(origin) => Err(StoreError::Unfinished { path: scrub(url), origin }),
            None => Ok(()),
        }
    }

    /// Waits for open statements and closes the files or connections.
    pub async fn close(&self) {
        match &self.0 {
            Database::Sqlite(database) => {
                database.reader.close().await;
                database.writer.close().await;
            }
            Database::Postgres(database) => database.close().await,
        }
    }

    /// SQLite's connections that only read, for tests that look behind the curtain.
    ///
    /// # Panics
    /// When the database is another one.
    pub fn reader(&self) -> &SqlitePool {
        &self.sqlite().reader
    }

    /// SQLite's one connection that writes, for tests that damage things on purpose.
    ///
    /// # Panics
    /// When the database is another one.
    pub fn writer(&self) -> &SqlitePool {
        &self.sqlite().writer
    }

    fn sqlite(&self) -> &SqliteDatabase {
        match &self.0 {
            Database::Sqlite(database) => database,
            Database::Postgres(_) => panic!("a test asks PostgreSQL for SQLite's connections"),
        }
    }
}
