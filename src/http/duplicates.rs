//! Contract section 4: what is there more than once.

use super::{
    answer::Answer,
    input::{Parameters, Signed},
};
use crate::{
    application::Application,
    domain::{DuplicateQuery, Duplicates},
};
use axum::{Json, extract::State};

/// Lists duplicates
///
/// Groups by SHA-1, those with the most reclaimable bytes first; and likely duplicates by name and size, apart, with the
/// reason of each.
#[utoipa::path(
    get,
    path = "/duplicates",
    operation_id = "duplicates",
    tag = "Library",
    params(DuplicateQuery),
    responses((status = 200, description = "A page of each list", body = Duplicates))
)]
pub(super) async fn list(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(query): Parameters<DuplicateQuery>,
) -> Result<Json<Duplicates>, Answer> {
    Ok(Json(application.duplicates(session.user.id, &query).await?))
}
