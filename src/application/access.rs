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

    /// Whether an account is the demo's, whose token belongs to everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_demo(&self, user: i64) -> Result<bool, ApiError> {
        self.0.accounts.is_demo(user).await
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
        // In a task of its own: half a farewell is none, whether or not anybody waits for the answer.
        let (this, session) = (self.clone(), session.clone());
        let task = tokio::spawn(async move {
            // Before the token is revoked, as a run would have it renewed; and after, since another can have begun.
            this.end_run(session.user.id).await;
            this.0.accounts.disconnect(&session, revoke).await?;
            this.end_run(session.user.id).await;
            Ok::<_, ApiError>(())
        });
        let defect = |_| ApiError::new(ErrorCode::Internal, "The farewell broke off by a defect in DMM: try again.");
        task.await.map_err(defect)??;
        Ok(self.0.accounts.forget_cookie())
    }

    async fn end_run(&self, user: i64) {
        match self.0.engine.cancel(user).await {
            Err(error) if error.code != ErrorCode::NotInThisState => {
                tracing::warn!(user, %error, "the run of an account that is disconnected was not stopped");
            }
            _ => {}
        }
    }
}
