//! What is stored, counted at the end of a run: only if it can differ from what was counted last.

use super::{SyncError, list::List, run::Run};
use crate::{domain::Mode, real_debrid::Conductor, store::LibraryCount};

impl Run {
    /// What is stored now. A run that changed nothing asks one question instead of counting; duplicates can be marked
    /// without any entry being changed, so a run that looked at all of them counts. No run fails because it could not
    /// count: the next one does.
    pub(super) async fn count_library(&self, lists: &[List]) -> Result<LibraryCount, SyncError> {
        let done = self.counters;
        let may_differ = done.added + done.updated + done.deleted > 0
            || self.mode == Mode::Full
            || lists.iter().any(|list| list.marks_all);
        let counted = async {
            if !may_differ && self.store.library_is_counted(self.leased.user, self.leased.id).await? {
                return Ok(LibraryCount::AsBefore);
            }
            self.live.step("Counting what is stored");
            self.store.count_library(self.leased.user).await.map(LibraryCount::Counted)
        };
        tokio::select! {
            biased;
            () = self.control.stopped() => Err(SyncError::Stopped),
            counted = counted => {
                self.beat();
                Ok(counted.unwrap_or_else(|error| {
                    tracing::warn!(run = self.leased.id, error = ?error, "the library could not be counted");
                    LibraryCount::Unknown
                }))
            }
        }
    }
}
