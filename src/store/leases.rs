//! Leases: of the servers that share a database, one works for an account.
//!
//! A lease has a number that rises with every taking. What is written on behalf of a run is written under the number with
//! which the run was taken, in the same transaction in which the number is looked at; so a server that was taken for dead
//! and is not, frozen perhaps, changes nothing any more. Whether a holder lives is seen by its beat, which is a number
//! too: no two clocks have to agree.

use super::{
    RunRecord, Store, StoreError,
    database::{Scope, Transaction},
    run_record::RunRow,
    sql,
    statement::Statement,
};
use crate::domain::RunState;

/// What one server at a time does for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// Its run.
    Run,
    /// The reading of contents.
    Contents,
    /// The renewal of its token.
    Renewal,
}

impl Task {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Contents => "contents",
            Self::Renewal => "renewal",
        }
    }
}

/// Leave to do something for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// Whose.
    pub user: i64,
    /// What.
    pub task: Task,
    /// Rises with every taking.
    pub number: i64,
}

/// A run, as whoever works on it holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LeasedRun {
    /// Whose.
    pub user: i64,
    /// Its number.
    pub id: i64,
    /// The number of the lease.
    pub lease: i64,
}

impl LeasedRun {
    /// The lease by itself.
    pub const fn lease(self) -> Lease {
        Lease { user: self.user, task: Task::Run, number: self.lease }
    }
}

/// A lease as it was seen at some moment. Who dies leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sight {
    /// Of the lease.
    pub number: i64,
    /// The last beat.
    pub beat: i64,
}

impl Sight {
    /// Whatever it is: for whoever knows that nobody else can hold it.
    pub const ANY: Self = Self { number: -1, beat: 0 };
}

/// Something that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    /// For whom.
    pub user: i64,
    /// Which run; none when contents are read.
    pub run: Option<i64>,
    /// The lease, as it is now.
    pub sight: Sight,
    /// The server that does it; none when nobody does.
    pub holder: Option<String>,
    /// What the reading of contents shows, as JSON.
    pub shown: Option<String>,
}

#[derive(sqlx::FromRow)]
struct UnderWayRow {
    user_id: i64,
    run: Option<i64>,
    number: i64,
    holder: Option<String>,
    beat: i64,
    shown: Option<String>,
}

impl From<UnderWayRow> for UnderWay {
    fn from(row: UnderWayRow) -> Self {
        let UnderWayRow { user_id: user, run, number, holder, beat, shown } = row;
        Self { user, run, sight: Sight { number, beat }, holder, shown }
    }
}

/// What is asked of a run by whichever server the user spoke to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orders {
    /// To end.
    pub is_cancelled: bool,
    /// To hold or to go on; none when the run is over.
    pub state: Option<RunState>,
}

impl Store {
    /// Takes a task that nobody holds, or whose lease is still as it was seen, for this server; none when it is not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_lease(&self, user: i64, task: Task, seen: Sight) -> Result<Option<Lease>, StoreError> {
        let mut tx = self.begin(user).await?;
        let number = self.take(&mut tx, user, task, seen).await?;
        tx.commit().await?;
        Ok(number.map(|number| Lease { user, task, number }))
    }

    /// Takes a living run up, as [`Store::take_lease`] says; gives it as it is stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_run(
        &self,
        user: i64,
        run: i64,
        seen: Sight,
    ) -> Result<Option<(LeasedRun, RunRecord)>, StoreError> {
        let mut tx = self.begin(user).await?;
        let Some(lease) = self.take(&mut tx, user, Task::Run, seen).await? else { return Ok(None) };
        let row: Option<RunRow> = Statement::new(sql::RUN).bind(user).bind(run).fetch_optional(&mut tx).await?;
        let record = row.map(RunRecord::from).filter(|record| record.state.is_alive());
        let Some(record) = record else { return Ok(None) };
        self.announce(&mut tx, user).await?;
        tx.commit().await?;
        Ok(Some((LeasedRun { user, id: run, lease }, record)))
    }

    /// Says that the holder of a lease lives, and what is to be shown of its work. None when somebody else has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn beat(
        &self,
        lease: Lease,
        run: Option<i64>,
        shown: Option<&str>,
    ) -> Result<Option<Orders>, StoreError> {
        let mut tx = self.begin_note(lease.user).await?;
        let row: Option<(bool, Option<String>)> = Statement::new(sql::BEAT)
            .bind(lease.user)
            .bind(lease.task.as_str())
            .bind(lease.number)
            .bind(shown)
            .bind(run)
            .bind(self.name())
            .fetch_optional(&mut tx)
            .await?;
        let Some((is_cancelled, state)) = row else { return Ok(None) };
        self.announce(&mut tx, lease.user).await?;
        tx.commit().await?;
        let state = state.as_deref().map(RunState::of).filter(|state| state.is_alive());
        Ok(Some(Orders { is_cancelled, state }))
    }

    /// Gives a lease back, if it is still held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let mut tx = self.begin_note(lease.user).await?;
        release(&mut tx, lease).await?;
        self.announce(&mut tx, lease.user).await?;
        Ok(tx.commit().await?)
    }

    /// Asks whoever works on a run to end it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_to_cancel(&self, user: i64, run: i64) -> Result<(), StoreError> {
        let mut tx = self.begin(user).await?;
        Statement::new(sql::ASK_TO_CANCEL).bind(user).bind(run).execute(&mut tx).await?;
        self.announce(&mut tx, user).await?;
        Ok(tx.commit().await?)
    }

    /// Whether a run was asked to end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_cancelled(&self, user: i64, run: i64) -> Result<bool, StoreError> {
        Ok(Statement::new(sql::IS_CANCELLED).bind(user).bind(run).scalar(self.reading(user)).await?)
    }

    /// A lease as it is now, with the server that holds it; none when nobody ever took it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_seen(&self, user: i64, task: Task) -> Result<Option<(Sight, Option<String>)>, StoreError> {
        let row: Option<(i64, i64, Option<String>)> =
            Statement::new(sql::LEASE_SEEN).bind(user).bind(task.as_str()).fetch_optional(self.reading(user)).await?;
        Ok(row.map(|(number, beat, holder)| (Sight { number, beat }, holder)))
    }

    /// The living runs of all accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs_under_way(&self) -> Result<Vec<UnderWay>, StoreError> {
        let rows: Vec<UnderWayRow> =
            Statement::new(sql::RUNS_UNDER_WAY).fetch_all(self.reading(Scope::Everyone)).await?;
        Ok(rows.into_iter().map(UnderWay::from).collect())
    }

    /// The accounts whose contents are being read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_under_way(&self) -> Result<Vec<UnderWay>, StoreError> {
        let rows: Vec<UnderWayRow> =
            Statement::new(sql::CONTENTS_UNDER_WAY).fetch_all(self.reading(Scope::Everyone)).await?;
        Ok(rows.into_iter().map(UnderWay::from).collect())
    }

    /// What the run of an account shows of itself, as JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_shown(&self, user: i64) -> Result<Option<String>, StoreError> {
        let shown: Option<Option<String>> =
            Statement::new(sql::RUN_SHOWN).bind(user).optional_scalar(self.reading(user)).await?;
        Ok(shown.flatten())
    }

    /// The number of the newest run of each of these accounts that has any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_runs(&self, users: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut newest = Statement::new(sql::NEWEST_RUNS);
        newest.among(users);
        let rows: Vec<(i64, Option<i64>)> = newest.fetch_all(self.reading(Scope::Everyone)).await?;
        Ok(rows.into_iter().filter_map(|(user, run)| Some((user, run?))).collect())
    }

    /// Takes a lease inside of a transaction; gives its number.
    pub(super) async fn take(
        &self,
        tx: &mut Transaction,
        user: i64,
        task: Task,
        seen: Sight,
    ) -> Result<Option<i64>, StoreError> {
        Ok(Statement::new(sql::TAKE_LEASE)
            .bind(user)
            .bind(task.as_str())
            .bind(self.name())
            .bind(seen.number)
            .bind(seen.beat)
            .optional_scalar(tx)
            .await?)
    }

    /// A transaction of the server that works on a run, and of no other.
    pub(super) async fn begin_as(&self, run: &LeasedRun) -> Result<Transaction, StoreError> {
        let mut tx = self.begin(run.user).await?;
        if self.holds(&mut tx, run).await? { Ok(tx) } else { Err(StoreError::Superseded) }
    }

    /// Whether this server is still the one that works on a run, or ended it.
    pub(super) async fn holds(&self, tx: &mut Transaction, run: &LeasedRun) -> Result<bool, StoreError> {
        let holds = Statement::new(sql::HOLDS_LEASE).bind(run.user).bind(run.lease).bind(self.name());
        Ok(holds.scalar(tx).await?)
    }
}

pub(super) async fn release(tx: &mut Transaction, lease: Lease) -> Result<(), StoreError> {
    give(tx, sql::RELEASE_LEASE, lease).await
}

/// Gives a lease back with the work unfinished.
pub(super) async fn leave(tx: &mut Transaction, lease: Lease) -> Result<(), StoreError> {
    give(tx, sql::LEAVE_LEASE, lease).await
}

async fn give(tx: &mut Transaction, how: &'static str, lease: Lease) -> Result<(), StoreError> {
    Statement::new(how).bind(lease.user).bind(lease.task.as_str()).bind(lease.number).execute(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
