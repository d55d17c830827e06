//! Where those who want something of an account wait for each other: in a line at their own server, before they take a
//! connection. Else the writers of one account whose lock is held elsewhere, by a frozen server for instance, or its readers,
//! if they ask for much at once, would take every connection from all others.

use sqlx::{PgConnection, Postgres};
use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit as Place, Semaphore as Line};

/// The lines of the accounts that somebody wants something of.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    by_account: Arc<Mutex<HashMap<i64, Weak<Line>>>>,
    /// How many of each are served at once.
    places: usize,
    /// Who has stood in one for so long gives up.
    patience: Duration,
}

impl Lines {
    pub(super) fn new(places: usize, patience: Duration) -> Self {
        Self { by_account: Arc::default(), places, patience }
    }

    /// Waits for a place at the head of an account's line, which is left by dropping what is given. When that takes too
    /// long, it is as if there were no connection.
    pub(super) async fn stand_in(&self, account: i64) -> Result<Place, sqlx::Error> {
        let head = self.line(account).acquire_owned();
        let head = tokio::time::timeout(self.patience, head).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        head.map_err(|_| sqlx::Error::PoolClosed)
    }

    fn line(&self, account: i64) -> Arc<Line> {
        let mut lines = self.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&account).and_then(Weak::upgrade) {
            return line;
        }
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(Line::new(self.places));
        lines.insert(account, Arc::downgrade(&line));
        line
    }
}

/// A transaction that has begun, with its place at the head of the line.
#[derive(Debug)]
pub(in crate::store) struct Begun {
    transaction: sqlx::Transaction<'static, Postgres>,
    place: Option<Place>,
}

impl Begun {
    pub(super) const fn new(transaction: sqlx::Transaction<'static, Postgres>, place: Option<Place>) -> Self {
        Self { transaction, place }
    }

    /// Makes it count, and lets the next one have its place.
    pub(in crate::store) async fn commit(self) -> Result<(), sqlx::Error> {
        let committed = self.transaction.commit().await;
        drop(self.place);
        committed
    }
}

impl Deref for Begun {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for Begun {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_is_forgotten_once_nobody_stands_in_it() {
        let lines = Lines::new(2, Duration::from_secs(10));
        for account in 0..1_000 {
            drop(lines.stand_in(account).await.unwrap());
        }
        let _place = lines.stand_in(7).await.unwrap();
        let known = || lines.by_account.lock().unwrap().len();
        assert_eq!(known(), 1);
        let _other = lines.stand_in(8).await.unwrap();
        assert_eq!(known(), 2);
    }

    #[tokio::test]
    async fn a_wait_in_a_line_has_an_end() {
        let lines = Lines::new(2, Duration::from_millis(5));
        let place = lines.stand_in(7).await.unwrap();
        let _other = lines.stand_in(7).await.unwrap();
        assert!(matches!(lines.stand_in(7).await, Err(sqlx::Error::PoolTimedOut)));
        drop(place);
        assert!(lines.stand_in(7).await.is_ok());
    }
}
