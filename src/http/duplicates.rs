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

/// `GET /api/duplicates`.
pub(super) async fn list(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(query): Parameters<DuplicateQuery>,
) -> Result<Json<Duplicates>, Answer> {
    Ok(Json(application.duplicates(session.user.id, &query).await?))
}
