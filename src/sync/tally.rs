//! What is counted of a run beside its own counters, for those who watch the server.

use super::run::Run;
use crate::{metrics::Change, store::Counters};

impl Run {
    /// Takes over counters that have just been stored, and counts what they have grown by.
    pub(super) fn take_over(&mut self, counters: Counters) {
        let before = self.counters;
        self.metrics.files_changed(Change::Added, counters.added - before.added);
        self.metrics.files_changed(Change::Updated, counters.updated - before.updated);
        self.metrics.files_changed(Change::Deleted, counters.deleted - before.deleted);
        self.metrics.file_errors(counters.errors - before.errors);
        self.counters = counters;
        self.stored_counters = counters;
    }
}
