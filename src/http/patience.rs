//! No request holds a place for ever: one whose body does not arrive, or whose answer does not begin, is ended.

use super::answer::Answer;
use crate::domain::{ApiError, ErrorCode};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// Longer than any answer takes to begin: a page that asks Real-Debrid for contents waits for it at most twice.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs a request to the beginning of its answer, within the time there is. A stream goes on after that.
pub(super) async fn limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Answer::from(ApiError::new(
            ErrorCode::TimedOut,
            "The request did not arrive whole, or took too long: try again.",
        ))
        .into_response(),
    }
}
