//! The library as a sync writes it: batches that are stored whole or not at all.

mod deletion;
pub(super) mod statements;
#[cfg(test)]
mod tests;

pub use deletion::Deletion;

use super::{Counters, LeasedRun, Store, StoreError, database::Transaction, sql, statement::Statement, tombstones};
use crate::domain::{Entry, InfoHash, Kind, Timestamp};
use statements::{
    count_marked_statement, fingerprints_statement, hashes_statement, mark_duplicates_statement, missing_statement,
    note_errors_statement, write_statement,
};
use std::collections::HashMap;

/// Values in one list of a statement.
pub(super) const VALUES_PER_LIST: usize = 1_000;

/// Into how many a refused part of a batch is divided: by halves one refused entry would be found with fewest statements,
/// but hundreds of them with twice as many as there are entries.
const DIVISION: usize = 8;

/// The fingerprints of some entries, by Real-Debrid's id.
pub type Fingerprints = HashMap<String, i64>;

/// An entry to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteEntry {
    /// What Real-Debrid says.
    pub entry: Entry,
    /// Lower-cased name for search.
    pub search_name: String,
    /// Of everything that counts as a change.
    pub fingerprint: i64,
    /// Whether it is new (else changed).
    pub is_new: bool,
}

/// What one transaction stores.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Of which library, and by which run.
    pub run: LeasedRun,
    /// When.
    pub now: Timestamp,
    /// New and changed entries.
    pub entries: &'a [WriteEntry],
    /// Further hashes whose duplicates are to be marked, of entries that did not change.
    pub hashes: &'a [String],
    /// Whether duplicates are marked at all.
    pub mark_duplicates: bool,
}

impl Batch<'_> {
    /// The hashes whose entries may have become or ceased to be duplicates.
    fn hashes_to_mark(&self) -> Vec<&str> {
        if !self.mark_duplicates {
            return Vec::new();
        }
        let written = self.entries.iter().filter_map(|write| write.entry.sha1_hash.as_ref());
        self.hashes.iter().map(String::as_str).chain(written.map(InfoHash::as_str)).collect()
    }

    /// Those of `hashes` that more than one entry may have: all but those that one new entry brings and no stored entry
    /// has. `stored` holds the hashes that a stored entry has.
    fn hashes_in_doubt<'h>(&self, hashes: Vec<&'h str>, stored: &HashMap<String, i64>) -> Vec<&'h str> {
        let mut once = HashMap::with_capacity(self.entries.len());
        for write in self.entries {
            if let Some(hash) = &write.entry.sha1_hash {
                once.entry(hash.as_str()).and_modify(|once| *once = false).or_insert(write.is_new);
            }
        }
        hashes.into_iter().filter(|hash| stored.contains_key(*hash) || once.get(hash) != Some(&true)).collect()
    }
}

/// How the entries of a batch are written: all at once, or, since one that the schema refuses must not stop the others,
/// divided until it stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Portions {
    All,
    Divided,
}

/// An entry that could not be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedEntry {
    /// Real-Debrid's id.
    pub real_debrid_id: Option<String>,
    /// One sentence.
    pub message: String,
}

/// What a batch came to. The run's counters were stored with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchOutcome {
    /// The counters after the batch.
    pub counters: Counters,
    /// Entries that were refused and skipped.
    pub failed: Vec<FailedEntry>,
}

/// A stored entry that a listing did not show.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Missing {
    /// Real-Debrid's id.
    pub real_debrid_id: String,
    /// DMM's number.
    pub id: i64,
    kind: String,
    /// Its hash, whose duplicates have to be marked anew.
    pub sha1_hash: Option<String>,
}

impl Missing {
    /// Which list it should have been on.
    pub fn kind(&self) -> Kind {
        if self.kind == Kind::Download.as_str() { Kind::Download } else { Kind::Torrent }
    }
}

impl Store {
    /// Whether the account has any entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_files(&self, user: i64) -> Result<bool, StoreError> {
        Ok(Statement::new(sql::HAS_FILES).bind(user).scalar(self.reading(user)).await?)
    }

    /// How many entries the account has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_files(&self, user: i64) -> Result<i64, StoreError> {
        Ok(Statement::new(sql::COUNT_FILES).bind(user).scalar(self.reading(user)).await?)
    }

    /// The fingerprints of those entries with these Real-Debrid ids that are stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fingerprints<'a>(
        &self,
        user: i64,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<Fingerprints, StoreError> {
        let ids: Vec<&str> = ids.into_iter().collect();
        let mut stored = HashMap::with_capacity(ids.len());
        for part in ids.chunks(VALUES_PER_LIST) {
            let rows: Vec<(String, i64)> = fingerprints_statement(user, part).fetch_all(self.reading(user)).await?;
            stored.extend(rows);
        }
        Ok(stored)
    }

    /// The fingerprints of the stored torrents that were still on their way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn active_fingerprints(&self, user: i64) -> Result<Fingerprints, StoreError> {
        let rows: Vec<(String, i64)> =
            Statement::new(sql::ACTIVE_FINGERPRINTS).bind(user).fetch_all(self.reading(user)).await?;
        Ok(rows.into_iter().collect())
    }

    /// Gives Real-Debrid's id of every stored entry to `take`, in no particular order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn each_id(&self, user: i64, mut take: impl FnMut(&str)) -> Result<(), StoreError> {
        self.each_stored(user, |entry| take(entry.id)).await
    }

    /// The stored entries for which `is_present` is false.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missing(
        &self,
        user: i64,
        mut is_present: impl FnMut(Kind, &str) -> bool,
    ) -> Result<Vec<Missing>, StoreError> {
        let mut numbers = Vec::new();
        self.each_stored(user, |entry| {
            if !is_present(entry.kind, entry.id) {
                numbers.push(entry.number);
            }
        })
        .await?;
        let mut missing = Vec::with_capacity(numbers.len());
        for part in numbers.chunks(VALUES_PER_LIST) {
            let rows: Vec<Missing> = missing_statement(user, part).fetch_all(self.reading(user)).await?;
            missing.extend(rows);
        }
        Ok(missing)
    }

    /// Stores one batch with the run's counters in one transaction. `counters` are the run's before the batch, with
    /// `processed` already as it shall be after it. An entry that the schema refuses is skipped and reported.
    ///
    /// # Errors
    /// When the database fails; nothing of the batch is stored then.
    pub async fn write_batch(&self, batch: &Batch<'_>, counters: &Counters) -> Result<BatchOutcome, StoreError> {
        match self.write_batch_in(Portions::All, batch, counters).await {
            Err(error) if error.is_refusal() => self.write_batch_in(Portions::Divided, batch, counters).await,
            written => written,
        }
    }

    async fn write_batch_in(
        &self,
        portions: Portions,
        batch: &Batch<'_>,
        counters: &Counters,
    ) -> Result<BatchOutcome, StoreError> {
        let mut tx = self.begin(batch.run.user).await?;
        let left = hashes_left(&mut tx, batch).await?;
        let mut hashes = batch.hashes_to_mark();
        hashes.extend(left.iter().map(String::as_str));
        hashes.sort_unstable();
        hashes.dedup();
        let marked_before = count_marked(&mut tx, batch.run.user, batch.run.id, &hashes).await?;
        let hashes = batch.hashes_in_doubt(hashes, &marked_before);

        let mut outcome = BatchOutcome { counters: *counters, failed: Vec::new() };
        let stored = store_entries(&mut tx, portions, batch, &mut outcome.failed).await?;
        tombstones::revive(&mut tx, batch, &stored).await?;
        for write in stored {
            if write.is_new {
                outcome.counters.added += 1;
            } else {
                outcome.counters.updated += 1;
            }
        }
        outcome.counters.errors += note_errors(&mut tx, batch.run.id, &outcome.failed).await?;
        mark_duplicates(&mut tx, batch.run.user, &hashes).await?;
        let marked = count_marked(&mut tx, batch.run.user, batch.run.id, &hashes).await?;
        outcome.counters.duplicates += marked.values().sum::<i64>() - marked_before.values().sum::<i64>();
        self.advance_counters(&mut tx, &batch.run, counters, &outcome.counters).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Notes entries that could not be read, once each, with the run's counters in one transaction.
    ///
    /// # Errors
    /// When the database fails; nothing is noted then.
    pub async fn note_unreadable(
        &self,
        run: &LeasedRun,
        failed: &[FailedEntry],
        counters: &Counters,
    ) -> Result<Counters, StoreError> {
        let mut tx = self.begin(run.user).await?;
        let mut after = *counters;
        after.errors += note_errors(&mut tx, run.id, failed).await?;
        self.advance_counters(&mut tx, run, counters, &after).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// Notes failed entries and gives how many were not noted before.
async fn note_errors(tx: &mut Transaction, run: i64, failed: &[FailedEntry]) -> Result<i64, StoreError> {
    let mut noted = 0;
    for part in failed.chunks(VALUES_PER_LIST) {
        noted += note_errors_statement(run, part).execute(&mut *tx).await?;
    }
    Ok(i64::try_from(noted).unwrap_or(i64::MAX))
}

/// Stores all entries by one statement, or by several those that the schema does not refuse.
async fn store_entries<'b>(
    tx: &mut Transaction,
    portions: Portions,
    batch: &'b Batch<'_>,
    failed: &mut Vec<FailedEntry>,
) -> Result<Vec<&'b WriteEntry>, StoreError> {
    if batch.entries.is_empty() {
        return Ok(Vec::new());
    }
    if portions == Portions::All {
        let all_new = batch.entries.iter().all(|write| write.is_new);
        write_statement(batch, batch.entries, all_new).execute(tx).await?;
        return Ok(batch.entries.iter().collect());
    }
    let mut stored = Vec::with_capacity(batch.entries.len());
    let mut left = vec![batch.entries];
    while let Some(part) = left.pop() {
        let statement = write_statement(batch, part, false);
        match (tx.attempt(async |on| statement.execute(on).await).await.map_err(StoreError::from), part) {
            (Ok(_), _) => stored.extend(part),
            (Err(StoreError::Refused(reason)), [write]) => failed.push(FailedEntry {
                real_debrid_id: Some(write.entry.real_debrid_id.clone()),
                message: format!(
                    "“{}” could not be stored ({reason}): look at it on real-debrid.com, and report it if it is right there.",
                    write.entry.filename
                ),
            }),
            (Err(StoreError::Refused(_)), _) => left.extend(part.chunks(part.len().div_ceil(DIVISION)).rev()),
            (Err(error), _) => return Err(error),
        }
    }
    Ok(stored)
}

/// The hashes that changed entries are about to give up. Nothing is asked for a batch of new ones.
async fn hashes_left(tx: &mut Transaction, batch: &Batch<'_>) -> Result<Vec<String>, StoreError> {
    let changed = batch.entries.iter().filter(|write| batch.mark_duplicates && !write.is_new);
    let changed: HashMap<&str, Option<&str>> = changed
        .map(|write| (write.entry.real_debrid_id.as_str(), write.entry.sha1_hash.as_ref().map(InfoHash::as_str)))
        .collect();
    let mut left = Vec::new();
    let ids: Vec<&str> = changed.keys().copied().collect();
    for part in ids.chunks(VALUES_PER_LIST) {
        let rows: Vec<(String, Option<String>)> = hashes_statement(batch.run.user, part).fetch_all(&mut *tx).await?;
        let given_up = rows.into_iter().filter(|(id, hash)| changed[id.as_str()] != hash.as_deref());
        left.extend(given_up.filter_map(|(_, hash)| hash));
    }
    Ok(left)
}

async fn mark_duplicates(tx: &mut Transaction, user: i64, hashes: &[&str]) -> Result<(), StoreError> {
    for part in hashes.chunks(VALUES_PER_LIST) {
        mark_duplicates_statement(user, part).execute(&mut *tx).await?;
    }
    Ok(())
}

/// How many of the run's entries are marked, for each of `hashes` that any entry has.
async fn count_marked(
    tx: &mut Transaction,
    user: i64,
    run: i64,
    hashes: &[&str],
) -> Result<HashMap<String, i64>, StoreError> {
    let mut marked = HashMap::new();
    for part in hashes.chunks(VALUES_PER_LIST) {
        let rows: Vec<(String, i64)> = count_marked_statement(user, run, part).fetch_all(&mut *tx).await?;
        marked.extend(rows);
    }
    Ok(marked)
}
