//! Signing in and out.

use super::{Application, Session, SignedIn};
use crate::domain::ApiError;
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
    pub async fn sign_in(&self, token: &str) -> Result<SignedIn, ApiError> {
        let signed_in = self.0.accounts.sign_in(token).await?;
        // A new token ends the wait after one that was refused.
        self.0.engine.reschedule(signed_in.user.id).await?;
        Ok(signed_in)
    }

    /// See [`Accounts::sign_in_demo`].
    ///
    /// # Errors
    /// See there.
    pub async fn sign_in_demo(&self) -> Result<SignedIn, ApiError> {
        self.0.accounts.sign_in_demo().await
    }

    /// Ends a session; gives the `Set-Cookie` value that takes the cookie back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, session: &Session) -> Result<String, ApiError> {
        self.0.accounts.sign_out(session).await
    }
}
