//! The end of a run: what is gone from Real-Debrid goes here too, if the listing can be believed.

use super::{SyncError, confirm::Confirmed, guard, list::List, run::Run, trouble::Written};
use crate::{
    domain::Kind,
    metrics::Batch,
    store::{Deletion, Listing, Missing, Successors},
};

/// What settling came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// DMM's numbers of the entries whose deletion waits for the user.
    pub(super) held: Vec<i64>,
    /// Why something was not deleted although it may be gone, in words.
    pub(super) note: Option<String>,
}

impl Run {
    /// Deletes what complete and consistent listings say is gone, and remembers those listings.
    pub(super) async fn settle(&mut self, lists: &[List]) -> Result<Settled, SyncError> {
        let user = self.leased.user;
        let stored = self.stored(|| self.store.count_files(user)).await?;
        let untold: Vec<&List> = lists.iter().filter(|list| !list.is_unchanged && list.census.is_none()).collect();
        let note = untold.first().map(|list| {
            format!(
                "Real-Debrid's list of {} could not be read in one piece, so nothing was deleted from it; the next sync \
                 checks again",
                list.kind.plural()
            )
        });
        let listed: i64 = lists.iter().map(List::size).sum();
        let missing = if untold.is_empty() && stored == listed && self.counters.errors == 0 {
            // Everything listed is stored, and nothing else is.
            Vec::new()
        } else {
            self.live.step("Looking for entries that are gone");
            self.stored(|| self.store.missing(user, |kind, id| is_present(lists, kind, id))).await?
        };
        self.beat();
        let count = i64::try_from(missing.len()).unwrap_or(i64::MAX);
        if untold.is_empty() {
            self.look_for_losses(lists, stored - count).await?;
        }
        // What this run has added is no part of the library that the guard protects, and what a run that was taken up
        // again has deleted already counts with the rest.
        let deleted = self.counters.deleted;
        let before = stored - self.counters.added + deleted;
        if (guard::holds_back(count + deleted, before) || empties_a_list(lists, &missing))
            && count + deleted > self.settings.confirmed_deletions
        {
            return Ok(Settled { held: missing.iter().map(|entry| entry.id).collect(), note });
        }
        // Asked again: a run can have been paused for days, and a lapsed subscription makes entries disappear that come
        // back with it.
        if !missing.is_empty() {
            let has_premium = self.pin_account().await?;
            if !(self.had_premium && has_premium) {
                let note = if has_premium {
                    "Your Real-Debrid subscription was renewed during the sync, so nothing was deleted yet; the next \
                     sync looks again"
                } else {
                    "Your Real-Debrid subscription has lapsed, so nothing was deleted here"
                };
                return Ok(Settled { held: Vec::new(), note: Some(note.to_owned()) });
            }
        }
        let confirmed = self.confirm(missing).await?;
        self.delete(&confirmed.gone).await?;
        self.remember(lists, &confirmed).await?;
        let now = self.clock.now();
        self.stored(|| self.store.purge_tombstones(&self.leased, now)).await?;
        let notes: Vec<String> = note.into_iter().chain(confirmed.note).collect();
        Ok(Settled { held: Vec::new(), note: (!notes.is_empty()).then(|| notes.join(". ")) })
    }

    async fn delete(&mut self, gone: &[Missing]) -> Result<(), SyncError> {
        if gone.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(gone.len()).unwrap_or(i64::MAX);
        let successors: Successors = self.stored(|| self.store.successors(self.leased.user, gone)).await?;
        let batch = usize::try_from(self.settings.configuration.batch_size).unwrap_or(100);
        for gone in gone.chunks(batch) {
            self.gate().await?;
            self.live.step(format!("Removing {} that {} gone from Real-Debrid", entries(count), are(count)));
            let deletion = Deletion {
                run: self.leased,
                now: self.clock.now(),
                gone,
                successors: &successors,
                mark_duplicates: self.settings.configuration.enable_duplicate_detection,
            };
            let writing = self.metrics.batch(Batch::Delete);
            let (store, before) = (&self.store, self.counters);
            let counters = match self.write(before, || store.delete_entries(&deletion, &before)).await? {
                Written::Done(counters) | Written::Unheard(counters) => counters,
            };
            drop(writing);
            tracing::debug!(rows = gone.len(), "deleted a batch");
            self.take_over(counters);
            self.beat();
            self.show_progress();
        }
        Ok(())
    }

    /// Notes the believed lists as settled, and remembers them for the next run; not after errors, since it shall read
    /// again what could not be read or stored, and not a list that lacks what was kept.
    async fn remember(&self, lists: &[List], confirmed: &Confirmed) -> Result<(), SyncError> {
        let (mut settled, mut remembered) = (Vec::new(), Vec::new());
        for list in lists {
            let Some(census) = &list.census else { continue };
            if confirmed.keeps_torrents && list.kind == Kind::Torrent {
                continue;
            }
            settled.push(list.kind);
            let listing = Listing {
                total: census.unique(),
                read_at: list.read_at,
                duplicates_marked: self.settings.configuration.enable_duplicate_detection,
            };
            if self.counters.errors == 0 {
                remembered.push((list.kind, listing));
            }
        }
        self.stored(|| self.store.put_listings(&self.leased, &self.stored_counters, &settled, &remembered)).await
    }
}

/// Whether an entry is there as far as is known: only a believed listing can say that one is not.
fn is_present(lists: &[List], kind: Kind, id: &str) -> bool {
    let believed = lists.iter().find(|list| list.kind == kind).and_then(|list| list.census.as_ref());
    believed.is_none_or(|census| census.has(id))
}

/// Whether all that was stored of a kind would go. An empty list looks like a page past the end, so only the user's
/// word makes it believed.
fn empties_a_list(lists: &[List], missing: &[Missing]) -> bool {
    lists.iter().any(|list| {
        list.census.as_ref().is_some_and(|census| census.unique() == 0)
            && missing.iter().any(|entry| entry.kind() == list.kind)
    })
}

fn entries(count: i64) -> String {
    if count == 1 { "one entry".to_owned() } else { format!("{} entries", crate::domain::units::count(count)) }
}

fn are(count: i64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
