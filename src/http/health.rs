//! Whether the process is up, and whether it can work.

use crate::application::Application;
use axum::{extract::State, http::StatusCode};

/// `GET /healthz`: the process is up.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and its migrations are done.
pub(super) async fn ready(State(application): State<Application>) -> (StatusCode, &'static str) {
    if application.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer or is not migrated\n")
    }
}
