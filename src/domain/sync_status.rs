//! Where the synchronisation of one account stands: the one thing that REST, event stream and page show.

use super::{Mode, RequestPace, Timestamp};
use serde::{Deserialize, Serialize};

/// What the synchronisation of an account is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing runs: never started, or the last run was cancelled.
    #[default]
    Idle,
    /// A run reads and stores.
    Running,
    /// A run waits for the user.
    Paused,
    /// The last run stored everything.
    Completed,
    /// The last run failed; `error` says why and what to do.
    Error,
}

/// What a user can do to a run that is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Running → paused.
    Pause,
    /// Paused → running.
    Resume,
    /// Running or paused → idle; what is stored stays.
    Cancel,
}

/// How far the reading is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Entries in the library, as Real-Debrid counts them; 0 until known.
    pub total: i64,
    /// Entries compared and stored so far, never more than `total`.
    pub processed: i64,
    /// The present step in words.
    pub current: String,
    /// Whole per cent; never goes down inside a run and is 100 only on `completed`.
    #[cfg_attr(feature = "ssr", schema(minimum = 0, maximum = 100))]
    pub percentage: u8,
}

/// When it began and ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// Start of the run.
    pub started: Option<Timestamp>,
    /// Expected end at the pace observed, while running.
    pub estimated_end: Option<Timestamp>,
    /// End of the run.
    pub ended: Option<Timestamp>,
}

/// What the run changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// New to the database.
    pub added: i64,
    /// Known, and changed at Real-Debrid.
    pub updated: i64,
    /// Gone from Real-Debrid.
    pub deleted: i64,
    /// Added or updated by this run and marked as a duplicate.
    pub duplicates: i64,
    /// Could not be stored.
    pub errors: i64,
}

/// How many torrents have had their contents read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ContentsProgress {
    /// Torrents stored.
    pub total: i64,
    /// Those whose contents are known.
    pub processed: i64,
}

/// Everything there is to say about the synchronisation of one account.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SyncStatus {
    /// The run it speaks of; none before the first.
    pub id: Option<String>,
    /// Where it stands.
    pub status: State,
    /// The mode of that run.
    pub mode: Option<Mode>,
    /// How far it is.
    pub progress: Progress,
    /// When.
    pub timing: Timing,
    /// What changed.
    pub stats: Stats,
    /// Reading of torrents' contents.
    pub contents: ContentsProgress,
    /// Requests that are left, and what is being waited for.
    pub pace: RequestPace,
    /// The end of the last run that completed.
    pub last_sync: Option<Timestamp>,
    /// When the next automatic run comes; none while one is alive, before the first, and when auto-sync is off.
    pub next_sync: Option<Timestamp>,
    /// Deletions that wait for the user's word, because they are too many to be believed.
    pub held_deletions: i64,
    /// Why the last run failed and what to do about it.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_has_the_fields_of_the_contract_with_next_sync_and_pace_and_nulls_where_there_is_nothing() {
        let json = serde_json::to_value(SyncStatus::default()).unwrap_or_default();
        assert_eq!(
            json,
            serde_json::json!({
                "id": null, "status": "idle", "mode": null,
                "progress": {"total": 0, "processed": 0, "current": "", "percentage": 0},
                "timing": {"started": null, "estimatedEnd": null, "ended": null},
                "stats": {"added": 0, "updated": 0, "deleted": 0, "duplicates": 0, "errors": 0},
                "contents": {"total": 0, "processed": 0},
                "pace": {"limit": 0, "left": 0, "fullAt": null, "waiting": null},
                "lastSync": null, "nextSync": null, "heldDeletions": 0, "error": null
            })
        );
    }
}
