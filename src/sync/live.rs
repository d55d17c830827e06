//! What one account's synchronisation shows: the one setter of its status, which also emits the event.
//!
//! The status is sampled from a `watch`: a slow reader skips and never blocks a run, and a new one sees the present
//! state at once.

use super::{meter::Meter, pace::Pace};
use crate::{
    domain::{ContentsProgress, State, SyncStatus, Timestamp, Waiting},
    store::Counters,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// So many ends are kept for slow readers.
const ENDS: usize = 4;

/// The live status of one account; clones show the same one.
#[derive(Clone, Debug)]
pub struct Live {
    shown: Arc<watch::Sender<Shown>>,
    meter: Meter,
}

/// The status with what its words are made of.
#[derive(Debug, Clone, Default)]
struct Shown {
    status: SyncStatus,
    step: String,
    /// It is of a run that another server works on.
    is_foreign: bool,
    /// How the last runs ended, the newest last, for readers who were too slow to see it.
    ended: Vec<SyncStatus>,
}

impl Live {
    /// Shows `status` until something changes, and what `meter` says whenever something does.
    pub fn new(mut status: SyncStatus, meter: Meter) -> Self {
        meter.read(&mut status.pace);
        let step = status.progress.current.clone();
        Self {
            shown: Arc::new(watch::Sender::new(Shown { status, step, is_foreign: false, ended: Vec::new() })),
            meter,
        }
    }

    /// The present status.
    pub fn status(&self) -> SyncStatus {
        let shown = self.shown.borrow();
        let mut status = shown.status.clone();
        if !shown.is_foreign {
            self.meter.read(&mut status.pace);
        }
        status
    }

    /// Whether a run goes on here, and not on another server: its state, or the last one.
    pub fn state_here(&self) -> Option<State> {
        let shown = self.shown.borrow();
        (!shown.is_foreign).then_some(shown.status.status)
    }

    /// What is shown is another server's from here on.
    pub fn disown(&self) {
        self.shown.send_modify(|shown| shown.is_foreign = true);
    }

    /// Whether anybody reads it.
    pub fn is_watched(&self) -> bool {
        self.shown.receiver_count() > 0
    }

    /// Shows what another server or the database says.
    pub fn mirror(&self, status: SyncStatus) {
        self.shown.send_if_modified(|shown| {
            let was_foreign = std::mem::replace(&mut shown.is_foreign, is_alive(status.status));
            let mut status = status;
            if !shown.is_foreign {
                // At rest the pace is this server's to tell, and no news.
                status.pace = shown.status.pace.clone();
                if was_foreign {
                    status.pace.waiting = None;
                }
            }
            stand_still(&mut status, &shown.status);
            if shown.status == status {
                return false;
            }
            shown.step.clone_from(&status.progress.current);
            shown.status = status;
            shown.note_end();
            true
        });
    }

    /// The present state.
    pub fn state(&self) -> State {
        self.shown.borrow().status.status
    }

    /// Waits for a status that `is_wanted` accepts.
    pub async fn wait_for(&self, is_wanted: impl Fn(&SyncStatus) -> bool) -> SyncStatus {
        let mut shown = self.shown.subscribe();
        match shown.wait_for(|shown| is_wanted(&shown.status)).await {
            Ok(shown) => shown.status.clone(),
            // The sender lives in `self`.
            Err(_) => self.status(),
        }
    }

    /// A reader of every status that comes, the present one first.
    pub fn subscribe(&self) -> Subscription {
        let mut receiver = self.shown.subscribe();
        receiver.mark_changed();
        let told = receiver.borrow().ended.last().and_then(|ended| ended.id.clone());
        Subscription { receiver, told }
    }

    /// Changes the status.
    pub fn change(&self, change: impl FnOnce(&mut SyncStatus)) {
        self.shown.send_modify(|shown| {
            let before = shown.status.progress.current.clone();
            change(&mut shown.status);
            shown.is_foreign = false;
            // Only a change of the words is another step: what is said may have a wait in it.
            if shown.status.progress.current == before {
                shown.status.progress.current.clone_from(&shown.step);
            } else {
                shown.step.clone_from(&shown.status.progress.current);
            }
            shown.status.pace.waiting = None;
            self.meter.read(&mut shown.status.pace);
            shown.note_end();
        });
    }

    /// Says in words what is being done now.
    pub fn step(&self, step: impl Into<String>) {
        let step = step.into();
        self.shown.send_modify(|shown| {
            shown.step = step;
            self.meter.read(&mut shown.status.pace);
            shown.say();
        });
    }

    /// Says what is being waited for, beside the step; `None` when the wait is over. An end that was expected before the
    /// wait is over is none.
    pub fn waiting(&self, wait: Option<Waiting>) {
        self.shown.send_modify(|shown| {
            let until = wait.as_ref().map(|wait| wait.until);
            let expected = &mut shown.status.timing.estimated_end;
            *expected = expected.filter(|end| until.is_none_or(|until| *end > until));
            shown.status.pace.waiting = wait;
            self.meter.read(&mut shown.status.pace);
            shown.say();
        });
    }

    /// Says what the background waits for; a living run speaks for itself.
    pub fn waiting_at_rest(&self, wait: Option<Waiting>) {
        self.shown.send_if_modified(|shown| {
            let pace = &mut shown.status.pace;
            let changes = !is_alive(shown.status.status) && pace.waiting != wait;
            if changes {
                pace.waiting = wait;
                self.meter.read(pace);
            }
            changes
        });
    }

    /// Shows when the next automatic run comes. A living run has none.
    pub fn next_sync(&self, next: Option<Timestamp>) {
        self.shown.send_if_modified(|shown| {
            let next = next.filter(|_| !is_alive(shown.status.status));
            let changes = shown.status.next_sync != next;
            shown.status.next_sync = next;
            changes
        });
    }

    /// Shows how many contents are known, beside whatever a run says.
    pub fn contents(&self, change: impl FnOnce(&mut ContentsProgress)) {
        self.shown.send_modify(|shown| {
            change(&mut shown.status.contents);
            self.meter.read(&mut shown.status.pace);
        });
    }

    /// Resolves once a run is alive.
    pub async fn busy(&self) {
        self.wait_for(|status| is_alive(status.status)).await;
    }

    /// Shows a run's counters and its expected end. What was processed and the percentage never go down, and the latter stays
    /// below 100 until the run completes.
    pub fn progress(&self, counters: &Counters, pace: &Pace, pages_left: u32, now: Timestamp) {
        self.shown.send_modify(|shown| {
            let (before, status) = (shown.status.clone(), &mut shown.status);
            count(status, counters);
            stand_still(status, &before);
            self.meter.read(&mut status.pace);
            let left = pace.remaining(pages_left, counters.total - counters.processed);
            status.timing.estimated_end = left
                .filter(|_| status.status == State::Running)
                .map(|left: Duration| now.plus_millis(i64::try_from(left.as_millis()).unwrap_or(i64::MAX)));
        });
    }
}

impl Shown {
    fn say(&mut self) {
        self.status.progress.current = match &self.status.pace.waiting {
            Some(wait) => format!("{} — {}", self.step, wait.reason),
            None => self.step.clone(),
        };
    }

    fn note_end(&mut self) {
        if is_end(&self.status) {
            self.ended.retain(|ended| ended.id != self.status.id);
            self.ended.push(self.status.clone());
            let surplus = self.ended.len().saturating_sub(ENDS);
            self.ended.drain(..surplus);
        }
    }
}

/// Whoever takes a living run up begins at what is stored of it, which is less than was shown: rows that had not changed
/// are counted there with the next batch. What is shown waits for it.
pub(super) fn stand_still(status: &mut SyncStatus, before: &SyncStatus) {
    if status.id == before.id && is_alive(status.status) && is_alive(before.status) {
        let (progress, before) = (&mut status.progress, &before.progress);
        progress.percentage = progress.percentage.max(before.percentage);
        progress.processed = progress.processed.max(before.processed);
        progress.total = progress.total.max(progress.processed);
    }
}

/// Lays a run's counters over a status.
pub(super) fn count(status: &mut SyncStatus, counters: &Counters) {
    status.progress.total = counters.total.max(counters.processed);
    status.progress.processed = counters.processed;
    let percentage = if status.progress.total > 0 {
        u8::try_from(counters.processed.saturating_mul(100) / status.progress.total).unwrap_or(100)
    } else {
        0
    };
    // 100 is kept for `completed`: the last check and the deletions are still to come when all rows are stored.
    status.progress.percentage = status.progress.percentage.max(percentage.min(99));
    status.stats.added = counters.added;
    status.stats.updated = counters.updated;
    status.stats.deleted = counters.deleted;
    status.stats.duplicates = counters.duplicates;
    status.stats.errors = counters.errors;
}

/// Whether a run goes on or can go on.
const fn is_alive(state: State) -> bool {
    matches!(state, State::Running | State::Paused)
}

/// Whether a status is the last one of its run.
fn is_end(status: &SyncStatus) -> bool {
    status.timing.ended.is_some() && !is_alive(status.status)
}

/// A reader of the live status.
#[derive(Debug)]
pub struct Subscription {
    receiver: watch::Receiver<Shown>,
    /// The run whose end was told last.
    told: Option<String>,
}

impl Subscription {
    /// The newest status that was not given yet; none when the account is gone. A reader skips what it is too slow for,
    /// but never the end of a run, even if the next run has begun.
    pub async fn next(&mut self) -> Option<SyncStatus> {
        self.receiver.changed().await.ok()?;
        let shown = self.receiver.borrow_and_update().clone();
        let told = shown.ended.iter().rposition(|ended| ended.id == self.told);
        let mut untold = shown.ended.into_iter().skip(told.map_or(0, |told| told + 1));
        if let Some(ended) = untold.find(|ended| ended.id != shown.status.id) {
            self.told.clone_from(&ended.id);
            self.receiver.mark_changed();
            return Some(ended);
        }
        if is_end(&shown.status) {
            self.told.clone_from(&shown.status.id);
        }
        Some(shown.status)
    }
}

#[cfg(test)]
mod tests;
