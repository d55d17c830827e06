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

/// Runs in one answer when nothing is asked.
const DEFAULT_RUNS: i64 = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunsParameters {
    limit: Option<i64>,
    before: Option<i64>,
}

/// `GET /api/sync/runs`.
pub(super) async fn runs(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(parameters): Parameters<RunsParameters>,
) -> Result<Json<RunPage>, Answer> {
    let limit = parameters.limit.unwrap_or(DEFAULT_RUNS);
    Ok(Json(application.runs(session.user.id, parameters.before, limit).await?))
}

/// `GET /api/statistics`.
pub(super) async fn statistics(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<Statistics>, Answer> {
    Ok(Json(application.statistics(session.user.id).await?))
}
