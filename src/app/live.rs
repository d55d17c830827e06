//! The one live signal of the sync page, and the one way in which a button speaks to the server.

use super::{command::Command, server_fns::sync_control};
use crate::domain::SyncStatus;
use leptos::{prelude::*, task::spawn_local};

/// What the islands of the sync page share; [`super::islands::live_sync::LiveSync`] provides it.
#[derive(Clone, Copy)]
pub struct Live {
    /// Where the synchronisation stands.
    pub status: RwSignal<SyncStatus>,
    /// The browser's clock, in milliseconds since the epoch, once a second; none on the server.
    pub now: RwSignal<Option<i64>>,
    /// Whether the event stream is open.
    pub connected: RwSignal<bool>,
    /// The button pressed, until the server has answered.
    pub pending: RwSignal<Option<Command>>,
    /// Why the last press was refused.
    pub refusal: RwSignal<Option<String>>,
    events: StoredValue<u32>,
}

impl Live {
    /// Begins with what the server rendered.
    pub fn new(status: SyncStatus) -> Self {
        Self {
            status: RwSignal::new(status),
            now: RwSignal::new(None),
            connected: RwSignal::new(true),
            pending: RwSignal::new(None),
            refusal: RwSignal::new(None),
            events: StoredValue::new(0),
        }
    }

    /// Takes an event of the stream.
    pub fn receive(self, status: SyncStatus) {
        self.events.update_value(|events| *events = events.wrapping_add(1));
        self.status.set(status);
    }

    /// Presses a button: it shows at once, and is taken back with the reason when the server refuses.
    pub fn send(self, command: Command) {
        if self.pending.get_untracked().is_some() {
            return;
        }
        self.pending.set(Some(command));
        self.refusal.set(None);
        let events = self.events.get_value();
        spawn_local(async move {
            match sync_control(command).await {
                // An event that came meanwhile is newer than this answer.
                Ok(status) if events == self.events.get_value() => self.status.set(status),
                Ok(_) => {}
                Err(error) => self.refusal.set(Some(error.error)),
            }
            self.pending.set(None);
        });
    }
}
