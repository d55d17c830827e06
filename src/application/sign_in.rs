//! Signing in and out.

use super::{Application, BegunDevice, DeviceProgress, Session, SignedIn};
use crate::{
    domain::{ApiError, Timestamp},
    real_debrid::SIGN_IN_AGAIN,
    sync::schedule::skew,
};
use ::http::HeaderMap;

impl Application {
    /// The live session of a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, ApiError> {
        self.0.accounts.session(headers).await
    }

    /// See [`Accounts::sign_in`].
    ///
    /// # Errors
    /// See there.
    pub async fn sign_in(&self, token: &str, user_agent: Option<&str>) -> Result<SignedIn, ApiError> {
        let signed_in = self.0.accounts.sign_in(token, user_agent).await?;
        // A new token ends the wait after one that was refused.
        self.0.engine.reschedule(signed_in.user.id).await?;
        Ok(signed_in)
    }

    /// See [`Accounts::sign_in_demo`].
    ///
    /// # Errors
    /// See there.
    pub async fn sign_in_demo(&self, user_agent: Option<&str>) -> Result<SignedIn, ApiError> {
        self.0.accounts.sign_in_demo(user_agent).await
    }

    /// See [`Accounts::begin_device`](super::Accounts::begin_device).
    ///
    /// # Errors
    /// See there.
    pub async fn begin_device(&self) -> Result<BegunDevice, ApiError> {
        self.0.accounts.begin_device().await
    }

    /// See [`Accounts::device_progress`](super::Accounts::device_progress).
    ///
    /// # Errors
    /// See there.
    pub async fn device_progress(&self, id: &str, user_agent: Option<&str>) -> Result<DeviceProgress, ApiError> {
        let progress = self.0.accounts.device_progress(id, user_agent).await?;
        if let DeviceProgress::SignedIn(signed_in) = &progress {
            self.0.engine.reschedule(signed_in.user.id).await?;
        }
        Ok(progress)
    }

    /// See [`Accounts::give_up_device`](super::Accounts::give_up_device).
    ///
    /// # Errors
    /// See there.
    pub async fn give_up_device(&self, id: &str) -> Result<(), ApiError> {
        self.0.accounts.give_up_device(id).await
    }

    /// The `Set-Cookie` value that takes the id of a sign-in by device back, which has ended.
    pub fn forget_device_cookie(&self) -> String {
        self.0.accounts.forget_device_cookie()
    }

    /// Whether syncs cannot go on until the account signs in again: no token is stored, Real-Debrid renews it no more, or
    /// the last run ended with that since it was stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn must_reconnect(&self, user: i64) -> Result<bool, ApiError> {
        let Some(token) = self.0.store.token(user).await? else { return Ok(true) };
        if token.is_refused() {
            return Ok(true);
        }
        // What cannot be renewed is tried again by every run, so nothing else is noted of its refusal. Where clocks differ
        // and it is in doubt which came first, the next run tells.
        let run = self.0.store.latest_run(user).await?;
        let skew = skew(&self.0.store);
        Ok(run.is_some_and(|run| was_refused(run.ended, run.error.as_deref(), token.since(), skew)))
    }

    /// Ends a session; gives the `Set-Cookie` value that takes the cookie back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, session: &Session) -> Result<String, ApiError> {
        self.0.accounts.sign_out(session).await
    }
}

/// Whether a run ended with the refusal of a token that was stored at `since`, and certainly not of the one before.
fn was_refused(ended: Option<Timestamp>, error: Option<&str>, since: Timestamp, skew: i64) -> bool {
    ended > Some(since.plus_millis(skew)) && error.is_some_and(|error| error.contains(SIGN_IN_AGAIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e4_where_clocks_differ_a_run_that_may_be_older_than_the_token_was_not_refused_with_it() {
        let (since, error) = (Timestamp::from_millis(1_000_000), Some(SIGN_IN_AGAIN));
        let refused = |later, error, skew| was_refused(Some(since.plus_millis(later)), error, since, skew);
        assert!(refused(1, error, 0) && !refused(0, error, 0), "one clock knows");
        assert!(refused(300_001, error, 300_000) && !refused(240_000, error, 300_000), "it may be four minutes ahead");
        assert!(!refused(900_000, Some("Real-Debrid is down for maintenance: try again later."), 0));
    }
}
