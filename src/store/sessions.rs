//! Live sign-ins, known by the hash of their token.

use super::{Service, Store, StoreError, sql};
use crate::domain::{Timestamp, User};

/// A live session with its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Number of the session.
    pub id: i64,
    /// Whose it is.
    pub user: User,
    /// Where the account lives.
    pub service: Service,
    /// When it was last noted as used.
    pub last_seen_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: i64,
    last_seen_at: i64,
    user_id: i64,
    username: String,
    premium_until: Option<i64>,
    service: Service,
}

impl Store {
    /// Opens a session; `hash` is the SHA-256 of its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_session(
        &self,
        user: i64,
        hash: &[u8; 32],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(sql::DELETE_EXPIRED_SESSIONS).bind(now.as_millis()).execute(&self.writer).await?;
        sqlx::query(sql::CREATE_SESSION)
            .bind(user)
            .bind(hash.as_slice())
            .bind(now.as_millis())
            .bind(expires.as_millis())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The live session with this token hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<SessionRow> = sqlx::query_as(sql::SESSION)
            .bind(hash.as_slice())
            .bind(now.as_millis())
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.map(|row| StoredSession {
            id: row.id,
            user: User {
                id: row.user_id,
                username: row.username,
                premium_until: row.premium_until.map(Timestamp::from_millis),
            },
            service: row.service,
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
        }))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, session: i64, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(sql::TOUCH_SESSION).bind(session).bind(now.as_millis()).execute(&self.writer).await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, user: i64, session: i64) -> Result<(), StoreError> {
        sqlx::query(sql::DELETE_SESSION).bind(user).bind(session).execute(&self.writer).await?;
        Ok(())
    }
}
