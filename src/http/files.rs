//! Contract section 4: the library.

use super::{
    answer::Answer,
    input::{Parameters, Signed},
};
use crate::{
    application::Application,
    domain::{ApiError, ErrorCode, FileDetails, FilePage, FileQuery},
};
use axum::{
    Json,
    extract::{Path, State},
};

/// `GET /api/files`.
pub(super) async fn list(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(query): Parameters<FileQuery>,
) -> Result<Json<FilePage>, Answer> {
    Ok(Json(application.files(session.user.id, &query).await?))
}

/// `GET /api/files/{id}`.
pub(super) async fn one(
    State(application): State<Application>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Json<FileDetails>, Answer> {
    let id = id.parse().map_err(|_| {
        ApiError::new(ErrorCode::NotFound, "There is no such file: its id is a number, as GET /api/files shows it.")
    })?;
    Ok(Json(application.file(session.user.id, id).await?))
}
