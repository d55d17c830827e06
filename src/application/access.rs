//! By what an account is reached, and its end.

use super::{Application, Session};
use crate::domain::{ApiError, ApiToken, ErrorCode, SessionInfo};

impl Application {
    /// The browsers that are signed in, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, session: &Session) -> Result<Vec<SessionInfo>, ApiError> {
        self.0.accounts.sessions(session).await
    }

    /// The API tokens of an account, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_tokens(&self, session: &Session) -> Result<Vec<ApiToken>, ApiError> {
        self.0.accounts.api_tokens(session).await
    }

    /// See [`Accounts::create_api_token`](super::Accounts::create_api_token).
    ///
    /// # Errors
    /// See there.
    pub async fn create_api_token(&self, session: &Session, name: &str) -> Result<(String, ApiToken), ApiError> {
        self.0.accounts.create_api_token(session, name).await
    }

    /// See [`Accounts::new_token_cookie`](super::Accounts::new_token_cookie).
    pub fn new_token_cookie(&self, token: &str) -> String {
        self.0.accounts.new_token_cookie(token)
    }

    /// See [`Accounts::end_session`](super::Accounts::end_session).
    ///
    /// # Errors
    /// See there.
    pub async fn end_session(&self, session: &Session, id: i64) -> Result<(), ApiError> {
        self.0.accounts.end_session(session, id).await
    }

    /// See [`Accounts::end_other_sessions`](super::Accounts::end_other_sessions).
    ///
    /// # Errors
    /// See there.
    pub async fn end_other_sessions(&self, session: &Session) -> Result<(), ApiError> {
        self.0.accounts.end_other_sessions(session).await
    }

    /// Disconnects the account and deletes all that is stored of it; gives the `Set-Cookie` value that takes the cookie
    /// back. `username` is typed by who asks, so that nobody does it by mistake.
    ///
    /// # Errors
    /// `invalid_request` when it is another name, and see [`Accounts::disconnect`](super::Accounts::disconnect).
    pub async fn disconnect(&self, session: &Session, username: &str, revoke: bool) -> Result<String, ApiError> {
        if username.trim() != session.user.username {
            return Err(ApiError::invalid(
                "username is not the one of this account: type it exactly as it is shown, so that nothing is deleted by \
                 mistake.",
            ));
        }
        self.0.accounts.disconnect(session, revoke).await?;
        // Its token is gone, so it would fail by itself soon; nobody is left who could see it.
        match self.0.engine.cancel(session.user.id).await {
            Err(error) if error.code != ErrorCode::NotInThisState => {
                tracing::warn!(user = session.user.id, %error, "the run of a disconnected account was not stopped");
            }
            _ => {}
        }
        Ok(self.0.accounts.forget_cookie())
    }
}
