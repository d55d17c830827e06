//! Sign-ins by device that wait for their user, known by the hash of their id.

use super::{Store, StoreError, database::Scope, sql, statement::Statement};
use crate::domain::Timestamp;

/// A sign-in that waits.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeviceSignIn {
    /// What is polled with, sealed.
    pub sealed_device_code: Vec<u8>,
    /// What it was exchanged for, sealed, until it is known whose it is.
    pub sealed_tokens: Option<Vec<u8>>,
    /// Whose it is, for a minute after that is known.
    pub user_id: Option<i64>,
    /// What the user types in.
    pub user_code: String,
    /// Where.
    pub verification_url: String,
    /// Where nothing has to be typed in.
    pub direct_verification_url: Option<String>,
    /// Shortest time between two polls, in milliseconds.
    pub interval_millis: i64,
    next_poll_at: i64,
    expires_at: i64,
}

impl DeviceSignIn {
    /// One that begins `now` and ends at `expires`.
    pub fn new(
        sealed_device_code: Vec<u8>,
        (user_code, verification_url, direct_verification_url): (String, String, Option<String>),
        interval_millis: i64,
        now: Timestamp,
        expires: Timestamp,
    ) -> Self {
        Self {
            sealed_device_code,
            sealed_tokens: None,
            user_id: None,
            user_code,
            verification_url,
            direct_verification_url,
            interval_millis,
            next_poll_at: now.plus_millis(interval_millis).as_millis(),
            expires_at: expires.as_millis(),
        }
    }

    /// Before when nobody may poll.
    pub fn next_poll(&self) -> Timestamp {
        Timestamp::from_millis(self.next_poll_at)
    }

    /// When the code expires.
    pub fn expires(&self) -> Timestamp {
        Timestamp::from_millis(self.expires_at)
    }
}

impl Store {
    /// Stores a sign-in that was begun `now`, and forgets those that have expired; false when there are `most` already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_device_sign_in(
        &self,
        id_hash: &[u8; 32],
        sign_in: &DeviceSignIn,
        now: Timestamp,
        most: i64,
    ) -> Result<bool, StoreError> {
        Statement::new(sql::DELETE_EXPIRED_DEVICE_SIGN_INS)
            .bind(now.as_millis())
            .execute(self.writing(Scope::Everyone))
            .await?;
        let begun = Statement::new(sql::BEGIN_DEVICE_SIGN_IN)
            .bind(id_hash.as_slice())
            .bind(&sign_in.sealed_device_code)
            .bind(&sign_in.user_code)
            .bind(&sign_in.verification_url)
            .bind(&sign_in.direct_verification_url)
            .bind(sign_in.interval_millis)
            .bind(sign_in.next_poll_at)
            .bind(sign_in.expires_at)
            .bind(most)
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(begun == 1)
    }

    /// How many sign-ins wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_sign_ins_waiting(&self, now: Timestamp) -> Result<i64, StoreError> {
        Ok(Statement::new(sql::COUNT_DEVICE_SIGN_INS)
            .bind(now.as_millis())
            .scalar(self.reading(Scope::Everyone))
            .await?)
    }

    /// The sign-in with this id, unless it has ended or expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn device_sign_in(&self, id_hash: &[u8; 32], now: Timestamp) -> Result<Option<DeviceSignIn>, StoreError> {
        Ok(Statement::new(sql::DEVICE_SIGN_IN)
            .bind(id_hash.as_slice())
            .bind(now.as_millis())
            .fetch_optional(self.reading(Scope::Everyone))
            .await?)
    }

    /// Takes the right to poll until `until`; false when it is too early or somebody else has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_device_poll(
        &self,
        id_hash: &[u8; 32],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let claimed = Statement::new(sql::CLAIM_DEVICE_POLL)
            .bind(id_hash.as_slice())
            .bind(now.as_millis())
            .bind(until.as_millis())
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(claimed == 1)
    }

    /// Gives the right to poll back, for `next` and from then on every `interval_millis`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_device_poll(
        &self,
        id_hash: &[u8; 32],
        next: Timestamp,
        interval_millis: i64,
    ) -> Result<(), StoreError> {
        Statement::new(sql::RELEASE_DEVICE_POLL)
            .bind(id_hash.as_slice())
            .bind(next.as_millis())
            .bind(interval_millis)
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(())
    }

    /// Keeps what a code was exchanged for; false when the sign-in was given up meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_device_tokens(&self, id_hash: &[u8; 32], sealed: &[u8]) -> Result<bool, StoreError> {
        let kept = Statement::new(sql::KEEP_DEVICE_TOKENS)
            .bind(id_hash.as_slice())
            .bind(sealed)
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(kept == 1)
    }

    /// Notes whose sign-in it is, `until` when that may be asked; false when it was given up meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn approve_device_sign_in(
        &self,
        id_hash: &[u8; 32],
        user: i64,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let approved = Statement::new(sql::APPROVE_DEVICE_SIGN_IN)
            .bind(id_hash.as_slice())
            .bind(user)
            .bind(until.as_millis())
            .bind([].as_slice())
            .execute(self.writing(Scope::Everyone))
            .await?;
        Ok(approved == 1)
    }

    /// Ends a sign-in, whatever came of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_device_sign_in(&self, id_hash: &[u8; 32]) -> Result<(), StoreError> {
        Statement::new(sql::END_DEVICE_SIGN_IN).bind(id_hash.as_slice()).execute(self.writing(Scope::Everyone)).await?;
        Ok(())
    }
}
