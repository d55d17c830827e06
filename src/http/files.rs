//! Contract section 4: the library, and what the user says of its entries.

use super::{
    answer::Answer,
    input::{Body, Parameters, Signed},
};
use crate::{
    application::Application,
    domain::{ApiError, ErrorCode, FileDetails, FilePage, FileQuery, Folders, OrganisationPatch},
};
use axum::{
    Json,
    extract::{Path, State},
};

/// The longest note has 10,000 characters, of which each may take twelve bytes in JSON.
pub(super) const LARGEST_ORGANISATION: usize = 128 * 1024;

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
    Ok(Json(application.file(session.user.id, number(&id)?).await?))
}

/// `PATCH /api/files/{id}`.
pub(super) async fn organise(
    State(application): State<Application>,
    Signed(session): Signed,
    Path(id): Path<String>,
    Body(patch): Body<OrganisationPatch>,
) -> Result<Json<FileDetails>, Answer> {
    Ok(Json(application.organise(session.user.id, number(&id)?, patch).await?))
}

/// `GET /api/folders`.
pub(super) async fn folders(
    State(application): State<Application>,
    Signed(session): Signed,
) -> Result<Json<Folders>, Answer> {
    Ok(Json(application.folders(session.user.id).await?))
}

fn number(id: &str) -> Result<i64, ApiError> {
    id.parse().map_err(|_| {
        ApiError::new(ErrorCode::NotFound, "There is no such file: its id is a number, as GET /api/files shows it.")
    })
}
