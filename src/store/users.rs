//! Accounts.

use super::{LeasedRun, Store, StoreError, database::Scope, sql, statement::Statement};
use crate::domain::{Timestamp, User};

/// Where an account lives. A demo account never meets a real one that has the same number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Real-Debrid.
    RealDebrid,
    /// The simulated one that comes with `--demo`.
    Demo,
}

impl Service {
    const fn as_str(self) -> &'static str {
        match self {
            Self::RealDebrid => "real-debrid",
            Self::Demo => "demo",
        }
    }
}

impl From<String> for Service {
    /// The schema's CHECK admits no other words than these.
    fn from(word: String) -> Self {
        if word == Self::Demo.as_str() { Self::Demo } else { Self::RealDebrid }
    }
}

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredUser {
    /// DMM's number.
    pub id: i64,
    /// Where it lives.
    #[sqlx(try_from = "String")]
    pub service: Service,
    /// The service's number, to which every sync is pinned.
    pub real_debrid_id: i64,
    /// The name there.
    pub username: String,
    premium_until: Option<i64>,
}

impl From<StoredUser> for User {
    fn from(user: StoredUser) -> Self {
        Self { id: user.id, username: user.username, premium_until: user.premium_until.map(Timestamp::from_millis) }
    }
}

impl Store {
    /// Stores what the service says of an account, new or known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_user(
        &self,
        service: Service,
        real_debrid_id: i64,
        username: &str,
        premium_until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<StoredUser, StoreError> {
        Ok(Statement::new(sql::UPSERT_USER)
            .bind(service.as_str())
            .bind(real_debrid_id)
            .bind(username)
            .bind(premium_until.map(Timestamp::as_millis))
            .bind(now.as_millis())
            .fetch_one(self.writing(Scope::Everyone))
            .await?)
    }

    /// Notes when the subscription of an account ends, as Real-Debrid has just said to a run; writes only what is news.
    ///
    /// # Errors
    /// When the database fails, or [`StoreError::Superseded`].
    pub async fn note_premium(
        &self,
        run: &LeasedRun,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let until = until.map(Timestamp::as_millis);
        if self.user(run.user).await?.is_some_and(|stored| stored.premium_until != until) {
            let mut tx = self.begin_as(run).await?;
            let note = Statement::new(sql::NOTE_PREMIUM).bind(run.user).bind(until).bind(now.as_millis());
            note.execute(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The account with this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, user: i64) -> Result<Option<StoredUser>, StoreError> {
        Ok(Statement::new(sql::USER).bind(user).fetch_optional(self.reading(user)).await?)
    }

    /// Every account, the first to sign in first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self) -> Result<Vec<StoredUser>, StoreError> {
        Ok(Statement::new(sql::ACCOUNTS).fetch_all(self.reading(Scope::Everyone)).await?)
    }

    /// The accounts of which a token is stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_with_token(&self) -> Result<Vec<StoredUser>, StoreError> {
        Ok(Statement::new(sql::ACCOUNTS_WITH_TOKEN).fetch_all(self.reading(Scope::Everyone)).await?)
    }
}
