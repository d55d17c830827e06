//! Runs: what is going on. What was is in [`super::history`].

use super::{
    LeasedRun, LibraryCount, Sight, Store, StoreError, Task,
    database::{Scope, Transaction},
    held, history, leases,
    run_record::{Counters, RunRecord, RunRow},
    sql,
    statement::Statement,
    statistics,
};
use crate::domain::{Mode, RunState, StartedBy, Timestamp};

/// A run about to start.
#[derive(Debug, Clone)]
pub struct NewRun<'a> {
    /// Whose.
    pub user: i64,
    /// How much to read.
    pub mode: Mode,
    /// Its settings as JSON.
    pub configuration: &'a str,
    /// When.
    pub started: Timestamp,
    /// By whom.
    pub started_by: StartedBy,
    /// The last run as whoever wants this one knows it: after another one it is not wanted any more.
    pub after: Option<i64>,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    /// One of the ends.
    pub state: RunState,
    /// When.
    pub ended: Timestamp,
    /// DMM's numbers of the entries whose deletion waits for the user.
    pub held: Vec<i64>,
    /// What came of it, in words.
    pub summary: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Whether that can heal by itself.
    pub failure: Option<Failure>,
    /// What is stored after it.
    pub library: LibraryCount,
}

#[cfg(test)]
impl RunEnd {
    /// Of a run that completed and of which there is nothing to say.
    pub(super) fn completed(ended: Timestamp) -> Self {
        Self {
            state: RunState::Completed,
            ended,
            held: Vec::new(),
            summary: String::new(),
            error: None,
            failure: None,
            library: LibraryCount::Unknown,
        }
    }
}

/// How a run failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Another try may do.
    Temporary,
    /// Only the user can mend it.
    Lasting,
}

impl Failure {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::Lasting => "lasting",
        }
    }

    pub(super) fn of(text: &str) -> Self {
        if text == Self::Lasting.as_str() { Self::Lasting } else { Self::Temporary }
    }
}

impl Store {
    /// Opens a run and takes its lease; none when the account already has a living one, or has had another since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_run(&self, run: NewRun<'_>) -> Result<Option<LeasedRun>, StoreError> {
        let mut tx = self.begin(run.user).await?;
        let created = Statement::new(sql::CREATE_RUN)
            .bind(run.user)
            .bind(run.mode.as_str())
            .bind(run.configuration)
            .bind(run.started.as_millis())
            .bind(run.started_by.as_str())
            .bind(run.after)
            .optional_scalar(&mut tx)
            .await;
        let id: i64 = match created {
            Ok(Some(id)) => id,
            Ok(None) => return Ok(None),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Whoever has it worked on a run that is over.
        let taken = self.take(&mut tx, run.user, Task::Run, Sight::ANY).await?;
        self.announce(&mut tx, run.user).await?;
        tx.commit().await?;
        Ok(taken.map(|lease| LeasedRun { user: run.user, id, lease }))
    }

    /// Ends a run of this server that lives in the database only: its end could not be written when it came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_orphan(&self, user: i64, ended: Timestamp, error: &str) -> Result<(), StoreError> {
        Statement::new(sql::END_ORPHAN)
            .bind(user)
            .bind(ended.as_millis())
            .bind(error)
            .bind(self.name())
            .execute(self.writing(user))
            .await?;
        Ok(())
    }

    /// Marks a living run as running or paused; false when it lives no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_run_state(&self, user: i64, run: i64, state: RunState) -> Result<bool, StoreError> {
        let mut tx = self.begin(user).await?;
        let marked =
            Statement::new(sql::SET_RUN_STATE).bind(user).bind(run).bind(state.as_str()).execute(&mut tx).await?;
        self.announce(&mut tx, user).await?;
        tx.commit().await?;
        Ok(marked > 0)
    }

    /// Leaves a run to whoever takes it up next, with its requests; what else it has done is stored with each batch.
    ///
    /// # Errors
    /// When the database fails, or [`StoreError::Superseded`].
    pub async fn leave_run(&self, run: &LeasedRun, requests: i64) -> Result<(), StoreError> {
        let mut tx = self.begin_as(run).await?;
        Statement::new(sql::LEAVE_RUN).bind(run.user).bind(run.id).bind(requests).execute(&mut tx).await?;
        leases::leave(&mut tx, run.lease()).await?;
        self.announce(&mut tx, run.user).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a run with the list of what it holds back, notes what is stored after it, and forgets old runs that found
    /// nothing to do.
    ///
    /// One that has ended in this way already stays as it is: the user may have answered meanwhile.
    ///
    /// # Errors
    /// When the database fails; the run is alive there then, and can be ended again. [`StoreError::Superseded`] when it
    /// is another server's by now, or has ended and another has begun.
    pub async fn end_run(&self, run: &LeasedRun, counters: &Counters, end: &RunEnd) -> Result<(), StoreError> {
        let LeasedRun { user, id, .. } = *run;
        if self.has_ended(run, end).await? {
            return Ok(());
        }
        let rest = self.hold_most(run, &end.held).await?;
        let mut tx = self.begin(user).await?;
        held::hold(&mut tx, user, id, rest).await?;
        let written = counted(sql::SAVE_RUN_COUNTERS, run, counters).bind(self.name()).execute(&mut tx).await?;
        if written == 0 {
            return Err(StoreError::Superseded);
        }
        Statement::new(sql::END_RUN)
            .bind(user)
            .bind(id)
            .bind(end.state.as_str())
            .bind(end.ended.as_millis())
            .bind(&end.summary)
            .bind(end.error.as_deref())
            .bind(end.failure.map(Failure::as_str))
            .execute(&mut tx)
            .await?;
        statistics::note_library(&mut tx, user, id, end).await?;
        history::purge(&mut tx, user).await?;
        leases::release(&mut tx, run.lease()).await?;
        self.announce(&mut tx, user).await?;
        Ok(tx.commit().await?)
    }

    /// Whether this server has ended a run in this way, and heard nothing of it.
    async fn has_ended(&self, run: &LeasedRun, end: &RunEnd) -> Result<bool, StoreError> {
        let record = self.run_record(run.user, run.id).await?;
        if !record.is_some_and(|record| (record.state, record.ended) == (end.state, Some(end.ended))) {
            return Ok(false);
        }
        self.begin_as(run).await?;
        Ok(true)
    }

    /// Every transaction that changes entries on behalf of a run ends with this: from the counters `before` it, of which the
    /// total, what is processed and the requests may be ahead, to those `after` it.
    ///
    /// # Errors
    /// When the run is another server's by now; or [`StoreError::Rewound`], when the database has lost what this server had
    /// stored, so that what it knows of the library is not so. Nothing says that when a standby takes over without the last
    /// batches between two statements.
    pub(super) async fn advance_counters(
        &self,
        tx: &mut Transaction,
        run: &LeasedRun,
        before: &Counters,
        after: &Counters,
    ) -> Result<(), StoreError> {
        let written = counted(sql::ADVANCE_RUN_COUNTERS, run, after)
            .bind(self.name())
            .bind(before.added)
            .bind(before.updated)
            .bind(before.deleted)
            .bind(before.errors)
            .execute(&mut *tx)
            .await?;
        match written {
            0 if self.holds(tx, run).await? => Err(StoreError::Rewound),
            0 => Err(StoreError::Superseded),
            _ => Ok(()),
        }
    }

    /// Forgets the deletions that a run held back, their number first: a list without it is shown to nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dismiss_held_deletions(&self, user: i64, run: i64) -> Result<(), StoreError> {
        let mut tx = self.begin(user).await?;
        Statement::new(sql::DISMISS_HELD_DELETIONS).bind(user).bind(run).execute(&mut tx).await?;
        self.announce(&mut tx, user).await?;
        tx.commit().await?;
        self.forget_held(user, run, None).await
    }

    /// The newest run of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_run(&self, user: i64) -> Result<Option<RunRecord>, StoreError> {
        let row: Option<RunRow> = Statement::new(sql::RUNS_BEFORE)
            .bind(user)
            .bind(i64::MAX)
            .bind(1_i64)
            .fetch_optional(self.reading(user))
            .await?;
        Ok(row.map(RunRecord::from))
    }

    /// A run as it is stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_record(&self, user: i64, run: i64) -> Result<Option<RunRecord>, StoreError> {
        let row: Option<RunRow> =
            Statement::new(sql::RUN).bind(user).bind(run).fetch_optional(self.reading(user)).await?;
        Ok(row.map(RunRecord::from))
    }

    /// Whether a living run is to go on or to hold; none when it lives no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn living_state(&self, user: i64, run: i64) -> Result<Option<RunState>, StoreError> {
        Ok(self.run_record(user, run).await?.map(|record| record.state).filter(|state| state.is_alive()))
    }

    /// What a run has done, once every write that is under way has ended: one that was given up half-way is still
    /// carried out, or undone, by the connection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settled_counters(&self, user: i64, run: i64) -> Result<Option<Counters>, StoreError> {
        let row: Option<RunRow> =
            Statement::new(sql::RUN).bind(user).bind(run).fetch_optional(self.writing(user)).await?;
        Ok(row.map(|row| RunRecord::from(row).counters))
    }

    /// The living runs of all accounts, to be taken up after a restart.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs_alive(&self) -> Result<Vec<RunRecord>, StoreError> {
        let rows: Vec<RunRow> = Statement::new(sql::RUNS_ALIVE).fetch_all(self.reading(Scope::Everyone)).await?;
        Ok(rows.into_iter().map(RunRecord::from).collect())
    }

    /// The end of the last run that completed: the last by number, since a clock that was set back makes it an earlier
    /// time than that of the run before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_sync(&self, user: i64) -> Result<Option<Timestamp>, StoreError> {
        let ended: Option<i64> =
            Statement::new(sql::LAST_COMPLETED).bind(user).optional_scalar(self.reading(user)).await?;
        Ok(ended.map(Timestamp::from_millis))
    }
}

/// A statement that stores counters under the lease of a run.
fn counted(how: &'static str, run: &LeasedRun, counters: &Counters) -> Statement<'static> {
    Statement::new(how)
        .bind(run.user)
        .bind(run.id)
        .bind(counters.total)
        .bind(counters.processed)
        .bind(counters.added)
        .bind(counters.updated)
        .bind(counters.deleted)
        .bind(counters.duplicates)
        .bind(counters.errors)
        .bind(counters.requests)
        .bind(run.lease)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Service;

    #[tokio::test]
    async fn d6_the_last_sync_is_that_of_the_last_run_also_after_the_clock_was_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
        let now = Timestamp::from_millis(9_000);
        let user = store.put_user(Service::RealDebrid, 7, "someone", None, now).await.unwrap().id;
        assert_eq!(store.last_sync(user).await.unwrap(), None);
        for millis in [9_000, 5_000] {
            let started = Timestamp::from_millis(millis);
            let new = NewRun {
                user,
                mode: Mode::Full,
                configuration: "{}",
                started,
                started_by: StartedBy::User,
                after: None,
            };
            let run = store.create_run(new).await.unwrap().unwrap();
            store.end_run(&run, &Counters::default(), &RunEnd::completed(started)).await.unwrap();
        }
        assert_eq!(store.last_sync(user).await.unwrap(), Some(Timestamp::from_millis(5_000)));
    }
}
