//! How the engine speaks of runs: as a status, and in refusals.

use crate::{
    domain::{ApiError, ErrorCode, RunState, State, SyncStatus, units},
    store::{Counters, RunRecord},
    sync::live::count,
};

pub(super) fn cancelled(counters: &Counters) -> String {
    format!(
        "Cancelled after {} of {} entries; what was stored is kept.",
        units::count(counters.processed),
        units::count(counters.total)
    )
}

/// A stored run as a status.
pub(super) fn describe(record: &RunRecord) -> SyncStatus {
    let mut status = SyncStatus {
        id: Some(record.id.to_string()),
        status: match record.state {
            RunState::Running => State::Running,
            RunState::Paused => State::Paused,
            RunState::Completed => State::Completed,
            RunState::Cancelled => State::Idle,
            RunState::Error => State::Error,
        },
        mode: Some(record.mode),
        held_deletions: record.held_deletions,
        error: record.error.clone(),
        ..SyncStatus::default()
    };
    status.timing.started = Some(record.started);
    status.timing.ended = record.ended;
    status.progress.current.clone_from(&record.summary);
    count(&mut status, &record.counters);
    if record.state == RunState::Completed {
        status.progress.percentage = 100;
    }
    if record.state == RunState::Running && record.summary.is_empty() {
        "Starting".clone_into(&mut status.progress.current);
    }
    status
}

pub(super) fn already_running() -> ApiError {
    ApiError::new(
        ErrorCode::AlreadyRunning,
        "A sync of this account is already running or paused: wait for it, resume it, or cancel it first.",
    )
}

pub(super) fn not_in_this_state(state: State) -> ApiError {
    let error = match state {
        State::Running => "The sync is running: it can be paused or cancelled.",
        State::Paused => "The sync is paused: it can be resumed or cancelled.",
        State::Idle | State::Completed | State::Error => "No sync is running: start one first.",
    };
    ApiError::new(ErrorCode::NotInThisState, error)
}

pub(super) fn no_held_deletions() -> ApiError {
    ApiError::new(ErrorCode::NotInThisState, "No deletions are waiting for an answer.")
}

pub(super) fn not_as_shown() -> ApiError {
    ApiError::new(
        ErrorCode::NotInThisState,
        "Other deletions are held back by now than were shown: look at the new list, then answer it.",
    )
}
