//! Accounts that were disconnected: at once nobody's, and then deleted bit by bit, so that no other account waits.

use super::{Store, StoreError, database::Scope, sql, statement::Statement};
use crate::domain::Timestamp;

impl Store {
    /// Takes an account away from everybody: its token, its sessions and its place at the service. What is left of it is
    /// for [`Store::purge_departed`].
    ///
    /// # Errors
    /// When the database fails; then nothing is changed.
    pub async fn depart(&self, user: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin(user).await?;
        Statement::new(sql::LEAVE).bind(user).bind(now.as_millis()).execute(&mut transaction).await?;
        for statement in [sql::FORGET_SESSIONS, sql::FORGET_TOKEN] {
            Statement::new(statement).bind(user).execute(&mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// An account of which there is something left to be deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn departed(&self) -> Result<Option<i64>, StoreError> {
        Ok(Statement::new(sql::LEFT).optional_scalar(self.reading(Scope::Everyone)).await?)
    }

    /// Deletes up to `portion` rows of a departed account; true when nothing is left of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purge_departed(&self, user: i64, portion: i64) -> Result<bool, StoreError> {
        let mut transaction = self.begin(user).await?;
        let mut deleted = 0;
        for statement in [sql::PURGE_FILES, sql::PURGE_LEFT_TOMBSTONES, sql::PURGE_LEFT_RUNS] {
            if deleted == 0 {
                let purged = Statement::new(statement).bind(user).bind(portion).execute(&mut transaction).await?;
                deleted = purged;
            }
        }
        if deleted == 0 {
            Statement::new(sql::PURGE_USER).bind(user).execute(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(deleted == 0)
    }
}
