//! The runs that were, and what they made of the library.

use super::{
    answer::Answer,
    input::{Parameters, Signed},
};
use crate::{
    application::Application,
    domain::{RunPage, Statistics},
};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Runs in one answer when nothing is asked.
const DEFAULT_RUNS: i64 = 20;

/// How much of the history.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RunsParameters {
    /// How many runs; 20 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Only runs before this one: `nextCursor` of the page before.
    #[param(minimum = 1)]
    before: Option<i64>,
}

/// Lists the newest runs
#[utoipa::path(
    get,
    path = "/sync/runs",
    operation_id = "runs",
    tag = "Synchronisation",
    params(RunsParameters),
    responses((status = 200, description = "The newest runs, newest first", body = RunPage))
)]
pub(super) async fn runs(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(parameters): Parameters<RunsParameters>,
) -> Result<Json<RunPage>, Answer> {
    let limit = parameters.limit.unwrap_or(DEFAULT_RUNS);
    Ok(Json(application.runs(session.user.id, parameters.before, limit).await?))
}

/// Tells what the library is made of
///
/// And how it grew, and what the last runs changed.
#[utoipa::path(
    get,
    path = "/statistics",
    operation_id = "statistics",
    tag = "Library",
    responses((status = 200, description = "As of the last run that counted", body = Statistics))
)]
pub(super) async fn statistics(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<Statistics>, Answer> {
    Ok(Json(application.statistics(session.user.id).await?))
}
