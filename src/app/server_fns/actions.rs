//! The forms and buttons.
#![expect(missing_docs, reason = "the server macro generates items without documentation")]

use crate::{
    app::{command::Command, transport::TextJson},
    domain::ApiError,
};
use leptos::prelude::*;

/// Signs in with a private API token of Real-Debrid.
///
/// # Errors
/// `token_refused`, `real_debrid_unavailable`, `not_allowed`.
#[server(prefix = "/api/auth/ui", endpoint = "sign_in")]
pub async fn sign_in(token: String) -> Result<(), ApiError> {
    use crate::app::request;
    let application = expect_context::<crate::application::Application>();
    let signed_in = application.sign_in(token.trim(), request::user_agent().as_deref()).await;
    if let Ok(signed_in) = &signed_in {
        request::enter(signed_in).await;
    }
    let page = if signed_in.is_ok() { "/sync" } else { "/connection" };
    request::answered(signed_in.map(drop), page)
}

/// Signs in to the simulated Real-Debrid.
///
/// # Errors
/// `not_found` unless the server was started with `--demo`.
#[server(prefix = "/api/auth/ui", endpoint = "demo")]
pub async fn sign_in_demo() -> Result<(), ApiError> {
    use crate::app::request;
    let application = expect_context::<crate::application::Application>();
    let signed_in = application.sign_in_demo(request::user_agent().as_deref()).await;
    if let Ok(signed_in) = &signed_in {
        request::enter(signed_in).await;
    }
    let page = if signed_in.is_ok() { "/sync" } else { "/connection" };
    request::answered(signed_in.map(drop), page)
}

/// Ends the session; without one there is nothing to end, and that is no failure.
///
/// # Errors
/// `database_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::app::request;
    let ended = match request::session().await {
        Ok(Some(session)) => {
            let application = expect_context::<crate::application::Application>();
            application.sign_out(&session).await.map(|cookie| request::set_cookie(&cookie))
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    request::answered(ended, "/connection")
}

/// Stores what the user says of an entry. An empty field takes away what was said before.
///
/// # Errors
/// `unauthenticated`; `not_found`; `invalid_request` for a field that cannot be kept.
#[server(prefix = "/api/ui", endpoint = "organise")]
pub async fn organise(id: i64, folder: String, name: String, note: String) -> Result<(), ApiError> {
    use crate::{
        app::{links, request},
        application::Application,
        domain::{Change, OrganisationPatch},
    };
    let done = async {
        let user = request::required_session().await?.user.id;
        let patch = OrganisationPatch {
            folder: Change::Set(Some(folder)),
            name: Change::Set(Some(name)),
            note: Change::Set(Some(note)),
        };
        expect_context::<Application>().organise(user, id, patch).await
    };
    request::answered(done.await.map(|_| ()), &links::file(id))
}

/// Every button of the sync page. Its effect shows in the event stream. `run` and `held` are what the page shows: an answer
/// to deletions is for those only.
///
/// # Errors
/// `unauthenticated`; `already_running` and `not_in_this_state` when the state has moved on meanwhile.
#[server(prefix = "/api/ui", endpoint = "sync_control", output = server_fn::codec::Post<TextJson>)]
pub async fn sync_control(
    command: Command,
    #[server(default)] run: String,
    #[server(default)] held: i64,
) -> Result<(), ApiError> {
    use crate::{
        app::request,
        application::Application,
        domain::{Action, ErrorCode, Mode, ShownDeletions},
    };
    let is_answer = matches!(command, Command::Confirm | Command::Dismiss);
    let is_outdated = is_answer && run.is_empty();
    let shown = ShownDeletions { run: Some(run), number: Some(held) };
    let done = async {
        let user = request::required_session().await?.user.id;
        let application = expect_context::<Application>();
        if is_outdated {
            let cause = "This page is of an earlier version of DMM: reload it, then answer.";
            return Err(ApiError::new(ErrorCode::NotInThisState, cause));
        }
        match command {
            Command::Start => application.start_sync(user, Mode::Incremental).await,
            Command::Full => application.start_sync(user, Mode::Full).await,
            Command::Pause => application.act_on_sync(user, Action::Pause).await,
            Command::Resume => application.act_on_sync(user, Action::Resume).await,
            Command::Cancel => application.act_on_sync(user, Action::Cancel).await,
            Command::Confirm => application.answer_held_deletions(user, true, &shown).await,
            Command::Dismiss => application.answer_held_deletions(user, false, &shown).await,
        }
    };
    let done = done.await.map(|_| ());
    // Where the list is that is to be answered instead.
    let refused = if is_answer { "/sync/deletions" } else { "/sync" };
    let refused = done.as_ref().err().map(|error| format!("{refused}?problem={}", request::problem(error)));
    request::answered_by(done, "/sync", &refused.unwrap_or_default())
}
