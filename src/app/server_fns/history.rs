//! What the pages of the history show, loaded while the server renders them.
#![expect(missing_docs, reason = "the server macro generates items without documentation")]

use crate::{
    app::components::chart::Chart,
    domain::{ApiError, RunPage, SyncRun, Timestamp, User},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One page of the history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HistoryData {
    /// Who is signed in.
    pub user: User,
    /// The runs.
    pub page: RunPage,
    /// Whether these are the newest.
    pub is_first: bool,
    /// The plots; on the first page only.
    pub charts: Vec<Chart>,
    /// As of when the composition of the library holds.
    pub as_of: Option<Timestamp>,
}

/// One run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunData {
    /// Who is signed in.
    pub user: User,
    /// The run.
    pub run: SyncRun,
}

/// One page of the history, by the query string of its address.
///
/// # Errors
/// `unauthenticated`; `invalid_request` for an address that cannot be read.
#[server(prefix = "/api/ui", endpoint = "history_page")]
pub async fn load_history(search: String) -> Result<HistoryData, ApiError> {
    use crate::{
        app::{links, plots, request},
        application::Application,
        domain::Statistics,
    };
    /// Runs on a page, and sentences about entries of each; the page of a run has them all.
    const RUNS: i64 = 25;
    const ERRORS: i64 = 3;
    let loaded = async {
        let session = request::required_session().await?;
        let user = session.user.id;
        let before = links::history_before(&search)?;
        let application = expect_context::<Application>();
        let page = application.runs_in_short(user, before, RUNS, ERRORS).await?;
        let statistics = if before.is_none() { application.statistics(user).await? } else { Statistics::default() };
        let charts = plots::charts(&statistics);
        Ok(HistoryData { user: session.user, page, is_first: before.is_none(), charts, as_of: statistics.as_of })
    };
    request::shown(loaded.await)
}

/// One run with everything that is kept of it.
///
/// # Errors
/// `unauthenticated`; `not_found` also for what is no number, since there is no such run either.
#[server(prefix = "/api/ui", endpoint = "run_page")]
pub async fn load_run(id: String) -> Result<RunData, ApiError> {
    use crate::{app::request, application::Application, domain::ErrorCode};
    let loaded = async {
        let session = request::required_session().await?;
        let id = id.parse().map_err(|_| ApiError::new(ErrorCode::NotFound, "There is no such sync."))?;
        let run = expect_context::<Application>().run(session.user.id, id).await?;
        Ok(RunData { user: session.user, run })
    };
    request::shown(loaded.await)
}
