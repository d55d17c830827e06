//! Failures as answers: one JSON shape, and the status that belongs to the code.

use crate::domain::{ApiError, ErrorCode, SyncStatus};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::any::Any;
use utoipa::ToSchema;

/// A refusal for the sake of the present state, which comes with it.
// Every failure goes out as one of these; the others have no status.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedInState)]
pub(super) struct Answer {
    #[serde(flatten)]
    error: ApiError,
    /// The present state.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<SyncStatus>,
}

impl Answer {
    pub(super) fn with_status(error: ApiError, status: SyncStatus) -> Self {
        Self { error, status: Some(status) }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self { error, status: None }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self)).into_response()
    }
}

/// The answer to a request whose handler panicked; the log has the cause.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives the payload away")]
pub(super) fn after_panic(payload: Box<dyn Any + Send + 'static>) -> Response {
    let cause =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    tracing::error!(cause, "a handler panicked");
    Answer::from(ApiError::new(
        ErrorCode::Internal,
        "The server met a defect: try again, and report it with the server's log if it happens again.",
    ))
    .into_response()
}
