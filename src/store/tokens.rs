//! Sealed Real-Debrid tokens. This module never sees one in clear.

use super::{Store, StoreError, sql};
use crate::domain::Timestamp;

/// How the token came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum TokenKind {
    /// Pasted by the user; cannot be refreshed.
    Private,
    /// By the device flow.
    Device,
}

/// Nonce and authenticated ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedToken {
    /// How it came.
    pub kind: TokenKind,
    /// The sealed bytes.
    pub sealed_access_token: Vec<u8>,
}

impl Store {
    /// Stores the token of an account in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_token(&self, user: i64, kind: TokenKind, sealed: &[u8], now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(sql::PUT_TOKEN)
            .bind(user)
            .bind(kind)
            .bind(sealed)
            .bind(now.as_millis())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The token of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, user: i64) -> Result<Option<SealedToken>, StoreError> {
        Ok(sqlx::query_as(sql::TOKEN).bind(user).fetch_optional(&self.reader).await?)
    }

    /// Some sealed token, to try a key on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any_token(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(sql::ANY_TOKEN).fetch_optional(&self.reader).await?)
    }
}
