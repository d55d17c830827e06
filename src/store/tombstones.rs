//! Entries that are gone are remembered for 30 days, so that one that comes back is the same record again: with its
//! number, the time it was first stored, and what the user said of it.

use super::{
    Batch, LeasedRun, Store, StoreError, WriteEntry,
    database::Transaction,
    library::statements::{revive_statement, shared_hashes_statement},
    organisation::{self, OrganisationRow},
    sql,
    statement::Statement,
};
use crate::domain::{InfoHash, Kind, Organisation, Timestamp, entry::identity};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, collections::HashSet};

/// Tombstones that are forgotten in one transaction: others write the account between two of them, and no statement takes
/// longer than the database allows.
const PORTION: u64 = 10_000;
/// How long a tombstone brings its entry back, in milliseconds: 30 days.
const KEPT_FOR: i64 = 30 * 24 * 3_600_000;
/// Bytes of the longest link by which an entry is known as it is.
const LONGEST_IDENTITY: usize = 600;

/// What is kept of an entry that goes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Record {
    pub(super) id: i64,
    real_debrid_id: String,
    kind: String,
    sha1_hash: Option<String>,
    source_link: Option<String>,
    pub(super) created_at: i64,
    #[sqlx(flatten)]
    organisation: OrganisationRow,
}

impl Record {
    pub(super) fn kind(&self) -> Kind {
        if self.kind == Kind::Download.as_str() { Kind::Download } else { Kind::Torrent }
    }

    pub(super) fn identity(&self) -> Option<&str> {
        identity(self.kind(), self.sha1_hash.as_deref(), self.source_link.as_deref())
    }

    pub(super) fn real_debrid_id(&self) -> &str {
        &self.real_debrid_id
    }

    pub(super) fn hash(&self) -> Option<&str> {
        self.sha1_hash.as_deref()
    }

    pub(super) fn organisation(&self) -> Organisation {
        self.organisation.clone().into()
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Tombstone {
    file_id: i64,
    real_debrid_id: String,
    kind: String,
    identity: Option<String>,
    created_at: i64,
    deleted_at: i64,
    #[sqlx(flatten)]
    organisation: OrganisationRow,
}

impl Tombstone {
    /// Whether the user said nothing of the entry.
    fn is_blank(&self) -> bool {
        Organisation::from(self.organisation.clone()).is_empty()
    }
}

/// The hashes of stored entries that another stored torrent has too. Downloads are not found by their links.
async fn twins(tx: &mut Transaction, user: i64, writes: &[&WriteEntry]) -> Result<HashSet<String>, StoreError> {
    let hashes: Vec<&str> =
        writes.iter().filter_map(|write| write.entry.sha1_hash.as_ref()).map(InfoHash::as_str).collect();
    if hashes.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(shared_hashes_statement(user, &hashes).scalars(&mut *tx).await?.into_iter().collect())
}

impl Store {
    /// Forgets tombstones that are too old to bring anything back. A clock that was set far ahead for a while must not
    /// cost the young ones: what counts is the earlier of `now` and the end of the last completed run.
    ///
    /// # Errors
    /// When the database fails, or [`StoreError::Superseded`]; what was forgotten until then stays so.
    pub async fn purge_tombstones(&self, run: &LeasedRun, now: Timestamp) -> Result<u64, StoreError> {
        let Some(before) = self.last_sync(run.user).await? else { return Ok(0) };
        let (before, limit) = (young_since(now.min(before)), i64::try_from(PORTION).unwrap_or(i64::MAX));
        let mut purged = 0;
        loop {
            let mut tx = self.begin_as(run).await?;
            let portion = Statement::new(sql::PURGE_TOMBSTONES).bind(run.user).bind(before).bind(limit);
            let portion = portion.execute(&mut tx).await?;
            tx.commit().await?;
            purged += portion;
            if portion < PORTION {
                return Ok(purged);
            }
        }
    }
}

fn young_since(now: Timestamp) -> i64 {
    now.as_millis().saturating_sub(KEPT_FOR)
}

/// Writes tombstones for entries that are about to be deleted.
pub(super) async fn bury(
    tx: &mut Transaction,
    user: i64,
    records: &[&Record],
    now: Timestamp,
) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let mut insert = Statement::new(
        "insert into tombstones (file_id, user_id, real_debrid_id, kind, identity, folder, name, note, created_at, \
         deleted_at) ",
    );
    insert.push_rows(records, |row, record| {
        let organisation = record.organisation();
        row.push_bind(record.id)
            .push_bind(user)
            .push_bind(record.real_debrid_id.as_str())
            .push_bind(record.kind.as_str())
            .push_bind(record.identity().map(|identity| stored_identity(identity).into_owned()))
            .push_bind(organisation.folder)
            .push_bind(organisation.name)
            .push_bind(organisation.note)
            .push_bind(record.created_at)
            .push_bind(now.as_millis());
    });
    insert.execute(&mut *tx).await?;
    Ok(())
}

/// What an entry is known by, as it is stored: PostgreSQL's indexes take no link of any length, so of a long one the
/// SHA-256.
fn stored_identity(identity: &str) -> Cow<'_, str> {
    if identity.len() <= LONGEST_IDENTITY {
        return Cow::Borrowed(identity);
    }
    let digest = Sha256::digest(identity);
    Cow::Owned(digest.iter().fold("sha256:".to_owned(), |hash, byte| format!("{hash}{byte:02x}")))
}

/// Gives new entries of a batch the records they had before, where there are tombstones of them. Nothing may refer to
/// the entries yet.
pub(super) async fn revive(tx: &mut Transaction, batch: &Batch<'_>, stored: &[&WriteEntry]) -> Result<(), StoreError> {
    // An id that stands twice in a batch is one entry.
    let (mut ids, mut new) = (HashSet::new(), stored.to_vec());
    new.retain(|write| write.is_new && ids.insert(write.entry.real_debrid_id.as_str()));
    if new.is_empty() || !Statement::new(sql::HAS_TOMBSTONES).bind(batch.run.user).scalar(&mut *tx).await? {
        return Ok(());
    }
    let ids: Vec<&str> = ids.into_iter().collect();
    let by_id = candidates(tx, batch, "real_debrid_id", &ids).await?;
    let identities: Vec<Cow<'_, str>> =
        new.iter().filter_map(|write| write.entry.identity()).map(stored_identity).collect();
    let identities: Vec<&str> = identities.iter().map(|identity| &**identity).collect();
    let by_identity = candidates(tx, batch, "identity", &identities).await?;
    let (mut used, mut taken) = (HashSet::new(), Vec::new());
    let mut left = Vec::with_capacity(new.len());
    // An entry that comes back under its own id has the first claim on its record.
    for write in new {
        match newest(&by_id, &used, |it| it.real_debrid_id == write.entry.real_debrid_id) {
            Some(tombstone) => {
                used.insert(tombstone.file_id);
                taken.push((write, tombstone));
            }
            None => left.push(write),
        }
    }
    let twins = if by_identity.iter().any(Tombstone::is_blank) {
        twins(tx, batch.run.user, &left).await?
    } else {
        HashSet::new()
    };
    for write in left {
        let Some(identity) = write.entry.identity().map(stored_identity) else { continue };
        let kind = write.entry.kind.as_str();
        let of_it = |it: &Tombstone| it.kind == kind && it.identity.as_deref() == Some(&*identity);
        if let Some(tombstone) = newest(&by_identity, &used, of_it) {
            // A blank record is no gain for an entry whose twin may be about to go: the twin's is then inherited.
            let has_twin = write.entry.sha1_hash.as_ref().is_some_and(|hash| twins.contains(hash.as_str()));
            if tombstone.is_blank() && has_twin {
                continue;
            }
            used.insert(tombstone.file_id);
            taken.push((write, tombstone));
        }
    }
    take_up(tx, batch, &taken).await
}

async fn candidates(
    tx: &mut Transaction,
    batch: &Batch<'_>,
    column: &str,
    values: &[&str],
) -> Result<Vec<Tombstone>, StoreError> {
    let statement = candidates_statement(batch.run.user, young_since(batch.now), column, values);
    Ok(statement.fetch_all(&mut *tx).await?)
}

/// The young tombstones of an account that have one of `values` in a column.
pub(super) fn candidates_statement<'a>(user: i64, since: i64, column: &str, values: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new(sql::TOMBSTONES);
    statement.push_bind(user).push(" and +deleted_at >= ").push_bind(since);
    statement.push(format!(" and {column} ")).among(values);
    statement
}

/// The last deleted of them; of those deleted in one batch one of which something was said.
fn newest<'t>(
    tombstones: &'t [Tombstone],
    used: &HashSet<i64>,
    fits: impl Fn(&Tombstone) -> bool,
) -> Option<&'t Tombstone> {
    tombstones
        .iter()
        .filter(|tombstone| !used.contains(&tombstone.file_id) && fits(tombstone))
        .max_by_key(|it| (it.deleted_at, !it.is_blank(), it.file_id))
}

/// Gives entries the records of tombstones, which go.
async fn take_up(
    tx: &mut Transaction,
    batch: &Batch<'_>,
    taken: &[(&WriteEntry, &Tombstone)],
) -> Result<(), StoreError> {
    if taken.is_empty() {
        return Ok(());
    }
    let user = batch.run.user;
    let records = taken.iter().map(|(write, it)| (write.entry.real_debrid_id.as_str(), it.file_id, it.created_at));
    revive_statement(user, records).execute(&mut *tx).await?;
    let said = taken.iter().map(|(_, it)| (it.file_id, it.organisation.clone().into()));
    organisation::bring_back(tx, user, said, batch.now).await?;
    let numbers: Vec<i64> = taken.iter().map(|(_, it)| it.file_id).collect();
    delete_statement(user, &numbers).execute(&mut *tx).await?;
    Ok(())
}

pub(super) fn delete_statement(user: i64, numbers: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new("delete from tombstones where +user_id = ");
    statement.push_bind(user).push(" and file_id ").among(numbers);
    statement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{BeforeWrite, Service, Sight, Task};
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    const DAY: i64 = 24 * 3_600_000;

    /// A store with one tombstone, written on `day`, and one completed run, ended on `run`.
    async fn store(day: i64, run: i64) -> (tempfile::TempDir, Store, i64) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
        let now = Timestamp::from_millis(0);
        let user = store.put_user(Service::RealDebrid, 7, "somebody", None, now).await.unwrap().id;
        let rows = "insert into tombstones (file_id, user_id, real_debrid_id, kind, created_at, deleted_at) \
                        values (1, 1, 'A', 'torrent', 0, $1)";
        sqlx::query(rows).bind(day * DAY).execute(store.writer()).await.unwrap();
        let runs = "insert into sync_runs (user_id, mode, state, configuration, started_at, ended_at) \
                        values (1, 'full', 'completed', '', 0, $1)";
        sqlx::query(runs).bind(run * DAY).execute(store.writer()).await.unwrap();
        (folder, store, user)
    }

    async fn purged(day: i64, run: i64, now: i64) -> u64 {
        let (_folder, store, user) = store(day, run).await;
        let lease = store.take_lease(user, Task::Run, Sight::ANY).await.unwrap().unwrap().number;
        let run = LeasedRun { user, id: 1, lease };
        store.purge_tombstones(&run, Timestamp::from_millis(now * DAY)).await.unwrap()
    }

    #[tokio::test]
    async fn a_clock_that_jumps_costs_no_young_tombstone() {
        assert_eq!(purged(100, 131, 131).await, 1, "after thirty days it goes");
        assert_eq!(purged(100, 129, 129).await, 0, "it went too early");
        assert_eq!(purged(100, 101, 900).await, 0, "a clock far ahead cost it");
        assert_eq!(purged(100, 900, 101).await, 0, "a clock that was ahead and is right again cost it");
        assert_eq!(purged(100, 50, 50).await, 0, "a clock set back cost it");
    }

    /// As a month after half a million entries went: in one statement that takes longer than the database allows.
    #[tokio::test]
    async fn many_tombstones_go_in_portions_between_which_others_write() {
        let (folder, store, user) = store(1, 100).await;
        let many = "\
            with recursive number(n) as (select 2 union all select n + 1 from number where n < 25000) \
            insert into tombstones (file_id, user_id, real_debrid_id, kind, created_at, deleted_at) \
            select n, 1, 'A', 'torrent', 0, case when n > 24998 then $1 else 0 end from number";
        sqlx::query(many).bind(100 * DAY).execute(store.writer()).await.unwrap();
        let lease = store.take_lease(user, Task::Run, Sight::ANY).await.unwrap().unwrap().number;
        store.close().await;
        let writes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&writes);
        let before: BeforeWrite = Arc::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(std::future::ready(()))
        });
        let url = format!("sqlite://{}", folder.path().join("dmm.db").display());
        let store = Store::open_watched(&url, Some(before)).await.unwrap();
        writes.store(0, Ordering::Relaxed);
        let run = LeasedRun { user, id: 1, lease };
        assert_eq!(store.purge_tombstones(&run, Timestamp::from_millis(100 * DAY)).await.unwrap(), 24_998);
        assert_eq!(writes.load(Ordering::Relaxed), 3);
        let left: i64 = sqlx::query_scalar("select count(*) from tombstones").fetch_one(store.reader()).await.unwrap();
        assert_eq!(left, 2, "young ones went");
    }
}
