//! Contract section 2: signing in and out.

use super::{
    answer::Answer,
    gate::unauthenticated,
    input::{Body, Signed},
};
use crate::{
    application::{Application, Session, SignedIn},
    domain::User,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// `POST /api/auth/token`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenBody {
    token: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedInBody {
    success: bool,
    access_token: String,
    user: User,
}

fn signed_in(SignedIn { access_token, user, cookie }: SignedIn) -> Response {
    ([(header::SET_COOKIE, cookie)], Json(SignedInBody { success: true, access_token, user })).into_response()
}

pub(super) async fn token(
    State(application): State<Application>,
    Body(body): Body<TokenBody>,
) -> Result<Response, Answer> {
    Ok(signed_in(application.sign_in(&body.token).await?))
}

/// `POST /api/auth/demo`.
pub(super) async fn demo(State(application): State<Application>) -> Result<Response, Answer> {
    Ok(signed_in(application.sign_in_demo().await?))
}

#[derive(Debug, Serialize)]
pub(super) struct SessionBody {
    user: User,
}

/// `GET /api/auth/session`. The gate lets strangers pass to here.
pub(super) async fn session(session: Option<Extension<Session>>) -> Result<Json<SessionBody>, Answer> {
    let Extension(session) = session.ok_or_else(unauthenticated)?;
    Ok(Json(SessionBody { user: session.user }))
}

/// `DELETE /api/auth/session`.
pub(super) async fn sign_out(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Response, Answer> {
    let cookie = application.sign_out(&session).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
