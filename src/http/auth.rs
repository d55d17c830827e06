//! Contract section 2: signing in and out.

use super::{
    answer::Answer,
    gate::unauthenticated,
    input::{Body, Signed},
};
use crate::{
    application::{Application, BegunDevice, DeviceProgress, PendingDevice, Session, SignedIn},
    domain::{ApiError, Timestamp, User},
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A private API token of Real-Debrid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenBody {
    /// As `real-debrid.com/apitoken` shows it.
    #[schema(min_length = 1, max_length = 512)]
    token: String,
}

/// A session that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedInBody {
    /// Always true.
    success: bool,
    /// For `Authorization: Bearer …`. It is shown once and valid for 30 days.
    access_token: String,
    /// Whose session it is.
    user: User,
}

impl From<SignedIn> for SignedInBody {
    fn from(SignedIn { access_token, user, .. }: SignedIn) -> Self {
        Self { success: true, access_token, user }
    }
}

fn signed_in(signed_in: SignedIn) -> Response {
    ([(header::SET_COOKIE, signed_in.cookie.clone())], Json(SignedInBody::from(signed_in))).into_response()
}

/// Signs in
///
/// With a private API token of Real-Debrid, which is stored sealed. The answer sets the session's cookie too.
#[utoipa::path(
    post,
    path = "/auth/token",
    operation_id = "signIn",
    tag = "Signing in",
    security(()),
    request_body(content = TokenBody, example = json!({"token": "<private API token>"})),
    responses(
        (status = 200, description = "Signed in", body = SignedInBody),
        (status = 401, description = "Real-Debrid refuses the token", body = ApiError),
        (status = 403, description = "The account may not use this server, or another site asks", body = ApiError),
        (status = 502, description = "Real-Debrid cannot be asked", body = ApiError),
    )
)]
pub(super) async fn token(
    State(application): State<Application>,
    headers: HeaderMap,
    Body(body): Body<TokenBody>,
) -> Result<Response, Answer> {
    Ok(signed_in(application.sign_in(&body.token, user_agent(&headers)).await?))
}

/// A sign-in that waits for its user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceBody {
    /// Always true.
    success: bool,
    /// Asks how the sign-in stands. It is a secret: who has it gets the session.
    id: String,
    /// What the user types in at Real-Debrid.
    user_code: String,
    /// Where.
    verification_url: String,
    /// Where nothing has to be typed in, if Real-Debrid names such an address.
    direct_verification_url: Option<String>,
    /// Life of the code, in seconds.
    expires_in: i64,
    /// Shortest time between two questions, in seconds; who asks earlier hears what was known before.
    interval: i64,
}

/// A sign-in that still waits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PendingBody {
    /// Always true.
    success: bool,
    /// Always `pending`.
    state: &'static str,
    /// What is left of the code's life, in seconds.
    expires_in: i64,
    /// Shortest time between two questions, in seconds; it can have grown.
    interval: i64,
}

/// Begins a sign-in by device
///
/// The user opens the address, types in the code and says yes; meanwhile ask how it stands, at every `interval`.
#[utoipa::path(
    post,
    path = "/auth/device",
    operation_id = "beginDeviceSignIn",
    tag = "Signing in",
    security(()),
    responses(
        (status = 200, description = "The code", body = DeviceBody),
        (status = 502, description = "Real-Debrid cannot be asked", body = ApiError),
    )
)]
pub(super) async fn begin_device(State(application): State<Application>) -> Result<Json<DeviceBody>, Answer> {
    let BegunDevice { id, pending, .. } = application.begin_device().await?;
    let (expires_in, interval) = seconds(&pending, application.clock().now());
    let PendingDevice { user_code, verification_url, direct_verification_url, .. } = pending;
    Ok(Json(DeviceBody {
        success: true,
        id,
        user_code,
        verification_url,
        direct_verification_url,
        expires_in,
        interval,
    }))
}

/// Says how a sign-in by device stands
///
/// When the user has said yes, the answer is as of a sign-in by token, and sets the session's cookie too.
#[utoipa::path(
    get,
    path = "/auth/device/{id}",
    operation_id = "deviceSignIn",
    tag = "Signing in",
    security(()),
    params(("id" = String, Path, description = "As the beginning of the sign-in gave it")),
    responses(
        (status = 200, description = "Signed in", body = SignedInBody),
        (status = 202, description = "The user has not said yes yet", body = PendingBody),
        (status = 403, description = "The account may not use this server", body = ApiError),
        (status = 410, description = "The code has expired, was refused or was used", body = ApiError),
    )
)]
pub(super) async fn device(
    State(application): State<Application>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Answer> {
    Ok(match application.device_progress(&id, user_agent(&headers)).await? {
        DeviceProgress::SignedIn(it) if is_navigation(&headers) => Json(SignedInBody::from(it)).into_response(),
        DeviceProgress::SignedIn(it) => signed_in(it),
        DeviceProgress::Pending(pending) => {
            let (expires_in, interval) = seconds(&pending, application.clock().now());
            let body = PendingBody { success: true, state: "pending", expires_in, interval };
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
    })
}

/// What a client says of itself.
fn user_agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT)?.to_str().ok()
}

/// Whether a browser follows a link, or asks on behalf of another site: a link from elsewhere must not sign anybody in to
/// the account of whoever made it.
fn is_navigation(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    says("sec-fetch-mode") == Some("navigate") || says("sec-fetch-site").is_some_and(|site| site != "same-origin")
}

/// What is left of a sign-in's life and its interval, in begun seconds.
fn seconds(pending: &PendingDevice, now: Timestamp) -> (i64, i64) {
    let begun = |millis: i64| millis.max(0).saturating_add(999) / 1000;
    (begun(pending.expires.millis_since(now)), begun(pending.interval_millis))
}

/// Signs in to the demo library
///
/// The answer sets the session's cookie too.
#[utoipa::path(
    post,
    path = "/auth/demo",
    operation_id = "signInToDemo",
    tag = "Signing in",
    security(()),
    responses(
        (status = 200, description = "Signed in", body = SignedInBody),
        (status = 404, description = "This server was started without a demo", body = ApiError),
        (status = 502, description = "The demo cannot be asked", body = ApiError),
    )
)]
pub(super) async fn demo(State(application): State<Application>, headers: HeaderMap) -> Result<Response, Answer> {
    Ok(signed_in(application.sign_in_demo(user_agent(&headers)).await?))
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionBody {
    /// Whose session it is.
    user: User,
}

/// Says who is signed in
// The gate lets strangers pass to here.
#[utoipa::path(
    get,
    path = "/auth/session",
    operation_id = "session",
    tag = "Signing in",
    responses(
        (status = 200, description = "Whose session it is", body = SessionBody),
        (status = 401, description = "There is no live session", body = ApiError),
    )
)]
pub(super) async fn session(session: Option<Extension<Session>>) -> Result<Json<SessionBody>, Answer> {
    let Extension(session) = session.ok_or_else(unauthenticated)?;
    Ok(Json(SessionBody { user: session.user }))
}

/// Signs out
///
/// The session is gone, and its cookie is taken back.
#[utoipa::path(
    delete,
    path = "/auth/session",
    operation_id = "signOut",
    tag = "Signing in",
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "There is no live session", body = ApiError),
    )
)]
pub(super) async fn sign_out(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Response, Answer> {
    let cookie = application.sign_out(&session).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
