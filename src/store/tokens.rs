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
    /// Stores the token of an account that signed in `now`, in place of the one before; false when the account was
    /// disconnected.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_token(&self, user: i64, token: &SealedToken, now: Timestamp) -> Result<bool, StoreError> {
        let put = Statement::new(sql::PUT_TOKEN)
            .bind(user)
            .bind(token.kind.as_str())
            .bind(&token.sealed_access_token)
            .bind(&token.sealed_refresh_credentials)
            .bind(token.expires_at)
            .bind(token.renewed_at)
            .bind(now.as_millis())
            .execute(self.writing(user))
            .await?;
        Ok(put == 1)
    }

    /// Stores a renewed token with its means of renewal at once, `now`; false when the account has signed in anew meanwhile, and
    /// `before` is no longer its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_token(
        &self,
        user: i64,
        before: &[u8],
        token: &SealedToken,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let renewed = Statement::new(sql::RENEW_TOKEN)
            .bind(user)
            .bind(before)
            .bind(&token.sealed_access_token)
            .bind(&token.sealed_refresh_credentials)
            .bind(token.expires_at)
            .bind(token.renewed_at)
            .bind(now.as_millis())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ContentsTimes, NewSession, Service, databases};

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// An account in either database.
    async fn scenes(folder: &tempfile::TempDir) -> [(Store, i64); 2] {
        let mut scenes = Vec::new();
        for url in [databases::sqlite(folder.path()), databases::postgres().await] {
            let store = Store::open(&url).await.unwrap();
            let user = store.put_user(Service::RealDebrid, 7, "somebody", None, at(1)).await.unwrap().id;
            scenes.push((store, user));
        }
        scenes.try_into().unwrap()
    }

    #[tokio::test]
    async fn a_renewal_after_a_refusal_is_a_new_beginning_and_another_is_none() {
        let folder = tempfile::tempdir().unwrap();
        for (store, user) in scenes(&folder).await {
            let token = |name: &[u8]| SealedToken::device(name.to_vec(), b"R".to_vec(), at(1_000), at(9_000));
            assert!(store.put_token(user, &token(b"A"), at(1_000)).await.unwrap());
            assert!(store.renew_token(user, b"A", &token(b"B"), at(2_000)).await.unwrap());
            assert_eq!(store.token(user).await.unwrap().unwrap().since(), at(1_000));
            store.refuse_token(user, b"B", at(3_000)).await.unwrap();
            assert!(store.renew_token(user, b"B", &token(b"C"), at(4_000)).await.unwrap());
            let renewed = store.token(user).await.unwrap().unwrap();
            assert_eq!((renewed.since(), renewed.is_refused()), (at(4_000), false));
        }
    }

    #[tokio::test]
    async fn nothing_is_read_for_an_account_that_was_disconnected_whatever_it_has() {
        const FILE: &str = "insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, \
            status, progress, fingerprint, added_at, added_raw, created_at, updated_at) \
            select id, 'T', 'torrent', 'a', 'a', 1, 'downloaded', 100, 1, 1, '', 1, 1 from users";
        let folder = tempfile::tempdir().unwrap();
        for url in [databases::sqlite(folder.path()), databases::postgres().await] {
            let store = Store::open(&url).await.unwrap();
            let user = store.put_user(Service::RealDebrid, 7, "somebody", None, at(1)).await.unwrap().id;
            store.put_token(user, &SealedToken::private(b"A".to_vec()), at(1)).await.unwrap();
            databases::change(&url, FILE).await;
            let times = ContentsTimes { now: at(5), last_retry: at(9), stale_before: at(0) };
            assert_eq!(store.contents_accounts(times).await.unwrap(), [user]);
            databases::change(&url, "update users set left_at = 2, real_debrid_id = -id").await;
            assert_eq!(store.contents_accounts(times).await.unwrap(), [0; 0]);
        }
    }

    #[tokio::test]
    async fn an_account_that_was_disconnected_gets_neither_a_token_nor_a_session() {
        let folder = tempfile::tempdir().unwrap();
        for (store, user) in scenes(&folder).await {
            store.depart(user, at(2)).await.unwrap();
            assert!(!store.put_token(user, &SealedToken::private(b"A".to_vec()), at(3)).await.unwrap());
            let new = NewSession { hash: &[7; 32], now: at(3), expires: at(9), client: None, name: None };
            assert_eq!(store.create_session(user, new).await.unwrap(), None);
            assert_eq!(store.token(user).await.unwrap(), None);
            let back = store.put_user(Service::RealDebrid, 7, "somebody", None, at(4)).await.unwrap().id;
            assert!(store.put_token(back, &SealedToken::private(b"A".to_vec()), at(4)).await.unwrap());
            assert!(store.create_session(back, new).await.unwrap().is_some());
        }
    }
}
