//! The runs that were: all that did or met anything, and the newest of those that found nothing to do.
//!
//! At an interval of a minute an account has half a million runs a year, and nearly all of them find nothing. Those are
//! kept for as long as they are among the newest [`UNEVENTFUL`]; what failed, was cancelled, changed anything or waits
//! for an answer is kept for good. The last run, and the last that completed, are always among the kept.

use super::{RunRecord, Store, StoreError, database::Transaction, run_record::RunRow, sql, statement::Statement};
use crate::domain::{RunPage, RunState, SyncResult, SyncRun, Timestamp};

/// Kept runs of an account that found nothing to do: a week's at one a minute, seven months' at one in half an hour.
const UNEVENTFUL: i64 = 10_000;

/// Sentences about entries that are kept of a run and shown.
pub const ERRORS_KEPT: i64 = 1_000;

/// Which runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunsQuery {
    /// Runs before this one; all for none.
    pub before: Option<i64>,
    /// Most runs.
    pub limit: i64,
    /// Most sentences about entries of each.
    pub errors: i64,
}

impl Store {
    /// Runs of an account, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs(&self, user: i64, query: &RunsQuery, now: Timestamp) -> Result<RunPage, StoreError> {
        let mut rows: Vec<RunRow> = Statement::new(sql::RUNS_BEFORE)
            .bind(user)
            .bind(query.before.unwrap_or(i64::MAX))
            .bind(query.limit + 1)
            .fetch_all(self.reading(user))
            .await?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let goes_on = rows.len() > limit;
        rows.truncate(limit);
        let mut runs = Vec::with_capacity(rows.len());
        for row in rows {
            runs.push(self.described(row.into(), query.errors, now).await?);
        }
        let next_cursor = runs.last().filter(|_| goes_on).map(|run| run.id.clone());
        Ok(RunPage { runs, next_cursor })
    }

    /// One run of an account with all that is kept of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run(&self, user: i64, run: i64, now: Timestamp) -> Result<Option<SyncRun>, StoreError> {
        let row: Option<RunRow> =
            Statement::new(sql::RUN).bind(user).bind(run).fetch_optional(self.reading(user)).await?;
        match row {
            Some(row) => Ok(Some(self.described(row.into(), ERRORS_KEPT, now).await?)),
            None => Ok(None),
        }
    }

    async fn described(&self, run: RunRecord, errors: i64, now: Timestamp) -> Result<SyncRun, StoreError> {
        let mut sentences: Vec<String> = if run.counters.errors == 0 {
            Vec::new()
        } else {
            Statement::new(sql::RUN_ERRORS).bind(run.id).bind(errors).scalars(self.reading(run.user)).await?
        };
        sentences.extend(run.error.clone());
        Ok(describe(run, sentences, now))
    }
}

fn describe(run: RunRecord, errors: Vec<String>, now: Timestamp) -> SyncRun {
    SyncRun {
        id: run.id.to_string(),
        mode: run.mode,
        started_by: run.started_by,
        status: run.state,
        started: run.started,
        ended: run.ended,
        requests: run.counters.requests,
        files_failed: run.counters.errors,
        held_deletions: run.held_deletions,
        summary: run.summary,
        error: run.error,
        result: SyncResult {
            success: run.state == RunState::Completed,
            files_processed: run.counters.processed,
            files_added: run.counters.added,
            files_updated: run.counters.updated,
            files_deleted: run.counters.deleted,
            duplicates_found: run.counters.duplicates,
            errors,
            duration: run.ended.unwrap_or(now).millis_since(run.started).max(0),
            timestamp: run.ended.unwrap_or(run.started),
        },
    }
}

/// Forgets some of the runs that are kept no longer.
pub(super) async fn purge(tx: &mut Transaction, user: i64) -> Result<(), StoreError> {
    Statement::new(sql::PURGE_RUNS).bind(user).bind(UNEVENTFUL).execute(&mut *tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
