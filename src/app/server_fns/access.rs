//! By what an account is reached: the forms of the settings page, and the page on which the account is disconnected.
#![expect(missing_docs, reason = "the server macro generates items without documentation")]

use crate::domain::{ApiError, User};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The page that asks before an account is disconnected.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisconnectData {
    /// Who is signed in.
    pub user: User,
    /// Entries that would be deleted here.
    pub files: i64,
    /// Whether its token can be made worthless at Real-Debrid.
    pub can_revoke: bool,
}

/// The page that asks before an account is disconnected.
///
/// # Errors
/// `unauthenticated`; `database_unavailable`.
#[server(prefix = "/api/ui", endpoint = "disconnect_page")]
pub async fn load_disconnect() -> Result<DisconnectData, ApiError> {
    use crate::{app::request, application::Application};
    let loaded = async {
        let user = request::required_session().await?.user;
        let application = expect_context::<Application>();
        let files = application.count_files(user.id).await?;
        let can_revoke = !application.is_demo(user.id).await?;
        Ok(DisconnectData { user, files, can_revoke })
    };
    request::shown(loaded.await)
}

/// Ends a session or revokes an API token.
///
/// # Errors
/// `unauthenticated`; `not_found`; `not_allowed` for an API token.
#[server(prefix = "/api/ui", endpoint = "end_session")]
pub async fn end_session(id: i64) -> Result<(), ApiError> {
    use crate::{app::request, application::Application};
    let done = async {
        let session = request::required_session().await?;
        expect_context::<Application>().end_session(&session, id).await
    };
    request::answered(done.await, "/settings")
}

/// Ends every session but the one that asks.
///
/// # Errors
/// `unauthenticated`; `not_allowed` for an API token.
#[server(prefix = "/api/ui", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    use crate::{app::request, application::Application};
    let done = async {
        let session = request::required_session().await?;
        expect_context::<Application>().end_other_sessions(&session).await
    };
    request::answered(done.await, "/settings")
}

/// Makes an API token, which the settings page shows once.
///
/// # Errors
/// `unauthenticated`; `invalid_request` for a name that cannot be kept; `not_allowed` for an API token.
#[server(prefix = "/api/ui", endpoint = "create_api_token")]
pub async fn create_api_token(name: String) -> Result<(), ApiError> {
    use crate::{app::request, application::Application};
    let done = async {
        let session = request::required_session().await?;
        let application = expect_context::<Application>();
        let (token, _) = application.create_api_token(&session, &name).await?;
        request::set_cookie(&application.new_token_cookie(&token));
        Ok(())
    };
    request::answered_by(done.await, "/settings#tokens", "/settings?token=refused#tokens")
}

/// Disconnects the account and deletes all that is stored of it. A box sends its name only when it is ticked.
///
/// # Errors
/// `unauthenticated`; `invalid_request` for another user name; `real_debrid_unavailable`; `not_allowed` for an API token.
#[server(prefix = "/api/ui", endpoint = "disconnect")]
pub async fn disconnect(username: String, revoke: Option<String>) -> Result<(), ApiError> {
    use crate::{app::request, application::Application};
    let done = async {
        let session = request::required_session().await?;
        let cookie = expect_context::<Application>().disconnect(&session, &username, revoke.is_some()).await?;
        request::set_cookie(&cookie);
        Ok(())
    };
    let done: Result<(), ApiError> = done.await;
    let refused = done.as_ref().err().map(request::problem).unwrap_or_default();
    request::answered_by(done, "/connection?disconnected", &format!("/settings/disconnect?problem={refused}"))
}
