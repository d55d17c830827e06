//! Whether the process is up, and whether it can work.

use crate::application::Application;
use axum::{extract::State, http::StatusCode};

/// Says that the process is up
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "Operation",
    security(()),
    responses((status = 200, description = "It is", body = String, content_type = "text/plain"))
)]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Says whether the server can work
///
/// Whether the database answers and its migrations are done. `dmm healthcheck` asks this.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "Operation",
    security(()),
    responses(
        (status = 200, description = "It can", body = String, content_type = "text/plain"),
        (status = 503, description = "It cannot, and why", body = String, content_type = "text/plain"),
    )
)]
pub(super) async fn ready(State(application): State<Application>) -> (StatusCode, &'static str) {
    if application.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer, takes no changes, or is not migrated\n")
    }
}
