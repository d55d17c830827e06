//! Reading one of the two lists: what has to be read at all, and page by page until it can be believed.

use super::{SyncError, census::Census, plan::fingerprint, run::Run, schedule::SKEW};
use crate::{
    domain::{Kind, Mode, Timestamp},
    real_debrid::{Page, PageRequest},
    store::Listing,
};
use std::time::Duration;

/// Rows asked for when only a sign of change is looked for.
const PROBE_ROWS: u32 = 100;
/// A first page that came longer ago than this is asked for again before it is used.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// A listing is believed without reading it again for this long, in milliseconds: 24 hours.
const BELIEVED_FOR: i64 = 24 * 3_600_000;
/// How often a list that moves is read from its start before the run goes on without deletions.
const ATTEMPTS: u32 = 3;

/// One of the two lists in the course of a run.
#[derive(Debug)]
pub(super) struct List {
    pub(super) kind: Kind,
    /// Entries in it, as Real-Debrid says.
    pub(super) total: i64,
    /// Nothing can have changed, so nothing was read.
    pub(super) is_unchanged: bool,
    /// The complete and consistent listing, once there is one.
    pub(super) census: Option<Census>,
    /// Whether entries that did not change have their duplicates marked too.
    pub(super) marks_all: bool,
    /// When the first page of the last reading came.
    pub(super) read_at: Timestamp,
    first: Option<Page>,
    first_at: Duration,
}

impl Run {
    /// Sends the first request for a list: a look for signs of change where that can settle the matter, else page 1.
    pub(super) async fn open(&mut self, kind: Kind) -> Result<List, SyncError> {
        self.live.step(format!("Asking Real-Debrid for your {}", kind.plural()));
        let listing = self.stored(|| self.store.listing(self.leased.user, kind)).await?;
        let detects = self.settings.configuration.enable_duplicate_detection;
        let marks_all =
            detects && (self.mode == Mode::Full || !listing.is_some_and(|listing| listing.duplicates_marked));
        let mut list = List {
            kind,
            total: 0,
            is_unchanged: false,
            census: None,
            marks_all,
            read_at: self.clock.now(),
            first: None,
            first_at: Duration::ZERO,
        };
        if let Some(listing) = listing.filter(|listing| self.is_believed(listing, marks_all))
            && let Some(total) = self.probe(kind, listing).await?
        {
            list.total = total;
            list.is_unchanged = true;
            return Ok(list);
        }
        // What is stored is about to differ from the listing that was believed, until a new one is complete.
        self.memory.prepare(&self.store, self.leased.user);
        self.stored(|| self.store.forget_listing(&self.leased, kind)).await?;
        let page = self.fetch(kind, 1).await?;
        list.total = page.total.unwrap_or(0).max(rows_of(&page));
        list.first = Some(page);
        list.first_at = self.clock.elapsed();
        Ok(list)
    }

    /// Whether a look for signs of change is worth it: not for a list of one page, which is read whole in one request.
    fn is_believed(&self, listing: &Listing, marks_all: bool) -> bool {
        self.mode == Mode::Incremental
            && !marks_all
            && listing.total > i64::from(self.asked_rows)
            && (-SKEW..BELIEVED_FOR).contains(&self.clock.now().millis_since(listing.read_at))
    }

    /// The list's total when nothing can have changed since `listing`: the same total, the newest rows as stored, and
    /// every entry that was on its way still where it was.
    async fn probe(&mut self, kind: Kind, listing: Listing) -> Result<Option<i64>, SyncError> {
        let request = PageRequest { page: 1, limit: PROBE_ROWS, active_only: false };
        let head = self.ask(kind, request).await?;
        // A server that gives less than was asked for does not show as much as this look promises to see.
        let is_whole = rows_of(&head) >= listing.total.min(i64::from(PROBE_ROWS));
        if head.total != Some(listing.total) || !is_whole || !head.unreadable.is_empty() {
            return Ok(None);
        }
        let ids = || head.rows.iter().map(|entry| entry.real_debrid_id.as_str());
        let stored = self.stored(|| self.store.fingerprints(self.leased.user, ids())).await?;
        let is_as_stored =
            |entry: &crate::domain::Entry| stored.get(&entry.real_debrid_id) == Some(&fingerprint(entry));
        if !head.rows.iter().all(is_as_stored) || (kind == Kind::Torrent && self.active_have_moved().await?) {
            return Ok(None);
        }
        Ok(Some(listing.total))
    }

    /// Whether any torrent that was on its way has moved. Asks nothing when none was, and else page after page until all
    /// have been seen or one is not as it was.
    async fn active_have_moved(&mut self) -> Result<bool, SyncError> {
        let mut stored = self.stored(|| self.store.active_fingerprints(self.leased.user)).await?;
        if stored.is_empty() {
            return Ok(false);
        }
        for page in 1.. {
            let request = PageRequest { page, limit: self.asked_rows, active_only: true };
            let active = self.ask(Kind::Torrent, request).await?;
            // One that is seen again, because the list moved between two pages, has been taken out already.
            let as_stored =
                |entry: &crate::domain::Entry| stored.remove(&entry.real_debrid_id) == Some(fingerprint(entry));
            if !active.rows.iter().all(as_stored) {
                return Ok(true);
            }
            if rows_of(&active) < i64::from(self.asked_rows) {
                break;
            }
        }
        Ok(!stored.is_empty())
    }

    /// Reads the list and stores what differs, from the start again when it moves meanwhile. Leaves the listing in
    /// `list.census` only if it is complete and consistent.
    pub(super) async fn read(&mut self, list: &mut List) -> Result<(), SyncError> {
        let before = (self.read_rows, self.fetched_rows - list.first.as_ref().map_or(0, rows_of));
        for attempt in 1..=ATTEMPTS {
            self.read_rows = before.0;
            if attempt > 1 {
                self.fetched_rows = before.1;
            }
            let census = self.read_once(list).await?;
            let head_agrees = census.is_atomic() || self.head_agrees(list.kind, &census).await?;
            if census.is_whole() && head_agrees {
                list.census = Some(census);
                return Ok(());
            }
            // Without a total no amount of reading makes a listing complete.
            if census.total().is_none() {
                return Ok(());
            }
            tracing::info!(kind = list.kind.as_str(), attempt, "the list moved while it was read");
            if attempt < ATTEMPTS {
                self.live.step(format!(
                    "Your {} changed while they were read; reading them again ({} of {ATTEMPTS})",
                    list.kind.plural(),
                    attempt + 1,
                ));
            } else if census.lacks() > 0 {
                // Stored is what came; but a list that was not read to its end is no success.
                return Err(SyncError::Incomplete {
                    kind: list.kind,
                    read: census.unique(),
                    announced: census.total().unwrap_or(0),
                });
            }
        }
        Ok(())
    }

    async fn read_once(&mut self, list: &mut List) -> Result<Census, SyncError> {
        self.know().await?;
        self.memory.begin_reading()?;
        let mut census = Census::default();
        let mut number = 1;
        // The other list may have been read since, and the run may have been paused for days.
        let is_fresh = self.clock.elapsed().saturating_sub(list.first_at) < FRESH_FOR;
        let mut page = match list.first.take() {
            Some(page) if is_fresh => page,
            stale => {
                self.fetched_rows -= stale.as_ref().map_or(0, rows_of);
                list.read_at = self.clock.now();
                self.fetch(list.kind, number).await?
            }
        };
        loop {
            census.page(page.total, page.first_id.as_deref());
            let (rows, unique_before) = (rows_of(&page), census.unique());
            let total = census.total().unwrap_or(0).max(unique_before + rows);
            self.counters.total += (total - list.total).max(0);
            list.total = list.total.max(total);
            self.live.step(step(list.kind, number, self.page_rows, &page));
            let fresh = self.take_in(page, number, &mut census).await?;
            if rows == 0 || census.is_full() || census.unique() == unique_before {
                self.store_page(list, fresh).await?;
                return Ok(census);
            }
            number += 1;
            // The next page travels while this one is stored; there is never more than one on its way.
            let next = self.send_for(list.kind, number);
            self.store_page(list, fresh).await?;
            page = self.receive(next).await?;
        }
    }

    /// Whether total and first id are still those of the first page.
    async fn head_agrees(&mut self, kind: Kind, census: &Census) -> Result<bool, SyncError> {
        if !census.is_whole() {
            return Ok(false);
        }
        self.live.step(format!("Checking that your {} did not change meanwhile", kind.plural()));
        let head = self.ask(kind, PageRequest { page: 1, limit: 1, active_only: false }).await?;
        Ok(census.agrees_with(head.total, head.first_id.as_deref()))
    }
}

/// Rows that came with a page, readable or not.
pub(super) fn rows_of(page: &Page) -> i64 {
    i64::try_from(page.rows.len() + page.unreadable.len()).unwrap_or(i64::MAX)
}

/// What is being done, with full pages of so many rows.
fn step(kind: Kind, number: u32, rows: i64, page: &Page) -> String {
    match page.total.map(|total| (total + rows - 1) / rows) {
        Some(pages) if pages > 1 => format!("Storing your {}, page {number} of {pages}", kind.plural()),
        _ if rows_of(page) == 0 => format!("You have no {}", kind.plural()),
        _ => format!("Storing your {}", kind.plural()),
    }
}
