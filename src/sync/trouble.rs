//! A database that cannot be had for a while: a run waits for it, longer each time, says so, and goes on.
//!
//! Nothing that a run asks of the database harms when it is asked twice, but a batch would be counted twice by its run if
//! only the answer to it got lost. Counters are stored with their batch, so they tell whether it counted.

use super::{SyncError, run::Run};
use crate::store::{Counters, StoreError};
use std::{future::Future, time::Duration};

/// The first wait; each further one is twice as long …
const FIRST: Duration = Duration::from_secs(1);
/// … up to this.
const LONGEST: Duration = Duration::from_secs(30);
/// For so long a run waits in all before it fails; its end is written when the database is there again, and the schedule
/// starts another run.
const PATIENCE: Duration = Duration::from_mins(30);

/// What a write came to.
pub(super) enum Written<T> {
    /// This.
    Done(T),
    /// It was done, but its answer got lost; the counters that were stored with it.
    Unheard(Counters),
}

/// A time of trouble, from the first failure in a row on.
#[derive(Debug, Default)]
struct Trouble {
    since: Option<Duration>,
    waits: u32,
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
        let mut trouble = Trouble::default();
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.outlast(error, &mut trouble).await?,
            }
        }
    }

    /// Stores something together with the run's counters, once.
    ///
    /// # Errors
    /// As [`Run::stored`].
    pub(super) async fn write<T, F>(&self, write: impl Fn() -> F) -> Result<Written<T>, SyncError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut trouble = Trouble::default();
        loop {
            match write().await {
                Ok(done) => return Ok(Written::Done(done)),
                Err(error) => self.outlast(error, &mut trouble).await?,
            }
            let (store, leased) = (&self.store, self.leased);
            let counters = self.stored(|| store.settled_counters(leased.user, leased.id)).await?;
            if let Some(counters) = counters.filter(|counters| *counters != self.stored_counters) {
                return Ok(Written::Unheard(counters));
            }
        }
    }

    /// Waits until it is known what is stored.
    ///
    /// # Errors
    /// As [`Run::stored`].
    pub(super) async fn know(&mut self) -> Result<(), SyncError> {
        let mut trouble = Trouble::default();
        while let Err(error) = self.memory.arrive().await {
            self.outlast(error, &mut trouble).await?;
            self.memory.prepare(&self.store, self.leased.user);
        }
        Ok(())
    }

    /// Waits after a failure.
    async fn outlast(&self, error: StoreError, trouble: &mut Trouble) -> Result<(), SyncError> {
        let now = self.clock.elapsed();
        let since = *trouble.since.get_or_insert(now);
        let Some(cause) = error.trouble().filter(|_| now.saturating_sub(since) < PATIENCE) else {
            return Err(error.into());
        };
        let wait = FIRST.saturating_mul(1 << trouble.waits.min(5)).min(LONGEST);
        if trouble.waits == 0 {
            tracing::warn!(error = ?error, ?wait, "the run waits for its database");
        } else {
            tracing::debug!(error = ?error, ?wait, "the run goes on waiting for its database");
        }
        trouble.waits += 1;
        self.control.wait_out(format!("waiting for the database: {cause}"), wait).await.map_err(|_| SyncError::Stopped)
    }
}
