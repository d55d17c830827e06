//! A run as it is stored, and what it has done.

use crate::domain::{Mode, RunState, StartedBy, Timestamp};

/// What a run has done so far. Absolute values, so that storing them twice counts nothing twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Entries in the library, as Real-Debrid counts.
    pub total: i64,
    /// Entries compared and stored.
    pub processed: i64,
    /// New entries.
    pub added: i64,
    /// Changed entries.
    pub updated: i64,
    /// Entries that were gone.
    pub deleted: i64,
    /// Added or updated by this run and marked as duplicates.
    pub duplicates: i64,
    /// Entries that could not be stored.
    pub errors: i64,
    /// Requests to Real-Debrid.
    pub requests: i64,
}

/// A run as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Rises with every run.
    pub id: i64,
    /// Whose.
    pub user: i64,
    /// How much it reads.
    pub mode: Mode,
    /// Where it stands.
    pub state: RunState,
    /// Its settings as JSON.
    pub configuration: String,
    /// When it started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What it has done.
    pub counters: Counters,
    /// Deletions that wait for the user.
    pub held_deletions: i64,
    /// What came of it, in words.
    pub summary: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Who asked for it, if that is known.
    pub started_by: Option<StartedBy>,
}

#[derive(sqlx::FromRow)]
pub(super) struct RunRow {
    id: i64,
    user_id: i64,
    mode: String,
    state: String,
    configuration: String,
    started_at: i64,
    ended_at: Option<i64>,
    total: i64,
    processed: i64,
    added: i64,
    updated: i64,
    deleted: i64,
    duplicates: i64,
    errors: i64,
    held_deletions: i64,
    requests: i64,
    summary: String,
    error: Option<String>,
    started_by: Option<String>,
}

impl From<RunRow> for RunRecord {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id,
            user: row.user_id,
            // The schema's CHECKs admit no other words than these.
            mode: if row.mode == Mode::Full.as_str() { Mode::Full } else { Mode::Incremental },
            state: RunState::of(&row.state),
            configuration: row.configuration,
            started: Timestamp::from_millis(row.started_at),
            ended: row.ended_at.map(Timestamp::from_millis),
            counters: Counters {
                total: row.total,
                processed: row.processed,
                added: row.added,
                updated: row.updated,
                deleted: row.deleted,
                duplicates: row.duplicates,
                errors: row.errors,
                requests: row.requests,
            },
            held_deletions: row.held_deletions,
            summary: row.summary,
            error: row.error,
            started_by: row
                .started_by
                .map(|word| if word == StartedBy::Schedule.as_str() { StartedBy::Schedule } else { StartedBy::User }),
        }
    }
}
