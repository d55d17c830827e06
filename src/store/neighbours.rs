//! Other servers on the same database: what this one is called among them, and how they tell each other that something is
//! new.

use super::{
    Store, StoreError,
    database::{Database, Scope, Transaction},
    postgres::Listener,
    sql,
    statement::Statement,
};
use crate::domain::Timestamp;

/// Hears what other servers announce.
#[derive(Debug)]
pub struct Neighbours(Listener);

impl Neighbours {
    /// The next account of which another server has something new.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn next(&mut self) -> Result<i64, StoreError> {
        loop {
            let said = self.0.next().await?;
            if let Ok(user) = said.parse() {
                return Ok(user);
            }
        }
    }
}

impl Store {
    /// Whether other servers may work on this database at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Database::Postgres(_))
    }

    /// The time by which all servers on this database go: `own` where there are no others, or else the database's, since
    /// clocks of servers differ.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn common_time(&self, own: Timestamp) -> Result<Timestamp, StoreError> {
        if !self.is_shared() {
            return Ok(own);
        }
        let millis = Statement::new(sql::DATABASE_CLOCK).scalar(self.reading(Scope::Everyone)).await?;
        Ok(Timestamp::from_millis(millis))
    }

    /// What this server is called, for as long as it has the database open.
    pub fn name(&self) -> &str {
        match &self.0 {
            Database::Sqlite(_) => "the only one",
            Database::Postgres(database) => database.name(),
        }
    }

    /// Listens to the other servers; none where there are none, or where announcements do not come through: a pooler
    /// that gives every transaction another connection keeps them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn neighbours(&self) -> Result<Option<Neighbours>, StoreError> {
        match &self.0 {
            Database::Sqlite(_) => Ok(None),
            Database::Postgres(database) => Ok(Box::pin(database.listen()).await?.map(Neighbours)),
        }
    }

    /// Shows that this server is up; gives the time of the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attend(&self) -> Result<Timestamp, StoreError> {
        let mut tx = self.begin_note(Scope::Everyone).await?;
        let millis = Statement::new(sql::ATTEND).bind(self.name()).scalar(&mut tx).await?;
        tx.commit().await?;
        Ok(Timestamp::from_millis(millis))
    }

    /// Shows that it is not any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retire(&self) -> Result<(), StoreError> {
        self.forget_replica(self.name(), -1).await
    }

    /// The servers that are up, or have died without a word, each with a number that rises while it is up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replicas(&self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(Statement::new(sql::REPLICAS).fetch_all(self.reading(Scope::Everyone)).await?)
    }

    /// Forgets a server whose number has not risen for long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_replica(&self, name: &str, beat: i64) -> Result<(), StoreError> {
        let mut tx = self.begin_note(Scope::Everyone).await?;
        Statement::new(sql::FORGET_REPLICA).bind(name).bind(beat).execute(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Tells them, once the transaction counts, that something is new of an account.
    pub(super) async fn announce(&self, tx: &mut Transaction, user: i64) -> Result<(), StoreError> {
        if self.is_shared() {
            Statement::new(sql::ANNOUNCE).bind(format!("{user} {}", self.name())).execute(tx).await?;
        }
        Ok(())
    }
}
