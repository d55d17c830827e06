//! Sealed Real-Debrid tokens. This module never sees one in clear.

use super::{Store, StoreError, sql, statement::Statement};
use crate::domain::Timestamp;

/// How the token came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Pasted by the user; cannot be renewed.
    Private,
    /// By the device flow.
    Device,
}

impl TokenKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Device => "device",
        }
    }
}

impl From<String> for TokenKind {
    /// The schema's CHECK admits no other words than these.
    fn from(word: String) -> Self {
        if word == Self::Device.as_str() { Self::Device } else { Self::Private }
    }
}

/// A token as stored. What is sealed is a nonce with authenticated ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedToken {
    /// How it came.
    #[sqlx(try_from = "String")]
    pub kind: TokenKind,
    /// The sealed token.
    pub sealed_access_token: Vec<u8>,
    /// The sealed means of renewal, if there are any.
    pub sealed_refresh_credentials: Option<Vec<u8>>,
    expires_at: Option<i64>,
    renewed_at: Option<i64>,
    refused_at: Option<i64>,
    updated_at: i64,
}

impl SealedToken {
    /// A token that has no end.
    pub fn private(sealed: Vec<u8>) -> Self {
        Self {
            kind: TokenKind::Private,
            sealed_access_token: sealed,
            sealed_refresh_credentials: None,
            expires_at: None,
            renewed_at: None,
            refused_at: None,
            updated_at: 0,
        }
    }

    /// A token that was issued `now` and `expires`, and can be renewed.
    pub fn device(sealed: Vec<u8>, refresh: Vec<u8>, now: Timestamp, expires: Timestamp) -> Self {
        Self {
            kind: TokenKind::Device,
            sealed_refresh_credentials: Some(refresh),
            expires_at: Some(expires.as_millis()),
            renewed_at: Some(now.as_millis()),
            ..Self::private(sealed)
        }
    }

    /// When it was issued and when it expires, if it does.
    pub fn life(&self) -> Option<(Timestamp, Timestamp)> {
        Some((Timestamp::from_millis(self.renewed_at?), Timestamp::from_millis(self.expires_at?)))
    }

    /// When the account signed in with it.
    pub fn since(&self) -> Timestamp {
        Timestamp::from_millis(self.updated_at)
    }

    /// Whether Real-Debrid has said that it issues no other.
    pub fn is_refused(&self) -> bool {
        self.refused_at.is_some()
    }
}

impl Store {
    /// Stores the token of an account that signed in `now`, in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_token(&self, user: i64, token: &SealedToken, now: Timestamp) -> Result<(), StoreError> {
        Statement::new(sql::PUT_TOKEN)
            .bind(user)
            .bind(token.kind.as_str())
            .bind(&token.sealed_access_token)
            .bind(&token.sealed_refresh_credentials)
            .bind(token.expires_at)
            .bind(token.renewed_at)
            .bind(now.as_millis())
            .execute(self.writing(user))
            .await?;
        Ok(())
    }

    /// Stores a renewed token with its means of renewal at once; false when the account has signed in anew meanwhile, and
    /// `before` is no longer its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_token(&self, user: i64, before: &[u8], token: &SealedToken) -> Result<bool, StoreError> {
        let renewed = Statement::new(sql::RENEW_TOKEN)
            .bind(user)
            .bind(before)
            .bind(&token.sealed_access_token)
            .bind(&token.sealed_refresh_credentials)
            .bind(token.expires_at)
            .bind(token.renewed_at)
            .execute(self.writing(user))
            .await?;
        Ok(renewed == 1)
    }

    /// Notes that Real-Debrid issues no token in place of this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refuse_token(&self, user: i64, token: &[u8], now: Timestamp) -> Result<(), StoreError> {
        Statement::new(sql::REFUSE_TOKEN)
            .bind(user)
            .bind(token)
            .bind(now.as_millis())
            .execute(self.writing(user))
            .await?;
        Ok(())
    }

    /// The token of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, user: i64) -> Result<Option<SealedToken>, StoreError> {
        Ok(Statement::new(sql::TOKEN).bind(user).fetch_optional(self.reading(user)).await?)
    }
}
