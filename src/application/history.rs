//! What was: the runs, and what they made of the library.

use super::Application;
use crate::{
    domain::{ApiError, ErrorCode, RunPage, Statistics, SyncRun},
    store::{ERRORS_KEPT, RunsQuery},
};
use std::ops::RangeInclusive;

/// Runs in one answer of the history.
const RUNS: RangeInclusive<i64> = 1..=200;
/// Runs whose changes are shown side by side.
const CHANGES: i64 = 40;

impl Application {
    /// Runs, newest first, each with all that is kept of its errors; those before a run, if `before` names one.
    ///
    /// # Errors
    /// `invalid_request` when `limit` is out of range, or when the database fails.
    pub async fn runs(&self, user: i64, before: Option<i64>, limit: i64) -> Result<RunPage, ApiError> {
        self.some_runs(user, RunsQuery { before, limit, errors: ERRORS_KEPT }).await
    }

    /// As [`Application::runs`], with at most `errors` sentences about entries of each run.
    ///
    /// # Errors
    /// As [`Application::runs`].
    pub async fn runs_in_short(
        &self,
        user: i64,
        before: Option<i64>,
        limit: i64,
        errors: i64,
    ) -> Result<RunPage, ApiError> {
        self.some_runs(user, RunsQuery { before, limit, errors }).await
    }

    async fn some_runs(&self, user: i64, query: RunsQuery) -> Result<RunPage, ApiError> {
        if !RUNS.contains(&query.limit) {
            return Err(ApiError::invalid(format!(
                "limit is {}, but must be {}–{} runs.",
                query.limit,
                RUNS.start(),
                RUNS.end()
            )));
        }
        Ok(self.0.store.runs(user, &query, self.0.clock.now()).await?)
    }

    /// One run.
    ///
    /// # Errors
    /// `not_found` when there is none, or it is somebody else's, or it is kept no longer; or when the database fails.
    pub async fn run(&self, user: i64, run: i64) -> Result<SyncRun, ApiError> {
        self.0.store.run(user, run, self.0.clock.now()).await?.ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotFound,
                "There is no such sync in your history, or not any more: old ones that found nothing to do are forgotten.",
            )
        })
    }

    /// What the library is made of, how it grew, and what the last runs changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn statistics(&self, user: i64) -> Result<Statistics, ApiError> {
        let (as_of, library) = self.0.store.library_shares(user).await?;
        Ok(Statistics {
            as_of,
            library,
            growth: self.0.store.growth(user).await?,
            changes: self.0.store.changes(user, CHANGES).await?,
        })
    }
}
