//! What the engine tells those who watch the server: lines of the log that name their run, and counts.
//!
//! Everything that a run does happens in its [`span`], so that its number stands on every line, whoever writes it. Names
//! and tokens are no fields anywhere.

use super::Engine;
use crate::{
    domain::{Mode, RunState, State, SyncStatus, Timestamp},
    metrics::Metrics,
    store::Counters,
    sync::SyncError,
};
use std::{sync::PoisonError, time::Duration};
use tracing::Span;

/// What a run does happens in here. At the level of errors, since a span below the level that is logged is not there.
pub(super) fn span(run: i64, account: i64) -> Span {
    tracing::error_span!("run", id = run, account)
}

/// How a run ended.
pub(super) struct End<'a> {
    pub(super) state: RunState,
    pub(super) at: Timestamp,
    pub(super) counters: &'a Counters,
    pub(super) held_deletions: i64,
    /// Why, when it failed.
    pub(super) error: Option<&'a SyncError>,
}

impl Engine {
    /// Where it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// How many runs are at work, and how many on hold.
    pub fn alive(&self) -> (usize, usize) {
        let accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |state| accounts.values().filter(|account| account.live.state_here() == Some(state)).count();
        (count(State::Running), count(State::Paused))
    }

    /// Says that a run begins, or goes on after a restart.
    pub(super) fn tell_start(&self, mode: Mode, state: RunState, is_taken_up: bool) {
        self.0.metrics.run_started(mode);
        tracing::info!(mode = mode.as_str(), state = state.as_str(), is_taken_up, "a run starts");
    }

    /// Says how a run ended of which `shown` is the last status.
    pub(super) fn tell_end(&self, shown: &SyncStatus, end: &End<'_>) {
        let millis = shown.timing.started.map_or(0, |started| end.at.millis_since(started));
        let took = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
        let mode = shown.mode.unwrap_or_default();
        self.0.metrics.run_ended(mode, end.state, took);
        let (mode, state, held_deletions) = (mode.as_str(), end.state.as_str(), end.held_deletions);
        let Counters { total, processed, added, updated, deleted, duplicates, errors, requests } = *end.counters;
        let error = end.error.map(tracing::field::debug);
        // The level is a part of the place in the code, so one list of fields for both takes a macro.
        macro_rules! tell {
            ($level:ident, $message:literal) => {
                tracing::$level!(
                    mode,
                    state,
                    ?took,
                    requests,
                    total,
                    processed,
                    added,
                    updated,
                    deleted,
                    duplicates,
                    errors,
                    held_deletions,
                    error,
                    $message
                )
            };
        }
        if error.is_some() {
            tell!(warn, "a run failed");
        } else {
            tell!(info, "a run ended");
        }
    }
}
