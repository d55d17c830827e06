//! The request at hand, as server functions see it: who asks, and how the answer is dressed.

use crate::{
    application::{Application, Session, SignedIn, device_cookie, new_token_cookie},
    domain::{ApiError, ErrorCode},
};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// The live session of the caller, if there is one.
pub(super) async fn session() -> Result<Option<Session>, ApiError> {
    let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
    expect_context::<Application>().session(&headers).await
}

/// The live session of the caller, or the 401 that says what to do.
pub(super) async fn required_session() -> Result<Session, ApiError> {
    session().await?.ok_or_else(|| {
        ApiError::new(ErrorCode::Unauthenticated, "Your sign-in has ended; connect Real-Debrid again to go on.")
    })
}

/// The id of the sign-in by device that the caller's browser has begun.
pub(super) fn device() -> Option<String> {
    use_context::<Parts>().and_then(|parts| device_cookie(&parts.headers).map(str::to_owned))
}

/// The API token that was made a moment ago, to be shown once.
pub(super) fn new_token() -> Option<String> {
    use_context::<Parts>().and_then(|parts| new_token_cookie(&parts.headers).map(str::to_owned))
}

/// What the caller says of itself.
pub(super) fn user_agent() -> Option<String> {
    use_context::<Parts>().and_then(|parts| parts.headers.get(header::USER_AGENT)?.to_str().ok().map(str::to_owned))
}

/// The address that the caller used. Its scheme is known only from `DMM_PUBLIC_URL`; without that it is plain.
pub(super) fn own_address() -> String {
    let host =
        use_context::<Parts>().and_then(|parts| parts.headers.get(header::HOST)?.to_str().ok().map(str::to_owned));
    format!("http://{}", host.as_deref().unwrap_or("127.0.0.1:3000"))
}

/// The HTTP status of the answer, from the one table.
pub(super) fn set_status(code: ErrorCode) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(code.status())) {
        response.set_status(status);
    }
}

/// Sends a `Set-Cookie` along; `cookie` is its whole value.
pub(super) fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Hands a new session to the browser. The one that it had is ended: nobody could tell it from another's any more.
pub(super) async fn enter(signed_in: &SignedIn) {
    if let Ok(Some(old)) = session().await
        && !old.is_token
        && let Err(error) = expect_context::<Application>().sign_out(&old).await
    {
        tracing::warn!(session = old.id, %error, "the session before could not be ended");
    }
    set_cookie(&signed_in.cookie);
}

/// While a page is rendered: gives the page the status of a failure.
pub(super) fn shown<T>(result: Result<T, ApiError>) -> Result<T, ApiError> {
    result.inspect_err(|error| set_status(error.code))
}

/// After a press of a button. A form without WebAssembly goes on to `page`, which explains a refusal by its code (the
/// sentence itself does not travel through the address, where anybody could write one); an island gets the answer.
pub(super) fn answered<T>(result: Result<T, ApiError>, page: &str) -> Result<T, ApiError> {
    let refused = result.as_ref().err().map(|error| format!("{page}?problem={}", problem(error)));
    answered_by(result, page, &refused.unwrap_or_default())
}

/// A refusal by the machinery, before a server function ran. A plain form goes back to where it was.
pub(super) fn refused(error: &ApiError) {
    if !is_plain_form() {
        set_status(error.code);
    }
}

/// The same with a page for each end.
pub(super) fn answered_by<T>(result: Result<T, ApiError>, done: &str, refused: &str) -> Result<T, ApiError> {
    match (&result, is_plain_form()) {
        (Ok(_), true) => leptos_axum::redirect(done),
        (Err(_), true) => leptos_axum::redirect(refused),
        (Err(error), false) => set_status(error.code),
        (Ok(_), false) => {}
    }
    result
}

fn is_plain_form() -> bool {
    use_context::<Parts>()
        .and_then(|parts| parts.headers.get(header::ACCEPT)?.to_str().map(|accept| accept.contains("text/html")).ok())
        .unwrap_or(false)
}

/// The word for a refusal that travels through an address.
pub(super) fn problem(error: &ApiError) -> String {
    serde_json::to_value(error.code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
