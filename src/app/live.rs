//! The one live signal of the sync page, and the one way in which a button speaks to the server.

use super::{
    command::Command,
    server_fns::sync_control,
    toasts::{Toast, Toasts},
};
use crate::domain::{State, SyncStatus};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How long an accepted press still shows when no event follows, as while the stream reconnects.
const SETTLE: Duration = Duration::from_secs(2);

/// What the islands of the sync page share; [`super::islands::live_sync::LiveSync`] provides it.
#[derive(Clone, Copy)]
pub struct Live {
    /// Where the synchronisation stands. Only the event stream changes it, so no answer can overtake an event.
    pub status: RwSignal<SyncStatus>,
    /// What only this browser knows.
    pub here: RwSignal<Here>,
    events: StoredValue<u32>,
}

/// What only this browser knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Here {
    /// Its clock, in milliseconds since the epoch, once a second; none on the server.
    pub now: Option<i64>,
    /// Whether the event stream has broken off.
    pub disconnected: bool,
    /// The button pressed, until its effect shows.
    pub pending: Option<Command>,
    /// Why the last press was refused.
    pub refusal: Option<String>,
    /// What finished or failed while the page was open.
    pub toasts: Toasts,
    /// The last run whose end is known.
    told: Option<String>,
    /// Whether the server has accepted the press, and its effect is due with the next event.
    accepted: bool,
}

impl Here {
    fn settle(&mut self) {
        self.pending = None;
        self.accepted = false;
    }

    /// Whether a status is the end of a run that was not known to have ended.
    fn learns_of_an_end(&mut self, status: &SyncStatus) -> bool {
        let ended = status.timing.ended.is_some() && !is_alive(status);
        let is_new = ended && status.id.is_some() && status.id != self.told;
        if is_new {
            self.told.clone_from(&status.id);
        }
        is_new
    }
}

/// Whether a run goes on or can go on.
pub const fn is_alive(status: &SyncStatus) -> bool {
    matches!(status.status, State::Running | State::Paused)
}

impl Live {
    /// Begins with what the server rendered.
    pub fn new(status: SyncStatus) -> Self {
        let mut here = Here::default();
        here.learns_of_an_end(&status);
        Self { status: RwSignal::new(status), here: RwSignal::new(here), events: StoredValue::new(0) }
    }

    /// A text of the page. All texts are of this one type, as every further type of closure in a view costs the
    /// first page half a kilobyte.
    pub fn text(self, words: fn(&SyncStatus, &Here) -> String) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        move || self.status.with(|status| self.here.with(|here| words(status, here)))
    }

    /// A condition, for `hidden`; of one type for the same reason.
    pub fn holds(self, test: fn(&SyncStatus, &Here) -> bool) -> impl Fn() -> bool + Copy + Send + Sync + 'static {
        move || self.status.with(|status| self.here.with(|here| test(status, here)))
    }

    /// The state, which decides about the buttons.
    pub fn state(self) -> State {
        self.status.with(|status| status.status)
    }

    /// Takes an event of the stream; gives the word about a run that ended with it.
    pub fn receive(self, status: SyncStatus) -> Option<Toast> {
        self.events.update_value(|events| *events = events.wrapping_add(1));
        let is_end = self.here.try_update_untracked(|here| here.learns_of_an_end(&status)).unwrap_or_default();
        let end = is_end.then(|| Toast::end(&status));
        self.status.set(status);
        if self.here.with_untracked(|here| here.accepted) {
            self.here.update(Here::settle);
        }
        end
    }

    /// Shows a word about something that finished or failed.
    pub fn tell(self, toast: Toast) {
        self.here.update(|here| here.toasts.put(toast));
    }

    /// Takes the time of day; toasts that are `in_sight` get a second older.
    pub fn tick(self, now: i64, in_sight: impl Fn() -> bool) {
        self.here.update(|here| {
            here.now = Some(now);
            if !here.toasts.is_empty() && in_sight() {
                here.toasts.pass();
            }
        });
    }

    fn overdue(self) {
        if self.here.with_untracked(|here| here.accepted) {
            self.here.update(Here::settle);
        }
    }

    /// Presses a button: it shows at once, and is taken back with the reason when the server refuses.
    pub fn send(self, command: Command) {
        if self.here.with_untracked(|here| here.pending.is_some()) {
            return;
        }
        self.here.update(|here| {
            here.pending = Some(command);
            here.refusal = None;
        });
        let events = self.events.get_value();
        let (run, held) = self.status.with_untracked(|status| (status.id.clone(), status.held_deletions));
        spawn_local(async move {
            let answer = sync_control(command, run.unwrap_or_default(), held).await;
            let seen = events != self.events.get_value();
            self.here.update(|here| match answer {
                Ok(()) if seen => here.settle(),
                Ok(()) => here.accepted = true,
                Err(error) => {
                    here.settle();
                    here.refusal = Some(error.error);
                }
            });
            if !seen {
                set_timeout(move || self.overdue(), SETTLE);
            }
        });
    }
}
