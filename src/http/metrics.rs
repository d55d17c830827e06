//! `GET /metrics`: outside of `/api/`, and so without a session and with nothing personal in it.

use super::AppState;
use crate::application::METRICS_TYPE;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

/// Counts for those who watch the server
///
/// The text format of Prometheus. Runs, requests to Real-Debrid by outcome, waits, batches, changed files, readers of
/// events, and torrents whose contents are unknown. No account, name or id is in it.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "Operation",
    security(()),
    responses((status = 200, description = "The counts since the server started", body = String, content_type = "text/plain"))
)]
pub(super) async fn show(State(state): State<AppState>) -> Response {
    let text = state.application.metrics(state.crowd.listeners()).await;
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}
