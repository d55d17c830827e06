//! `GET /api/files/export`: the whole library as a file.

use super::{
    answer::Answer,
    input::{Parameters, Signed},
};
use crate::{
    application::Application,
    domain::{ApiError, ExportFormat, ExportQuery},
};
use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};

/// Exports the whole library
///
/// One entry after the other by number, with what you said of it. A failure in the middle breaks the transfer off.
#[utoipa::path(
    get,
    path = "/files/export",
    operation_id = "export",
    tag = "Library",
    params(ExportQuery),
    responses((status = 200, description = "Every file, as an attachment", content(
        (String = "application/x-ndjson"),
        (String = "text/csv")
    )))
)]
// Sends portion after portion, each read when the one before is on its way. A failure in the middle breaks the
// transfer off, so that nobody takes a part for the whole.
pub(super) async fn download(
    State(application): State<Application>,
    Signed(session): Signed,
    Parameters(ExportQuery { format }): Parameters<ExportQuery>,
) -> Result<Response, Answer> {
    let mut export = application.export(session.user.id, format);
    // Before anything is promised, so that a database that does not answer is told with a status.
    let first = export.next().await.transpose()?;
    let rest = stream::unfold(export, async |mut export| Some((export.next().await?, export)));
    let body = Body::from_stream(stream::iter(first).map(Ok::<_, ApiError>).chain(rest));
    let kind = match format {
        ExportFormat::Ndjson => "application/x-ndjson",
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
    };
    let today = application.clock().now().to_string();
    let day = today.split('T').next().unwrap_or_default();
    let disposition = format!("attachment; filename=\"dmm-library-{day}.{}\"", format.as_str());
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, body).into_response())
}
