//! Contract section 2: signing in and out.

use super::{
    answer::Answer,
    gate::unauthenticated,
    input::{Body, Signed},
};
use crate::{
    application::{Application, Session, SignedIn},
    domain::{ApiError, User},
};
use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A private API token of Real-Debrid.
#[derive(Debug, Deserialize, ToSchema)]
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

fn signed_in(SignedIn { access_token, user, cookie }: SignedIn) -> Response {
    ([(header::SET_COOKIE, cookie)], Json(SignedInBody { success: true, access_token, user })).into_response()
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
    Body(body): Body<TokenBody>,
) -> Result<Response, Answer> {
    Ok(signed_in(application.sign_in(&body.token).await?))
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
pub(super) async fn demo(State(application): State<Application>) -> Result<Response, Answer> {
    Ok(signed_in(application.sign_in_demo().await?))
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
