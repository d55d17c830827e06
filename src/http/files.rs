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

/// Lists the library
///
/// One page; `nextCursor` leads to the next. Empty parameters mean nothing is asked.
#[utoipa::path(
    get,
    path = "/files",
    operation_id = "files",
    tag = "Library",
    params(FileQuery),
    responses((status = 200, description = "One page of the library", body = FilePage))
)]
pub(super) async fn list(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(query): Parameters<FileQuery>,
) -> Result<Json<FilePage>, Answer> {
    Ok(Json(application.files(session.user.id, &query).await?))
}

/// Shows one file
///
/// With its contents and what you said of it. The contents of a torrent are read from Real-Debrid the first time they are
/// asked for, which can take seconds; if that fails, the file is shown without.
#[utoipa::path(
    get,
    path = "/files/{id}",
    operation_id = "file",
    tag = "Library",
    params(("id" = i64, Path, description = "The file's id, as a list of files shows it")),
    responses(
        (status = 200, description = "The file", body = FileDetails),
        (status = 404, description = "There is no such file in this library", body = ApiError),
    )
)]
pub(super) async fn one(
    State(application): State<Application>,
    Signed(session): Signed,
    Path(id): Path<String>,
) -> Result<Json<FileDetails>, Answer> {
    Ok(Json(application.file(session.user.id, number(&id)?).await?))
}

/// Says something of a file
///
/// A folder, a name, a note. What is absent stays, `null` takes it away. No sync ever changes it.
#[utoipa::path(
    patch,
    path = "/files/{id}",
    operation_id = "organiseFile",
    tag = "Library",
    params(("id" = i64, Path, description = "The file's id, as a list of files shows it")),
    request_body(content = OrganisationPatch, example = json!({"folder": "Films/2019", "note": null})),
    responses(
        (status = 200, description = "The file as it is now", body = FileDetails),
        (status = 404, description = "There is no such file in this library", body = ApiError),
    )
)]
pub(super) async fn organise(
    State(application): State<Application>,
    Signed(session): Signed,
    Path(id): Path<String>,
    Body(patch): Body<OrganisationPatch>,
) -> Result<Json<FileDetails>, Answer> {
    Ok(Json(application.organise(session.user.id, number(&id)?, patch).await?))
}

/// Lists your folders
#[utoipa::path(
    get,
    path = "/folders",
    operation_id = "folders",
    tag = "Library",
    responses((status = 200, description = "Every folder, with how many files are in it and below it", body = Folders))
)]
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
