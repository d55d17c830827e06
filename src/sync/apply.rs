//! Storing what a page brings: what differs from what is stored, in batches, each a transaction with the run's counters.

use super::{SyncError, list::List, plan::plan, run::Run, trouble::Written};
use crate::{
    domain::Entry,
    metrics,
    store::{Batch, Counters},
};

impl Run {
    /// Stores the entries of a page that are not stored yet, in batches.
    pub(super) async fn store_page(&mut self, list: &List, fresh: Vec<Entry>) -> Result<(), SyncError> {
        let mut begun = self.control.at_work();
        let known = self.memory.known()?;
        let plan = plan(fresh, |id| known.fingerprint(id));
        self.advance(plan.unchanged);
        if plan.unchanged > 0 {
            begun = self.note_pace(plan.unchanged, begun);
        }
        let hashes = if list.marks_all { plan.unchanged_hashes } else { Vec::new() };
        let size = usize::try_from(self.settings.configuration.batch_size).unwrap_or(100);
        let batches = plan.writes.len().max(hashes.len()).div_ceil(size);
        for number in 0..batches {
            let part = |length: usize| (number * size).min(length)..((number + 1) * size).min(length);
            let writes = &plan.writes[part(plan.writes.len())];
            let batch = Batch {
                run: self.leased,
                now: self.clock.now(),
                entries: writes,
                hashes: &hashes[part(hashes.len())],
                mark_duplicates: self.settings.configuration.enable_duplicate_detection,
            };
            self.gate().await?;
            let rows = i64::try_from(writes.len()).unwrap_or(i64::MAX);
            let writing = self.metrics.batch(metrics::Batch::Write);
            let counters = self.write_batch(&batch, rows).await?;
            drop(writing);
            self.read_rows += rows;
            self.take_over(counters);
            self.beat();
            begun = self.note_pace(rows, begun);
            self.show_progress();
        }
        self.show_progress();
        Ok(())
    }

    /// Stores a batch of so many rows and remembers what is stored of it; gives the counters after it.
    async fn write_batch(&mut self, batch: &Batch<'_>, rows: i64) -> Result<Counters, SyncError> {
        let advanced = self.advanced(rows);
        let outcome = match self.write(advanced, || self.store.write_batch(batch, &advanced)).await? {
            Written::Done(outcome) => outcome,
            Written::Unheard(counters) => {
                // Which entries it refused went with the answer.
                let ids = || batch.entries.iter().map(|write| write.entry.real_debrid_id.as_str());
                let stored = self.stored(|| self.store.fingerprints(self.leased.user, ids())).await?;
                let known = self.memory.known()?;
                for (id, fingerprint) in &stored {
                    known.note(id, *fingerprint);
                }
                return Ok(counters);
            }
        };
        tracing::debug!(rows, failed = outcome.failed.len(), "stored a batch");
        for failed in &outcome.failed {
            tracing::warn!(entry = failed.real_debrid_id, "{}", failed.message);
        }
        let known = self.memory.known()?;
        for write in batch.entries {
            let id = &write.entry.real_debrid_id;
            if !outcome.failed.iter().any(|failed| failed.real_debrid_id.as_ref() == Some(id)) {
                known.note(id, write.fingerprint);
            }
        }
        Ok(outcome.counters)
    }
}
