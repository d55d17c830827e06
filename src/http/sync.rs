//! Contract section 3: steering the synchronisation.

use super::{
    answer::Answer,
    input::{Body, Parameters, Signed, parse},
};
use crate::{
    application::Application,
    domain::{Action, ApiError, ErrorCode, HeldDeletions, Mode, SyncConfiguration, SyncConfigurationPatch, SyncStatus},
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Success with the status after it.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    success: bool,
    status: SyncStatus,
}

impl From<SyncStatus> for Done {
    fn from(status: SyncStatus) -> Self {
        Self { success: true, status }
    }
}

/// A refusal for the sake of the state carries the state.
async fn refused(application: &Application, user: i64, error: ApiError) -> Answer {
    if matches!(error.code, ErrorCode::AlreadyRunning | ErrorCode::NotInThisState)
        && let Ok(status) = application.sync_status(user).await
    {
        return Answer::with_status(error, status);
    }
    error.into()
}

/// `POST /api/sync/start`.
pub(super) async fn start(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(mut body): Body<Map<String, Value>>,
) -> Result<(StatusCode, Json<Done>), Answer> {
    let user = session.user.id;
    // One object holds the mode and the settings; serde cannot both flatten and refuse unknown fields.
    let mode = match body.remove("mode") {
        None | Some(Value::Null) => Mode::default(),
        Some(mode) => serde_json::from_value(mode)
            .map_err(|error| ApiError::invalid(format!("mode cannot be read ({error}): send incremental or full.")))?,
    };
    let overrides: SyncConfigurationPatch = parse(Value::Object(body).to_string().as_bytes())?;
    match application.start_sync_with(user, mode, overrides).await {
        Ok(status) => Ok((StatusCode::ACCEPTED, Json(status.into()))),
        Err(error) => Err(refused(&application, user, error).await),
    }
}

#[derive(Debug, Serialize)]
pub(super) struct StatusBody {
    status: SyncStatus,
    configuration: SyncConfiguration,
}

/// `GET /api/sync/status`.
pub(super) async fn status(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<StatusBody>, Answer> {
    let user = session.user.id;
    Ok(Json(StatusBody {
        status: application.sync_status(user).await?,
        configuration: application.configuration(user).await?,
    }))
}

/// `POST /api/sync/status`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionBody {
    action: Action,
}

pub(super) async fn act(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<ActionBody>,
) -> Result<Json<Done>, Answer> {
    let user = session.user.id;
    match application.act_on_sync(user, body.action).await {
        Ok(status) => Ok(Json(status.into())),
        Err(error) => Err(refused(&application, user, error).await),
    }
}

/// `POST /api/sync/deletions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeletionsBody {
    action: DeletionsAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DeletionsAnswer {
    Confirm,
    Dismiss,
}

pub(super) async fn deletions(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<DeletionsBody>,
) -> Result<Json<Done>, Answer> {
    let user = session.user.id;
    match application.answer_held_deletions(user, body.action == DeletionsAnswer::Confirm).await {
        Ok(status) => Ok(Json(status.into())),
        Err(error) => Err(refused(&application, user, error).await),
    }
}

/// `GET /api/sync/deletions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldParameters {
    limit: Option<i64>,
    cursor: Option<String>,
}

pub(super) async fn held_deletions(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(parameters): Parameters<HeldParameters>,
) -> Result<Json<HeldDeletions>, Answer> {
    let HeldParameters { limit, cursor } = parameters;
    Ok(Json(application.held_deletions(session.user.id, limit, cursor.as_deref()).await?))
}

#[derive(Debug, Serialize)]
pub(super) struct ConfigurationBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    configuration: SyncConfiguration,
}

/// `GET /api/sync/configuration`.
pub(super) async fn configuration(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<ConfigurationBody>, Answer> {
    let configuration = application.configuration(session.user.id).await?;
    Ok(Json(ConfigurationBody { success: None, configuration }))
}

/// `POST /api/sync/configuration`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigureBody {
    configuration: SyncConfigurationPatch,
}

pub(super) async fn configure(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<ConfigureBody>,
) -> Result<Json<ConfigurationBody>, Answer> {
    let configuration = application.configure(session.user.id, &body.configuration).await?;
    Ok(Json(ConfigurationBody { success: Some(true), configuration }))
}
