//! By what an account is reached: sessions, API tokens, and the end of all of it.

use super::{
    answer::Answer,
    input::{Body, Signed},
};
use crate::{
    application::Application,
    domain::{ApiError, ApiToken, SessionInfo},
};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The browsers that are signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionsBody {
    /// The last used first.
    sessions: Vec<SessionInfo>,
}

/// Lists the sessions
///
/// Each browser that is signed in to the account. A session ends 30 days after it began, or when it was not used for 7.
#[utoipa::path(
    get,
    path = "/sessions",
    operation_id = "sessions",
    tag = "Access",
    responses((status = 200, description = "The sessions", body = SessionsBody))
)]
pub(super) async fn sessions(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<SessionsBody>, Answer> {
    Ok(Json(SessionsBody { sessions: application.sessions(&session).await? }))
}

/// Ends a session
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    operation_id = "endSession",
    tag = "Access",
    params(("id" = i64, Path, description = "Its number")),
    responses(
        (status = 204, description = "The session is gone"),
        (status = 403, description = "An API token asks", body = ApiError),
        (status = 404, description = "The account has no such session", body = ApiError),
    )
)]
pub(super) async fn end(
    State(application): State<Application>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<StatusCode, Answer> {
    // What is no number is nobody's session either.
    application.end_session(&session, id.parse().unwrap_or(0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all other sessions
///
/// API tokens stay.
#[utoipa::path(
    delete,
    path = "/sessions",
    operation_id = "endOtherSessions",
    tag = "Access",
    responses(
        (status = 204, description = "Only the session that asks is left"),
        (status = 403, description = "An API token asks", body = ApiError),
    )
)]
pub(super) async fn end_others(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<StatusCode, Answer> {
    application.end_other_sessions(&session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The API tokens of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokensBody {
    /// The last used first.
    tokens: Vec<ApiToken>,
}

/// Lists the API tokens
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "apiTokens",
    tag = "Access",
    responses((status = 200, description = "The tokens, without themselves", body = TokensBody))
)]
pub(super) async fn tokens(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<TokensBody>, Answer> {
    Ok(Json(TokensBody { tokens: application.api_tokens(&session).await? }))
}

/// A token that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTokenBody {
    /// What it is for, in one line.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeTokenBody {
    /// Always true.
    success: bool,
    /// For `Authorization: Bearer …`. It is shown once, and valid until it is revoked.
    token: String,
    /// What is kept of it.
    api_token: ApiToken,
}

/// Makes an API token
///
/// It may do all that a session may, except to manage sessions and tokens or to disconnect the account.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "createApiToken",
    tag = "Access",
    request_body(content = NewTokenBody, example = json!({"name": "backup script"})),
    responses(
        (status = 201, description = "The token, which is shown once", body = MadeTokenBody),
        (status = 400, description = "The name cannot be kept, or there are too many tokens", body = ApiError),
        (status = 403, description = "An API token asks", body = ApiError),
    )
)]
pub(super) async fn create_token(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<NewTokenBody>,
) -> Result<(StatusCode, Json<MadeTokenBody>), Answer> {
    let (token, api_token) = application.create_api_token(&session, &body.name).await?;
    Ok((StatusCode::CREATED, Json(MadeTokenBody { success: true, token, api_token })))
}

/// Revokes an API token
///
/// A token may revoke itself.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    operation_id = "revokeApiToken",
    tag = "Access",
    params(("id" = i64, Path, description = "Its number")),
    responses(
        (status = 204, description = "The token is worthless"),
        (status = 403, description = "Another API token asks", body = ApiError),
        (status = 404, description = "The account has no such token", body = ApiError),
    )
)]
pub(super) async fn revoke_token(
    application: State<Application>,
    session: Signed,
    id: Path<String>,
) -> Result<StatusCode, Answer> {
    // Sessions and tokens are numbered together.
    end(application, session, id).await
}

/// The word that disconnects an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DisconnectBody {
    /// The user name of the account, against mistakes.
    username: String,
    /// Whether its token is made worthless at Real-Debrid first, wherever else it is used.
    #[serde(default)]
    revoke: bool,
}

/// Disconnects the account
///
/// Ends every session and token, and deletes all that is stored of the account. Nothing is changed in the library at
/// Real-Debrid.
#[utoipa::path(
    post,
    path = "/account/disconnect",
    operation_id = "disconnectAccount",
    tag = "Access",
    request_body(content = DisconnectBody, example = json!({"username": "somebody", "revoke": false})),
    responses(
        (status = 204, description = "Nobody is connected any more"),
        (status = 400, description = "Another user name; nothing was done", body = ApiError),
        (status = 403, description = "An API token asks", body = ApiError),
        (status = 502, description = "The token could not be made worthless; nothing was done", body = ApiError),
    )
)]
pub(super) async fn disconnect(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<DisconnectBody>,
) -> Result<Response, Answer> {
    let cookie = application.disconnect(&session, &body.username, body.revoke).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
