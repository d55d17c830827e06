//! A run that was, and what came of it.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// How much a run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Reads what can have changed; the first run of an account reads everything.
    #[default]
    Incremental,
    /// Reads everything and marks all duplicates anew.
    Full,
}

impl Mode {
    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incremental => "incremental",
            Self::Full => "full",
        }
    }
}

/// Who asked for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StartedBy {
    /// A person, on a page or over the API.
    #[default]
    User,
    /// The server, because it was time.
    Schedule,
}

impl StartedBy {
    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Schedule => "schedule",
        }
    }
}

/// The life of one run. `Running` and `Paused` are alive, the others are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Reading and storing.
    Running,
    /// Stopped by the user, to go on.
    Paused,
    /// Ended with everything stored.
    Completed,
    /// Ended by the user.
    Cancelled,
    /// Ended by a failure.
    Error,
}

impl RunState {
    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        }
    }

    /// The state of this word; an unknown one is an error.
    pub fn of(word: &str) -> Self {
        let states = [Self::Running, Self::Paused, Self::Completed, Self::Cancelled];
        states.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Error)
    }

    /// Whether the run goes on or can go on.
    pub const fn is_alive(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// What one run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SyncResult {
    /// Whether the run completed.
    pub success: bool,
    /// Entries compared with what is stored.
    pub files_processed: i64,
    /// Entries new to the database.
    pub files_added: i64,
    /// Known entries that had changed at Real-Debrid.
    pub files_updated: i64,
    /// Entries that were gone from Real-Debrid.
    pub files_deleted: i64,
    /// Entries added or updated by this run that are marked as a duplicate.
    pub duplicates_found: i64,
    /// One sentence for each entry that could not be stored, and for what ended the run early. At most 1,000 are kept.
    pub errors: Vec<String>,
    /// Milliseconds from start to end (or to now, while it goes on).
    pub duration: i64,
    /// When it ended (or started, while it goes on).
    pub timestamp: Timestamp,
}

/// One run in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SyncRun {
    /// Rises with every run of an account.
    pub id: String,
    /// What was asked for.
    pub mode: Mode,
    /// Who asked for it; not known of runs before that was noted.
    pub started_by: Option<StartedBy>,
    /// Where it stands.
    pub status: RunState,
    /// When it started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Requests sent to Real-Debrid, refused and repeated ones included.
    pub requests: i64,
    /// Entries that could not be stored, of which `errors` names at most 1,000.
    pub files_failed: i64,
    /// Deletions that wait for the user's word.
    pub held_deletions: i64,
    /// What came of it in words; empty while it goes on.
    pub summary: String,
    /// Why it failed and what to do about it.
    pub error: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub result: SyncResult,
}

/// Runs of the history, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<SyncRun>,
    /// What to send as `before` for the runs before these; none at the end.
    pub next_cursor: Option<String>,
}
