//! Entries that are gone from Real-Debrid: they leave a tombstone, or their record goes on with the entry that took
//! their place.

use super::{Missing, VALUES_PER_LIST, count_marked, mark_duplicates, statements};
use crate::{
    domain::Timestamp,
    store::{
        Counters, LeasedRun, Store, StoreError, contents,
        database::Transaction,
        organisation,
        successors::Successors,
        tombstones::{self, Record},
    },
};

use std::collections::HashSet;

/// What one transaction deletes.
#[derive(Debug)]
pub struct Deletion<'a> {
    /// Of which library, and by which run.
    pub run: LeasedRun,
    /// When.
    pub now: Timestamp,
    /// What is gone.
    pub gone: &'a [Missing],
    /// Which entries took the place of any that are gone.
    pub successors: &'a Successors,
    /// Whether duplicates are marked at all.
    pub mark_duplicates: bool,
}

/// An entry that goes on with the record of one that is gone.
struct Heir<'r> {
    record: &'r Record,
    id: i64,
}

impl Store {
    /// Deletes entries that are gone from Real-Debrid, with the run's counters, in one transaction.
    ///
    /// # Errors
    /// When the database fails; nothing is deleted then.
    pub async fn delete_entries(&self, deletion: &Deletion<'_>, counters: &Counters) -> Result<Counters, StoreError> {
        let Deletion { run, gone, .. } = *deletion;
        let user = run.user;
        let mut tx = self.begin(user).await?;
        let ids: Vec<i64> = gone.iter().map(|entry| entry.id).collect();
        let records: Vec<Record> = statements::records_statement(user, &ids).fetch_all(&mut tx).await?;
        let heirs = heirs(&mut tx, deletion, &records).await?;
        let hashes = hashes_to_mark(&mut tx, deletion, &heirs).await?;
        let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
        let marked_before = count_marked(&mut tx, user, run.id, &hashes).await?;

        let inherited: HashSet<i64> = heirs.iter().map(|heir| heir.record.id).collect();
        let buried: Vec<&Record> = records.iter().filter(|record| !inherited.contains(&record.id)).collect();
        tombstones::bury(&mut tx, user, &buried, deletion.now).await?;
        let deleted = statements::delete_statement(user, &ids).execute(&mut tx).await?;
        succeed(&mut tx, user, &heirs, deletion.now).await?;
        // When the original goes, the next takes its place.
        mark_duplicates(&mut tx, user, &hashes).await?;
        let mut after = *counters;
        after.deleted += i64::try_from(deleted).unwrap_or(i64::MAX);
        let marked = count_marked(&mut tx, user, run.id, &hashes).await?;
        after.duplicates += marked.values().sum::<i64>() - marked_before.values().sum::<i64>();
        self.advance_counters(&mut tx, &run, counters, &after).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// The successors that are still as they were chosen: the user may have said something of one meanwhile.
async fn heirs<'r>(
    tx: &mut Transaction,
    deletion: &Deletion<'_>,
    records: &'r [Record],
) -> Result<Vec<Heir<'r>>, StoreError> {
    let mut heirs: Vec<Heir<'_>> =
        records.iter().filter_map(|record| deletion.successors.of(record.id).map(|id| Heir { record, id })).collect();
    if !heirs.is_empty() {
        let ids: Vec<i64> = heirs.iter().map(|heir| heir.id).collect();
        let organised: Vec<i64> = statements::organised_statement(deletion.run.user, &ids).scalars(&mut *tx).await?;
        let organised: HashSet<i64> = organised.into_iter().collect();
        heirs.retain(|heir| !organised.contains(&heir.id));
    }
    Ok(heirs)
}

/// The hashes whose duplicates are marked anew. Those of successors even with the detection off, if any are marked:
/// marks that are there stay, but must not point to where nobody is.
async fn hashes_to_mark(
    tx: &mut Transaction,
    deletion: &Deletion<'_>,
    heirs: &[Heir<'_>],
) -> Result<Vec<String>, StoreError> {
    if deletion.mark_duplicates {
        return Ok(deletion.gone.iter().filter_map(|entry| entry.sha1_hash.clone()).collect());
    }
    let taken: Vec<&str> = heirs.iter().filter_map(|heir| heir.record.hash()).collect();
    let mut marked = Vec::new();
    for part in taken.chunks(VALUES_PER_LIST) {
        let hashes: Vec<(String,)> =
            statements::marked_hashes_statement(deletion.run.user, part).fetch_all(&mut *tx).await?;
        marked.extend(hashes.into_iter().map(|(hash,)| hash));
    }
    Ok(marked)
}

/// Gives entries the records of those that have just been deleted. What hangs on their own numbers goes: their duplicate
/// marks are set anew right afterwards, and their contents are read again.
async fn succeed(tx: &mut Transaction, user: i64, heirs: &[Heir<'_>], now: Timestamp) -> Result<(), StoreError> {
    if heirs.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = heirs.iter().map(|heir| heir.id).collect();
    statements::unmark_statement(user, &ids).execute(&mut *tx).await?;
    contents::forget(tx, &ids).await?;
    let records = heirs.iter().map(|heir| (heir.id, heir.record.id, heir.record.created_at));
    statements::succeed_statement(user, records).execute(&mut *tx).await?;
    let said = heirs.iter().map(|heir| (heir.record.id, heir.record.organisation()));
    organisation::bring_back(tx, user, said, now).await
}
