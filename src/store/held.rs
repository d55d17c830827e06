//! Deletions that wait for the user's word, entry by entry.
//!
//! The list of half a million is written and forgotten in portions, none of which holds the connection for long. It is
//! shown by the number in the run's row alone, which is counted and stored with the last portion and the run's end. So a
//! kill at any moment leaves no number without its list, and no list without its number.

use super::{
    LeasedRun, Store, StoreError, VALUES_PER_LIST, database::Transaction, search::FileRow, sql, statement::Statement,
};
use crate::domain::File;

/// Rows of one transaction.
const PORTION: usize = 10_000;

/// What would go, as far as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// The run that holds them back, if any wait.
    pub run: Option<i64>,
    /// How many deletions wait.
    pub number: i64,
    /// Some of them, by DMM's number.
    pub files: Vec<File>,
}

impl Store {
    /// Up to `limit` of the entries whose deletion the newest run of an account holds back, those with a number above
    /// `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_deletions(&self, user: i64, after: i64, limit: i64) -> Result<Held, StoreError> {
        // One moment for number and list.
        let mut tx = self.moment(user).await?;
        let run: Option<(i64, i64)> = Statement::new(sql::HELD_RUN).bind(user).fetch_optional(&mut tx).await?;
        let Some((run, number)) = run.filter(|(_, number)| *number > 0) else { return Ok(Held::default()) };
        let rows: Vec<FileRow> =
            Statement::new(sql::HELD_FILES).bind(user).bind(run).bind(after).bind(limit).fetch_all(&mut tx).await?;
        Ok(Held { run: Some(run), number, files: rows.into_iter().map(File::from).collect() })
    }

    /// Forgets what an account holds back, of this run and all before it: a new run looks anew.
    ///
    /// # Errors
    /// When the database fails, or [`StoreError::Superseded`]; what was forgotten until then stays so.
    pub async fn forget_held_deletions(&self, run: &LeasedRun) -> Result<(), StoreError> {
        self.forget_held(run.user, run.id, Some(run)).await
    }

    /// What runs up to `last_run` hold back, because the user has answered (none) or for a run; that of a later one may be
    /// written at the same time, by another server.
    pub(super) async fn forget_held(&self, user: i64, last_run: i64, by: Option<&LeasedRun>) -> Result<(), StoreError> {
        let limit = i64::try_from(PORTION).unwrap_or(i64::MAX);
        loop {
            let portion: Option<(i64, i64)> =
                Statement::new(sql::HELD_PORTION).bind(user).bind(limit).fetch_optional(self.reading(user)).await?;
            let Some((run, last)) = portion.filter(|(run, _)| *run <= last_run) else { return Ok(()) };
            let mut tx = match by {
                Some(run) => self.begin_as(run).await?,
                None => self.begin(user).await?,
            };
            Statement::new(sql::FORGET_HELD_PORTION).bind(user).bind(run).bind(last).execute(&mut tx).await?;
            tx.commit().await?;
        }
    }

    /// Writes all but the last portion of a list; gives the rest, for the transaction that ends the run.
    pub(super) async fn hold_most<'i>(&self, run: &LeasedRun, ids: &'i [i64]) -> Result<&'i [i64], StoreError> {
        let mut rest = ids;
        while rest.len() > PORTION {
            let (portion, others) = rest.split_at(PORTION);
            let mut tx = self.begin_as(run).await?;
            hold(&mut tx, run.user, run.id, portion).await?;
            tx.commit().await?;
            rest = others;
        }
        Ok(rest)
    }
}

/// Holds back the deletion of those of these entries that the account has.
pub(super) async fn hold(tx: &mut Transaction, user: i64, run: i64, ids: &[i64]) -> Result<(), StoreError> {
    for part in ids.chunks(VALUES_PER_LIST) {
        hold_statement(user, run, part).execute(&mut *tx).await?;
    }
    Ok(())
}

pub(super) fn hold_statement(user: i64, run: i64, ids: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new(sql::HOLD_DELETIONS);
    // The plus keeps the database from going through all of the account.
    statement.push_bind(run).push(", id from files where +user_id = ").push_bind(user).push(" and id ").among(ids);
    // The end of a run is written again when it could not be stored at once.
    statement.push(" on conflict (run_id, file_id) do nothing");
    statement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Mode, StartedBy, Timestamp},
        store::{BeforeWrite, Counters, NewRun, RunEnd, Service},
    };
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    const FILES: i64 = 25_000;
    const FILL: &str = "\
        with recursive number(n) as (select 1 union all select n + 1 from number where n < 25000) \
        insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, status, progress, \
            added_at, added_raw, fingerprint, created_at, updated_at) \
        select 1, 'R' || n, 'download', 'name', 'name', 1, 'downloaded', 100, 0, '', n, 0, 0 from number";

    /// A database in which writes pass a counter; from the `last` one on they never get through.
    async fn open(path: &std::path::Path, last: usize) -> (Store, Arc<AtomicUsize>) {
        let writes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&writes);
        let before: BeforeWrite = Arc::new(move || {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                if number >= last {
                    std::future::pending::<()>().await;
                }
            })
        });
        let store = Store::open_watched(&format!("sqlite://{}", path.join("dmm.db").display()), Some(before)).await;
        (store.unwrap(), writes)
    }

    fn end() -> RunEnd {
        RunEnd { held: (1..=FILES).collect(), ..RunEnd::completed(Timestamp::from_millis(2)) }
    }

    async fn rows(store: &Store) -> i64 {
        sqlx::query_scalar("select count(*) from held_deletions").fetch_one(store.reader()).await.unwrap()
    }

    #[tokio::test]
    async fn promise_3_a_kill_before_any_write_leaves_no_number_without_its_list_and_no_list_without_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let (store, writes) = open(folder.path(), usize::MAX).await;
        let now = Timestamp::from_millis(1);
        let user = store.put_user(Service::RealDebrid, 7, "someone", None, now).await.unwrap().id;
        sqlx::query(FILL).execute(store.writer()).await.unwrap();
        let new = NewRun {
            user,
            mode: Mode::Full,
            configuration: "{}",
            started: now,
            started_by: StartedBy::User,
            after: None,
        };
        let run = store.create_run(new).await.unwrap().unwrap();
        store.close().await;
        let in_portions = usize::try_from(FILES).unwrap().div_ceil(PORTION);
        let mut partly = 0;
        for killed_at in 0..in_portions {
            // Migrations and the like come first.
            let opening = {
                let (store, writes) = open(folder.path(), usize::MAX).await;
                store.close().await;
                writes.load(Ordering::Relaxed)
            };
            let (store, _) = open(folder.path(), opening + killed_at).await;
            let (counters, end) = (Counters::default(), end());
            let ended = store.end_run(&run, &counters, &end);
            let patience = std::time::Duration::from_millis(1_500);
            assert!(tokio::time::timeout(patience, ended).await.is_err(), "it was killed before write {killed_at}");
            drop(store);
            let (store, _) = open(folder.path(), usize::MAX).await;
            assert_eq!(store.held_deletions(user, 0, 9).await.unwrap(), Held::default(), "killed before {killed_at}");
            partly += usize::from(rows(&store).await > 0);
            store.close().await;
        }
        assert_eq!(partly, in_portions - 1, "some were killed with a part of the list written");
        assert!(writes.load(Ordering::Relaxed) > 0);

        let (store, _) = open(folder.path(), usize::MAX).await;
        // As a run does that is taken up again: it looks anew, and half of it is back.
        store.forget_held_deletions(&run).await.unwrap();
        assert_eq!(rows(&store).await, 0);
        let half = RunEnd { held: (1..=FILES / 2).collect(), ..end() };
        store.end_run(&run, &Counters::default(), &half).await.unwrap();
        let held = store.held_deletions(user, 0, 9).await.unwrap();
        assert_eq!((held.number, held.files.len(), rows(&store).await), (FILES / 2, 9, FILES / 2));
        // Of an end that was written twice, since nobody heard of the first, the first holds; also after the user's answer.
        store.end_run(&run, &Counters::default(), &end()).await.unwrap();
        assert_eq!(
            (store.held_deletions(user, 0, 1).await.unwrap().number, rows(&store).await),
            (FILES / 2, FILES / 2)
        );
        store.dismiss_held_deletions(user, run.id - 1).await.unwrap();
        assert_eq!(rows(&store).await, FILES / 2, "the list of another run went with that of an older one");
        store.dismiss_held_deletions(user, run.id).await.unwrap();
        store.end_run(&run, &Counters::default(), &end()).await.unwrap();
        assert_eq!((store.held_deletions(user, 0, 9).await.unwrap(), rows(&store).await), (Held::default(), 0));
    }
}
