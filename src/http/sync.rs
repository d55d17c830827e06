//! Contract section 3: steering the synchronisation.

use super::{
    answer::Answer,
    input::{Body, Parameters, Signed, parse},
};
use crate::{
    application::Application,
    domain::{
        Action, ApiError, ErrorCode, HeldDeletions, Mode, ShownDeletions, SyncConfiguration, SyncConfigurationPatch,
        SyncStatus,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema},
};

/// Success, with the status after it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done {
    /// Always true.
    success: bool,
    /// As it is now.
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

/// The mode of a run, and the settings that hold for it.
enum StartBody {}

impl ToSchema for StartBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Mode::name().into(), Mode::schema()));
    }
}

impl PartialSchema for StartBody {
    /// All fields of [`SyncConfigurationPatch`] and one more.
    fn schema() -> RefOr<Schema> {
        let mut schema = SyncConfigurationPatch::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = Some("The mode of a run, and settings that hold for this run only.".to_owned());
            object.properties.insert("mode".to_owned(), Ref::from_schema_name(Mode::name()).into());
        }
        schema
    }
}

/// Starts a sync
///
/// It runs in the background and needs no open connection. The body may be absent. Settings in it hold for this run only.
#[utoipa::path(
    post,
    path = "/sync/start",
    operation_id = "startSync",
    tag = "Synchronisation",
    request_body(content = Option<StartBody>, example = json!({"mode": "full", "batchSize": 250})),
    responses(
        (status = 202, description = "It runs", body = Done),
        (status = 409, description = "One is running or paused", body = Answer),
    )
)]
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

/// Where the synchronisation stands, and how it behaves.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusBody {
    /// Where it stands.
    status: SyncStatus,
    /// The settings in force.
    configuration: SyncConfiguration,
}

/// Says where the sync stands
#[utoipa::path(
    get,
    path = "/sync/status",
    operation_id = "syncStatus",
    tag = "Synchronisation",
    responses((status = 200, description = "The present status and the settings", body = StatusBody))
)]
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

/// What is to be done to the run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionBody {
    /// `pause` a running one, `resume` a paused one, `cancel` either.
    action: Action,
}

/// Pauses, resumes or cancels the sync
///
/// What is stored stays, also after a cancel.
#[utoipa::path(
    post,
    path = "/sync/status",
    operation_id = "steerSync",
    tag = "Synchronisation",
    request_body(content = ActionBody, example = json!({"action": "pause"})),
    responses(
        (status = 200, description = "Done", body = Done),
        (status = 409, description = "The present state does not allow it", body = Answer),
    )
)]
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

/// What becomes of the deletions that were held back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeletionsBody {
    /// `confirm` starts a run that deletes what is then still gone; `dismiss` forgets them until the next run.
    action: DeletionsAnswer,
    /// `run` of the list, or `id` of the status, that the answer is for; the newest run when absent.
    run: Option<String>,
    /// `heldDeletions` of it: no more are deleted. When absent, as many as are held back now.
    held_deletions: Option<i64>,
}

/// The user's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DeletionsAnswer {
    Confirm,
    Dismiss,
}

/// Answers a mass deletion that was held back
///
/// A run that would delete more than 50 files and more than 20 % of the library deletes none and waits for this. Send what
/// was shown along: when another list is held back by now, nothing is done.
#[utoipa::path(
    post,
    path = "/sync/deletions",
    operation_id = "answerDeletions",
    tag = "Synchronisation",
    request_body(
        content = DeletionsBody,
        example = json!({"action": "dismiss", "run": "7", "heldDeletions": 60})
    ),
    responses(
        (status = 200, description = "Done", body = Done),
        (status = 409, description = "None are held back, others than were shown, or a run is alive", body = Answer),
    )
)]
pub(super) async fn deletions(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<DeletionsBody>,
) -> Result<Json<Done>, Answer> {
    let user = session.user.id;
    let DeletionsBody { action, run, held_deletions: number } = body;
    let shown = ShownDeletions { run, number };
    match application.answer_held_deletions(user, action == DeletionsAnswer::Confirm, &shown).await {
        Ok(status) => Ok(Json(status.into())),
        Err(error) => Err(refused(&application, user, error).await),
    }
}

/// Which page of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldParameters {
    /// Rows on the page; 50 when absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// Lists the files whose deletion was held back
#[utoipa::path(
    get,
    path = "/sync/deletions",
    operation_id = "heldDeletions",
    tag = "Synchronisation",
    params(HeldParameters),
    responses((status = 200, description = "What a mass deletion would take away", body = HeldDeletions))
)]
pub(super) async fn held_deletions(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(parameters): Parameters<HeldParameters>,
) -> Result<Json<HeldDeletions>, Answer> {
    let HeldParameters { limit, cursor } = parameters;
    Ok(Json(application.held_deletions(session.user.id, limit, cursor.as_deref()).await?))
}

/// The settings of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConfigurationBody {
    /// In force from the next run on.
    configuration: SyncConfiguration,
}

/// The settings of the account after a change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Configured {
    /// Always true.
    success: bool,
    /// In force from the next run on.
    configuration: SyncConfiguration,
}

/// Reads the settings
#[utoipa::path(
    get,
    path = "/sync/configuration",
    operation_id = "configuration",
    tag = "Synchronisation",
    responses((status = 200, description = "The settings of the account", body = ConfigurationBody))
)]
pub(super) async fn configuration(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<ConfigurationBody>, Answer> {
    let configuration = application.configuration(session.user.id).await?;
    Ok(Json(ConfigurationBody { configuration }))
}

/// A change of settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigureBody {
    /// What is absent stays.
    configuration: SyncConfigurationPatch,
}

/// Changes settings
///
/// They are kept for the account and are in force from the next run on. When one is refused, none is changed.
#[utoipa::path(
    post,
    path = "/sync/configuration",
    operation_id = "configure",
    tag = "Synchronisation",
    request_body(content = ConfigureBody, example = json!({"configuration": {"syncInterval": 60, "batchSize": 250}})),
    responses((status = 200, description = "The settings as they are now", body = Configured))
)]
pub(super) async fn configure(
    State(application): State<Application>,
    Signed(session): Signed,
    Body(body): Body<ConfigureBody>,
) -> Result<Json<Configured>, Answer> {
    let configuration = application.configure(session.user.id, &body.configuration).await?;
    Ok(Json(Configured { success: true, configuration }))
}
