//! What the readers of one account's events share, so that a thousand of them cost little more than one.
//!
//! They all get the same statuses, so each is written out once. They mostly come with the same few sessions, so each
//! session is asked for once. And where many read, each gets what is newest a little less often.

use crate::domain::SyncStatus;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The shortest time between two events of a reader.
const PACE: Duration = Duration::from_millis(100);
/// The same where more than [`MANY`] read: with so many events the sync itself would wait for the processor.
const PACE_OF_MANY: Duration = Duration::from_millis(150);
const MANY: usize = 200;

/// All readers of events; clones are the same ones.
#[derive(Debug, Clone, Default)]
pub struct Crowd(Arc<Mutex<HashMap<i64, Table>>>);

/// The readers of one account.
#[derive(Debug, Default)]
struct Table {
    readers: usize,
    /// The status that was written out last.
    written: Option<(SyncStatus, Arc<str>)>,
    /// When each session was last found alive.
    alive: HashMap<i64, Duration>,
}

/// A reader's place, which it leaves when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    user: i64,
}

impl Crowd {
    /// Takes a place among the readers of an account.
    pub(super) fn join(&self, user: i64) -> Place {
        self.tables().entry(user).or_default().readers += 1;
        Place { crowd: self.clone(), user }
    }

    /// The readers of all accounts.
    pub(in crate::http) fn listeners(&self) -> usize {
        self.tables().values().map(|table| table.readers).sum()
    }

    fn tables(&self) -> MutexGuard<'_, HashMap<i64, Table>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// How long to wait after an event.
    pub(super) fn pace(&self) -> Duration {
        if self.with(|table| table.readers) > MANY { PACE_OF_MANY } else { PACE }
    }

    /// The status as JSON; none if it cannot be written.
    pub(super) fn text(&self, status: &SyncStatus) -> Option<Arc<str>> {
        self.with(|table| {
            if let Some((written, text)) = &table.written
                && written == status
            {
                return Some(Arc::clone(text));
            }
            let text: Arc<str> = serde_json::to_string(status).ok()?.into();
            table.written = Some((status.clone(), Arc::clone(&text)));
            Some(text)
        })
    }

    /// When any reader last found a session alive.
    pub(super) fn alive(&self, session: i64) -> Option<Duration> {
        self.with(|table| table.alive.get(&session).copied())
    }

    /// Tells the others that a session was alive then.
    pub(super) fn note_alive(&self, session: i64, at: Duration) {
        self.with(|table| table.alive.insert(session, at));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Table) -> T) -> T {
        work(self.crowd.tables().entry(self.user).or_default())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut tables = self.crowd.tables();
        if let Some(table) = tables.get_mut(&self.user) {
            table.readers -= 1;
            if table.readers == 0 {
                tables.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_written_once_for_all_readers_of_an_account_and_for_no_other() {
        let crowd = Crowd::default();
        let (one, two, other) = (crowd.join(1), crowd.join(1), crowd.join(2));
        let status = SyncStatus { held_deletions: 7, ..SyncStatus::default() };
        let text = one.text(&status).unwrap();
        assert!(text.contains("\"heldDeletions\":7"), "{text}");
        assert!(Arc::ptr_eq(&text, &two.text(&status).unwrap()));
        assert!(!Arc::ptr_eq(&text, &other.text(&status).unwrap()));
        assert_ne!(text, two.text(&SyncStatus::default()).unwrap());
    }

    #[test]
    fn many_readers_get_events_less_often() {
        let crowd = Crowd::default();
        let mut readers: Vec<Place> = (0..=MANY).map(|_| crowd.join(1)).collect();
        assert_eq!(readers[0].pace(), PACE_OF_MANY);
        assert_eq!(crowd.join(2).pace(), PACE);
        readers.pop();
        assert_eq!(readers[0].pace(), PACE);
    }

    #[test]
    fn f8_nothing_is_kept_of_an_account_without_readers() {
        let crowd = Crowd::default();
        let reader = crowd.join(1);
        reader.note_alive(3, Duration::from_secs(1));
        assert_eq!(reader.alive(3), Some(Duration::from_secs(1)));
        drop(reader);
        assert!(crowd.tables().is_empty());
    }
}
