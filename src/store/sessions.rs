//! Live sign-ins and API tokens, both known by the hash of their token.

use super::{Service, Store, StoreError, database::Scope, sql, statement::Statement};
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
    /// Whether it is an API token.
    pub is_token: bool,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: i64,
    last_seen_at: i64,
    user_id: i64,
    name: Option<String>,
    username: String,
    premium_until: Option<i64>,
    #[sqlx(try_from = "String")]
    service: Service,
}

/// A session that is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// SHA-256 of its token.
    pub hash: &'a [u8; 32],
    /// Now.
    pub now: Timestamp,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// What the client calls itself, if anything.
    pub client: Option<&'a str>,
    /// What the user calls it, if it is an API token.
    pub name: Option<&'a str>,
}

/// A session as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedSession {
    /// Number of the session.
    pub id: i64,
    /// What the client calls itself.
    pub client: Option<String>,
    /// What the user calls it, if it is an API token.
    pub name: Option<String>,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
}

impl ListedSession {
    /// When it was opened, last noted as used, and when it ends at the latest.
    pub fn times(&self) -> [Timestamp; 3] {
        [self.created_at, self.last_seen_at, self.expires_at].map(Timestamp::from_millis)
    }
}

impl Store {
    /// Opens a session; gives its number, none when the account was disconnected.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_session(&self, user: i64, new: NewSession<'_>) -> Result<Option<i64>, StoreError> {
        Statement::new(sql::DELETE_EXPIRED_SESSIONS)
            .bind(new.now.as_millis())
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(Statement::new(sql::CREATE_SESSION)
            .bind(user)
            .bind(new.hash.as_slice())
            .bind(new.now.as_millis())
            .bind(new.expires.as_millis())
            .bind(new.client)
            .bind(new.name)
            .optional_scalar(self.writing(user))
            .await?)
    }

    /// The live session with this token hash; one of a browser that was not used since `idle_since` is dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<SessionRow> = Statement::new(sql::SESSION)
            .bind(hash.as_slice())
            .bind(now.as_millis())
            .bind(idle_since.as_millis())
            .fetch_optional(self.reading(Scope::Everyone))
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
            is_token: row.name.is_some(),
        }))
    }

    /// The live sessions and API tokens of an account, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        user: i64,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Vec<ListedSession>, StoreError> {
        Ok(Statement::new(sql::SESSIONS)
            .bind(user)
            .bind(now.as_millis())
            .bind(idle_since.as_millis())
            .fetch_all(self.reading(user))
            .await?)
    }

    /// How many API tokens an account has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_api_tokens(&self, user: i64) -> Result<i64, StoreError> {
        Ok(Statement::new(sql::COUNT_TOKENS).bind(user).scalar(self.reading(user)).await?)
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, session: i64, now: Timestamp) -> Result<(), StoreError> {
        Statement::new(sql::TOUCH_SESSION)
            .bind(session)
            .bind(now.as_millis())
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(())
    }

    /// Ends a session or an API token; false when the account has none with this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, user: i64, session: i64) -> Result<bool, StoreError> {
        let deleted = Statement::new(sql::DELETE_SESSION).bind(user).bind(session).execute(self.writing(user)).await?;
        Ok(deleted == 1)
    }

    /// Ends every session of an account but one; API tokens stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_other_sessions(&self, user: i64, but: i64) -> Result<(), StoreError> {
        Statement::new(sql::DELETE_OTHER_SESSIONS).bind(user).bind(but).execute(self.writing(user)).await?;
        Ok(())
    }
}
