//! By what an account is reached, as its user sees and ends it: sessions of browsers, and API tokens for scripts. And the
//! end of all of it.

use super::{
    Accounts, Session,
    session::{IDLE, new_token, set_new_token_cookie},
    sign_in::disconnected,
};
use crate::{
    domain::{
        ApiError, ApiToken, ErrorCode, SessionInfo, Timestamp,
        access::{MOST_TOKENS, token_name},
    },
    store::{ListedSession, NewSession},
};

/// What API tokens begin with, so that people and scanners for secrets recognise them.
const PREFIX: &str = "dmm_";
/// The end of the year 9999, which no token lives to see.
const NEVER: Timestamp = Timestamp::from_millis(253_402_300_799_000);

impl Accounts {
    /// The browsers that are signed in, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, session: &Session) -> Result<Vec<SessionInfo>, ApiError> {
        let listed = self.listed(session).await?.into_iter().filter(|it| it.name.is_none());
        let info = |it: ListedSession| {
            let [created_at, last_seen_at, expires_at] = it.times();
            let client = it.client.unwrap_or_else(|| "Unknown program".to_owned());
            SessionInfo { id: it.id, client, created_at, last_seen_at, expires_at, current: it.id == session.id }
        };
        Ok(listed.map(info).collect())
    }

    /// The API tokens of an account, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_tokens(&self, session: &Session) -> Result<Vec<ApiToken>, ApiError> {
        let listed = self.listed(session).await?.into_iter();
        let info = |it: ListedSession| {
            let [created_at, used, _] = it.times();
            let last_used_at = (used > created_at).then_some(used);
            Some(ApiToken { id: it.id, name: it.name?, created_at, last_used_at })
        };
        Ok(listed.filter_map(info).collect())
    }

    async fn listed(&self, session: &Session) -> Result<Vec<ListedSession>, ApiError> {
        let now = self.options().clock.now();
        Ok(self.options().store.sessions(session.user.id, now, now.plus_millis(-IDLE)).await?)
    }

    /// Makes an API token; gives it, which is the only time, and what is kept of it.
    ///
    /// # Errors
    /// `invalid_request` for a name that cannot be kept or when there are too many, `not_allowed` for an API token, or
    /// when the database fails.
    pub async fn create_api_token(&self, session: &Session, name: &str) -> Result<(String, ApiToken), ApiError> {
        must_be_browser(session)?;
        let name = token_name(name)?;
        let (store, now) = (&self.options().store, self.options().clock.now());
        if store.count_api_tokens(session.user.id).await? >= MOST_TOKENS {
            return Err(ApiError::invalid(format!("There are {MOST_TOKENS} API tokens already: revoke one first.")));
        }
        let (token, hash) = new_token(PREFIX);
        let new = NewSession { hash: &hash, now, expires: NEVER, client: None, name: Some(name) };
        let id = store.create_session(session.user.id, new).await?.ok_or_else(disconnected)?;
        tracing::info!(user = session.user.id, token = id, "an API token was made");
        Ok((token, ApiToken { id, name: name.to_owned(), created_at: now, last_used_at: None }))
    }

    /// The `Set-Cookie` value that hands a new token to the page that shows it; an empty one takes it back.
    pub fn new_token_cookie(&self, token: &str) -> String {
        set_new_token_cookie(token, self.options().is_https)
    }

    /// Ends a session or revokes an API token of the same account.
    ///
    /// # Errors
    /// `not_found` when the account has none with this number, `not_allowed` for an API token that would end another
    /// than itself, or when the database fails.
    pub async fn end_session(&self, session: &Session, id: i64) -> Result<(), ApiError> {
        if id != session.id {
            must_be_browser(session)?;
        }
        if self.options().store.delete_session(session.user.id, id).await? {
            tracing::info!(user = session.user.id, session = id, "a session was ended");
            Ok(())
        } else {
            Err(ApiError::new(ErrorCode::NotFound, "There is no such session: it may have ended already."))
        }
    }

    /// Ends every session but the one that asks; API tokens stay.
    ///
    /// # Errors
    /// `not_allowed` for an API token, or when the database fails.
    pub async fn end_other_sessions(&self, session: &Session) -> Result<(), ApiError> {
        must_be_browser(session)?;
        Ok(self.options().store.delete_other_sessions(session.user.id, session.id).await?)
    }

    /// Takes the account away from everybody, the one that asks included; with `revoke` its token is made worthless at
    /// Real-Debrid first. What is stored of it is deleted in the background.
    ///
    /// # Errors
    /// `not_allowed` for an API token; `real_debrid_unavailable` when the token cannot be made worthless; or when the
    /// database fails. Nothing is changed here then, but the token may be worthless at Real-Debrid.
    pub async fn disconnect(&self, session: &Session, revoke: bool) -> Result<(), ApiError> {
        must_be_browser(session)?;
        if revoke {
            self.revoke(session.user.id).await?;
        }
        self.options().store.depart(session.user.id, self.options().clock.now()).await?;
        tracing::info!(user = session.user.id, "the account was disconnected");
        Ok(())
    }
}

/// A token that was stolen from a script must not make others, or end what would revoke it.
fn must_be_browser(session: &Session) -> Result<(), ApiError> {
    if session.is_token {
        return Err(ApiError::new(ErrorCode::NotAllowed, "An API token may not do this: sign in to do it."));
    }
    Ok(())
}
