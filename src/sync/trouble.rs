//! A database that cannot be had for a while: a run waits for it, longer each time, says so, and goes on.
//!
//! Nothing that a run asks of the database harms when it is asked twice, but a batch would be counted twice by its run if
//! only the answer to it got lost. Counters are stored with their batch, so they tell whether it counted.

use super::{Control, SyncError, control::Stranded, run::Run};
use crate::{
    domain::{ApiError, ErrorCode},
    real_debrid::outage::{Outage, PATIENCE},
    store::{Counters, StoreError},
};
use std::future::Future;

/// What a write came to.
pub(super) enum Written<T> {
    /// This.
    Done(T),
    /// It was done, but its answer got lost; the counters that were stored with it.
    Unheard(Counters),
}

/// A time of trouble, from the first failure in a row to the first success.
struct Trouble<'c> {
    control: &'c Control,
    /// In time without pauses. A run that fails in the end has that written when the database is there again, and the
    /// schedule starts another.
    outage: Outage,
    /// The time in which a hanging question fails is no time of the run's own either.
    stranded: Option<Stranded>,
}

impl<'c> Trouble<'c> {
    const fn new(control: &'c Control) -> Self {
        Self { control, outage: Outage::new(PATIENCE), stranded: None }
    }

    /// Waits after a failure.
    ///
    /// # Errors
    /// The failure, when it does not pass or has lasted for too long; or when the run is stopped.
    async fn outlast(&mut self, error: StoreError) -> Result<(), SyncError> {
        match error.trouble() {
            Some(cause) if self.wait(cause, &error).await? => Ok(()),
            _ => Err(error.into()),
        }
    }

    /// Waits; false when that was done for long enough.
    async fn wait(&mut self, cause: &str, error: &(dyn std::fmt::Debug + Sync)) -> Result<bool, SyncError> {
        let Some(wait) = self.outage.wait(self.control.at_work()) else { return Ok(false) };
        if self.stranded.is_none() {
            self.stranded = Some(self.control.strand());
            tracing::warn!(?error, ?wait, "the run waits for its database");
        } else {
            tracing::debug!(?error, ?wait, "the run goes on waiting for its database");
        }
        let waited = self.control.wait_out(cause.to_owned(), wait).await;
        waited.map(|()| true).map_err(|_| SyncError::Stopped)
    }
}

/// Asks for what is read from the database on the way, until it answers.
///
/// # Errors
/// As [`Run::stored`].
pub(super) async fn answered<T, F>(control: &Control, ask: impl Fn() -> F) -> Result<T, SyncError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let mut trouble = Trouble::new(control);
    loop {
        match ask().await {
            Err(error) if error.code == ErrorCode::DatabaseUnavailable => {
                if !trouble.wait("the database does not answer", &error).await? {
                    return Err(error.into());
                }
            }
            answer => return Ok(answer?),
        }
    }
}

impl Run {
    /// Asks the database until it answers.
    ///
    /// # Errors
    /// What no waiting mends, or has not mended in half an hour; and when the run is stopped.
    pub(super) async fn stored<T, F>(&self, ask: impl Fn() -> F) -> Result<T, SyncError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut trouble = Trouble::new(&self.control);
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error) => trouble.outlast(error).await?,
            }
        }
    }

    /// Stores something together with the run's counters, once. `meant` are the counters that are handed over, to which the
    /// database adds what it counts itself.
    ///
    /// # Errors
    /// As [`Run::stored`]; and when the database has lost what it had stored.
    pub(super) async fn write<T, F>(&self, meant: Counters, write: impl Fn() -> F) -> Result<Written<T>, SyncError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut trouble = Trouble::new(&self.control);
        loop {
            match write().await {
                Ok(done) => return Ok(Written::Done(done)),
                Err(error) => trouble.outlast(error).await?,
            }
            let (store, leased) = (&self.store, self.leased);
            match self.stored(|| store.settled_counters(leased.user, leased.id)).await? {
                Some(stored) if stored == self.stored_counters => {}
                Some(stored) if (stored.processed, stored.requests) == (meant.processed, meant.requests) => {
                    return Ok(Written::Unheard(stored));
                }
                // A standby that took over without the last batches: what is stored has to be looked at anew.
                _ => return Err(StoreError::Rewound.into()),
            }
        }
    }

    /// Waits until it is known what is stored.
    ///
    /// # Errors
    /// As [`Run::stored`].
    pub(super) async fn know(&mut self) -> Result<(), SyncError> {
        let mut trouble = Trouble::new(&self.control);
        while let Err(error) = self.memory.arrive().await {
            trouble.outlast(error).await?;
            self.memory.prepare(&self.store, self.leased.user);
        }
        Ok(())
    }
}
