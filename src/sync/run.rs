//! One run, from the first question to the last deletion.

use super::{
    Control, SyncError,
    census::Census,
    list::{List, rows_of},
    live::Live,
    memory::Memory,
    pace::Pace,
    trouble::Written,
};
use crate::{
    clock::Clock,
    domain::{Entry, Kind, Mode, SyncConfiguration, units},
    metrics::Metrics,
    real_debrid::{self, Client, Page, PageRequest},
    store::{Counters, FailedEntry, LeasedRun, LibraryCount, Store},
};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// A page that was sent for.
pub(super) struct ComingPage {
    number: u32,
    page: AbortOnDropHandle<Result<Page, real_debrid::Error>>,
}

/// What a run was started with; stored with it, so that a restart goes on with the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunSettings {
    /// The account's settings with what was asked for this run only.
    pub configuration: SyncConfiguration,
    /// How many deletions the user has said are right, beyond what the guard lets pass; 0 for none.
    pub confirmed_deletions: i64,
}

/// When something last moved, for the watchdog.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Duration>>);

impl Pulse {
    /// Something moved at this time of the run's own.
    pub fn beat(&self, own_time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = own_time;
    }

    /// When something last moved.
    pub fn last(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run with all it needs. Dropping it stops it between two requests or batches; nothing half-done is stored.
#[derive(Debug)]
pub struct Run {
    /// Its number, whose library, and the lease under which it writes.
    pub leased: LeasedRun,
    /// Real-Debrid's number of the account, which must answer.
    pub real_debrid_id: i64,
    /// How much is read.
    pub mode: Mode,
    /// What it was started with.
    pub settings: RunSettings,
    /// Where to.
    pub store: Store,
    /// Where from.
    pub client: Client,
    /// The time.
    pub clock: Clock,
    /// What it shows.
    pub live: Live,
    /// How it is held and stopped.
    pub control: Control,
    /// What it has done; of a resumed run, what it had done before.
    pub counters: Counters,
    /// The counters that are stored.
    pub stored_counters: Counters,
    /// When it last moved.
    pub pulse: Pulse,
    /// Requests of this run before a restart.
    pub requests_before: i64,
    /// Rows of this reading, without those of readings that were begun again.
    pub read_rows: i64,
    /// What it costs.
    pub pace: Pace,
    /// Rows of this reading that have arrived, stored or not.
    pub fetched_rows: i64,
    /// Rows asked for at once.
    pub asked_rows: u32,
    /// Whether the subscription was live when the reading began.
    pub had_premium: bool,
    /// Rows that a full page turned out to have.
    pub page_rows: i64,
    /// What is stored, as far as it knows.
    pub memory: Memory,
    /// Where it counts.
    pub metrics: Metrics,
}

/// What a completed run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The last counters.
    pub counters: Counters,
    /// DMM's numbers of the entries whose deletion waits for the user.
    pub held: Vec<i64>,
    /// What was done, in one or two sentences.
    pub summary: String,
    /// What is stored now.
    pub library: LibraryCount,
}

impl Run {
    /// Makes the stored library equal to Real-Debrid's.
    ///
    /// # Errors
    /// When it was stopped, or Real-Debrid or the database failed beyond what retries heal. What was stored stays, and
    /// nothing is deleted.
    pub async fn execute(&mut self) -> Result<Outcome, SyncError> {
        self.live.step("Checking your Real-Debrid account");
        self.had_premium = self.pin_account().await?;
        // This run will say anew what is gone; if it was killed, it may have begun to.
        self.stored(|| self.store.forget_held_deletions(&self.leased)).await?;
        let mut lists = Vec::with_capacity(Kind::ALL.len());
        for kind in Kind::ALL {
            lists.push(self.open(kind).await?);
        }
        self.counters.total = lists.iter().map(|list| list.total).sum();
        let mut incomplete = None;
        for list in &mut lists {
            if list.is_unchanged {
                self.fetched_rows += list.total;
                self.advance(list.total);
                self.show_progress();
            } else {
                match self.read(list).await {
                    // One bad list does not keep the other from being stored.
                    Err(error @ SyncError::Incomplete { .. }) => incomplete = incomplete.or(Some(error)),
                    read => read?,
                }
            }
        }
        if let Some(error) = incomplete {
            return Err(error);
        }
        self.memory = Memory::default();
        self.gate().await?;
        let settled = self.settle(&lists).await?;
        self.gate().await?;
        let library = self.count_library(&lists).await?;
        self.counters.requests = self.requests();
        // Entries that left while the list was read are no part of it any more.
        self.counters.processed = lists.iter().map(List::size).sum();
        self.counters.total = self.counters.processed;
        Ok(Outcome { counters: self.counters, summary: self.summary(&settled), held: settled.held, library })
    }

    /// Makes sure that the account answers to which the run is pinned; gives whether its subscription is live.
    pub(super) async fn pin_account(&self) -> Result<bool, SyncError> {
        let account = self.client.user().await?;
        if account.real_debrid_id != self.real_debrid_id {
            return Err(SyncError::AnotherAccount { expected: self.real_debrid_id, found: account.real_debrid_id });
        }
        self.gate().await?;
        let now = self.clock.now();
        self.stored(|| self.store.note_premium(&self.leased, account.premium_until, now)).await?;
        self.beat();
        Ok(account.premium)
    }

    /// Waits while the run is held; what comes behind it happens only while the run runs.
    pub(super) async fn gate(&self) -> Result<(), SyncError> {
        self.control.pass().await.map_err(|_| SyncError::Stopped)
    }

    /// Asks for rows of a list.
    pub(super) async fn ask(&self, kind: Kind, request: PageRequest) -> Result<Page, SyncError> {
        let page = self.client.list(kind, request).await?;
        self.gate().await?;
        self.beat();
        Ok(page)
    }

    /// Reads one page, timed.
    pub(super) async fn fetch(&mut self, kind: Kind, number: u32) -> Result<Page, SyncError> {
        let coming = self.send_for(kind, number);
        self.receive(coming).await
    }

    /// Sends for a page, which travels while something else is done. Dropping it calls it back.
    pub(super) fn send_for(&self, kind: Kind, number: u32) -> ComingPage {
        let client = self.client.clone();
        let request = PageRequest { page: number, limit: self.asked_rows, active_only: false };
        let asked = async move { client.list(kind, request).await };
        let page = AbortOnDropHandle::new(tokio::spawn(asked.in_current_span()));
        ComingPage { number, page }
    }

    /// Waits for a page. Only the wait is counted, so that time in which rows were stored is not counted twice.
    pub(super) async fn receive(&mut self, coming: ComingPage) -> Result<Page, SyncError> {
        let begun = self.control.at_work();
        let page = coming.page.await.map_err(|_| SyncError::Defect)??;
        self.gate().await?;
        self.beat();
        self.pace.fetched(1, self.control.at_work().saturating_sub(begun));
        let rows = rows_of(&page);
        if rows > 0 && page.total.is_some_and(|total| total > rows * i64::from(coming.number)) {
            // Real-Debrid may give less than was asked for.
            self.page_rows = rows;
        }
        self.fetched_rows += rows;
        self.counters.requests = self.requests();
        Ok(page)
    }

    /// Notes in the census what a page shows, and gives the entries not seen before.
    pub(super) async fn take_in(
        &mut self,
        page: Page,
        number: u32,
        census: &mut Census,
    ) -> Result<Vec<Entry>, SyncError> {
        self.note_unreadable(&page, number, census).await?;
        self.advance(i64::try_from(page.unreadable.len()).unwrap_or(i64::MAX));
        Ok(page.rows.into_iter().filter(|entry| census.see(&entry.real_debrid_id)).collect())
    }

    async fn note_unreadable(&mut self, page: &Page, number: u32, census: &mut Census) -> Result<(), SyncError> {
        let mut failed = Vec::new();
        for (place, row) in page.unreadable.iter().enumerate() {
            match &row.id {
                Some(id) => {
                    census.see(id);
                }
                None => census.see_nameless(),
            }
            let name = row.id.as_deref().unwrap_or("without an id");
            failed.push(FailedEntry {
                // A row that is read again is still one error.
                real_debrid_id: Some(
                    row.id.clone().unwrap_or_else(|| format!("page {number}, unreadable row {}", place + 1)),
                ),
                message: format!("The entry {name} could not be read: {}", row.reason),
            });
        }
        if !failed.is_empty() {
            let (store, before) = (&self.store, self.counters);
            let counters = match self.write(before, || store.note_unreadable(&self.leased, &failed, &before)).await? {
                Written::Done(counters) | Written::Unheard(counters) => counters,
            };
            self.take_over(counters);
        }
        Ok(())
    }

    /// Counts rows as dealt with. A reading that begins again, or a run that does after a restart, does not count back.
    pub(super) fn advance(&mut self, rows: i64) {
        self.counters = self.advanced(rows);
        self.read_rows += rows;
        self.beat();
    }

    /// The counters as they are when so many more rows have been dealt with.
    pub(super) fn advanced(&self, rows: i64) -> Counters {
        let processed = self.counters.processed.max(self.read_rows + rows);
        Counters { processed, total: self.counters.total.max(processed), requests: self.requests(), ..self.counters }
    }

    /// Notes what rows took since `begun`; gives the time from which the next are counted.
    pub(super) fn note_pace(&mut self, rows: i64, begun: Duration) -> Duration {
        let now = self.control.at_work();
        self.pace.stored(rows, now.saturating_sub(begun));
        now
    }

    pub(super) fn show_progress(&self) {
        let rows = (self.counters.total - self.fetched_rows).max(0);
        let pages = (rows + self.page_rows - 1) / self.page_rows;
        self.live.progress(&self.counters, &self.pace, u32::try_from(pages).unwrap_or(u32::MAX), self.clock.now());
    }

    pub(super) fn beat(&self) {
        self.pulse.beat(self.control.on_its_own());
    }

    /// Requests sent by this run so far.
    pub fn requests(&self) -> i64 {
        self.requests_before.saturating_add(i64::try_from(self.client.requests_sent()).unwrap_or(i64::MAX))
    }

    fn summary(&self, settled: &super::settle::Settled) -> String {
        let Counters { total, added, updated, deleted, errors, .. } = self.counters;
        let mut summary = if added + updated + deleted + errors == 0 {
            format!("Nothing had changed: all {} entries are up to date.", units::count(total))
        } else {
            let mut parts = Vec::new();
            for (count, word) in
                [(added, "added"), (updated, "updated"), (deleted, "deleted"), (errors, "could not be stored")]
            {
                if count > 0 {
                    parts.push(format!("{} {word}", units::count(count)));
                }
            }
            format!("{} of {} entries.", parts.join(", "), units::count(total))
        };
        if let Some(note) = &settled.note {
            summary = format!("{summary} {note}.");
        }
        summary
    }
}

impl List {
    /// Entries on it, as far as known.
    pub(super) fn size(&self) -> i64 {
        self.census.as_ref().map_or(self.total, Census::unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_their_storage() {
        let settings = RunSettings { configuration: SyncConfiguration::default(), confirmed_deletions: 60 };
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<RunSettings>(&json).unwrap(), settings);
        let older: RunSettings = serde_json::from_str(r#"{"configuration": {"batchSize": 25}}"#).unwrap();
        assert_eq!((older.configuration.batch_size, older.configuration.max_retries), (25, 3));
    }
}
