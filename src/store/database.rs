//! The database that is open, and the doors to what is in it.
//!
//! Every door is opened for one account, or for all where that is the subject. PostgreSQL holds whoever comes through
//! it to that account, so that even a statement that forgot its condition meets nothing of others.

use super::{
    Store, StoreError,
    postgres::{ANSWER_WITHIN, Begun, Door, PostgresDatabase, in_time},
    sqlite::SqliteDatabase,
};
use sqlx::{PgConnection, Sqlite, SqliteConnection, SqlitePool};

/// The open database; clones share it.
#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite(SqliteDatabase),
    Postgres(PostgresDatabase),
}

/// Whose rows are to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// One account's.
    Account(i64),
    /// Everybody's: schedules, sign-ins, sessions of which only the token is known.
    Everyone,
}

impl From<i64> for Scope {
    fn from(user: i64) -> Self {
        Self::Account(user)
    }
}

/// Where a statement goes.
pub(super) enum On<'c> {
    Sqlite(&'c mut SqliteConnection),
    SqlitePool(&'c SqlitePool),
    Postgres(&'c mut PgConnection),
    PostgresDoor(Door<'c>),
}

/// Statements that count together or not at all; given up when dropped.
#[derive(Debug)]
pub(super) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(Begun),
}

impl<'c> From<&'c mut Transaction> for On<'c> {
    fn from(transaction: &'c mut Transaction) -> Self {
        match transaction {
            Transaction::Sqlite(transaction) => Self::Sqlite(transaction),
            Transaction::Postgres(transaction) => Self::Postgres(transaction),
        }
    }
}

impl Transaction {
    /// Makes it count.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => in_time(ANSWER_WITHIN, transaction.commit()).await,
        }
    }

    /// Does what may be refused without harm to what was done before: PostgreSQL would refuse everything afterwards.
    pub(super) async fn attempt<T>(
        &mut self,
        part: impl AsyncFnOnce(On<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => part(On::Sqlite(transaction)).await,
            Self::Postgres(transaction) => {
                let mut inner = in_time(ANSWER_WITHIN, sqlx::Connection::begin(&mut **transaction)).await?;
                let result = part(On::Postgres(&mut inner)).await;
                match &result {
                    Ok(_) => in_time(ANSWER_WITHIN, inner.commit()).await?,
                    Err(_) => in_time(ANSWER_WITHIN, inner.rollback()).await?,
                }
                result
            }
        }
    }
}

impl Store {
    /// For one statement that reads.
    pub(super) fn reading(&self, scope: impl Into<Scope>) -> On<'_> {
        match &self.0 {
            Database::Sqlite(database) => On::SqlitePool(&database.reader),
            Database::Postgres(database) => On::PostgresDoor(database.reading(scope.into())),
        }
    }

    /// For one statement that writes.
    pub(super) fn writing(&self, scope: impl Into<Scope>) -> On<'_> {
        match &self.0 {
            Database::Sqlite(database) => On::SqlitePool(&database.writer),
            Database::Postgres(database) => On::PostgresDoor(database.writing(scope.into())),
        }
    }

    /// For a note: it waits for no batch of its account, and a crash of the database may lose it.
    pub(super) async fn begin_note(&self, scope: impl Into<Scope>) -> Result<Transaction, StoreError> {
        let scope = scope.into();
        self.begin_through(|database| database.noting(scope)).await
    }

    /// Several statements that read one moment.
    pub(super) async fn moment(&self, scope: impl Into<Scope>) -> Result<Transaction, StoreError> {
        Ok(match &self.0 {
            Database::Sqlite(database) => Transaction::Sqlite(Box::pin(database.reader.begin()).await?),
            Database::Postgres(database) => {
                let door = database.moment(scope.into());
                Transaction::Postgres(Box::pin(door.begin()).await?)
            }
        })
    }

    /// A transaction that is alone in writing what it may write from the start, so that it cannot fail half-way for want
    /// of that: SQLite has one writer, and an account in PostgreSQL has one.
    pub(super) async fn begin(&self, scope: impl Into<Scope>) -> Result<Transaction, StoreError> {
        let scope = scope.into();
        self.begin_through(|database| database.writing(scope)).await
    }

    /// A transaction that may write: SQLite knows one kind of it, PostgreSQL has a door for each.
    async fn begin_through(
        &self,
        door: impl FnOnce(&PostgresDatabase) -> Door<'_> + Send,
    ) -> Result<Transaction, StoreError> {
        Ok(match &self.0 {
            Database::Sqlite(database) => Transaction::Sqlite(Box::pin(database.begin()).await?),
            Database::Postgres(database) => Transaction::Postgres(Box::pin(door(database).begin()).await?),
        })
    }

    /// A transaction that is alone at an account's pace. In PostgreSQL it waits for none of the account's writers.
    pub(super) async fn turn(&self, user: i64) -> Result<Transaction, StoreError> {
        self.begin_through(|database| database.turn(Scope::Account(user))).await
    }
}
