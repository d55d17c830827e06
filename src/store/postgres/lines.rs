//! Where the writers of an account wait for each other: in a line at their own server, before any of them takes a
//! connection. Else those of one account whose lock is held elsewhere, by a frozen server for instance, would take every
//! connection from the writers of all others.

use sqlx::{PgConnection, Postgres};
use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{Mutex as Line, OwnedMutexGuard};

/// The lines of the accounts that somebody waits for or writes to.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    by_account: Arc<Mutex<HashMap<i64, Weak<Line<()>>>>>,
    /// Who has stood in one for so long gives up.
    patience: Duration,
}

impl Lines {
    pub(super) fn new(patience: Duration) -> Self {
        Self { by_account: Arc::default(), patience }
    }

    /// Waits for the place at the head of an account's line, which is left by dropping what is given. When that takes too
    /// long, it is as if there were no connection.
    pub(super) async fn stand_in(&self, account: i64) -> Result<OwnedMutexGuard<()>, sqlx::Error> {
        let head = self.line(account).lock_owned();
        tokio::time::timeout(self.patience, head).await.map_err(|_| sqlx::Error::PoolTimedOut)
    }

    fn line(&self, account: i64) -> Arc<Line<()>> {
        let mut lines = self.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&account).and_then(Weak::upgrade) {
            return line;
        }
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::default();
        lines.insert(account, Arc::downgrade(&line));
        line
    }
}

/// A transaction that has begun, with the place of its writer at the head of the line.
#[derive(Debug)]
pub(in crate::store) struct Begun {
    transaction: sqlx::Transaction<'static, Postgres>,
    place: Option<OwnedMutexGuard<()>>,
}

impl Begun {
    pub(super) const fn new(
        transaction: sqlx::Transaction<'static, Postgres>,
        place: Option<OwnedMutexGuard<()>>,
    ) -> Self {
        Self { transaction, place }
    }

    /// Makes it count, and lets the next one write.
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
        let lines = Lines::new(Duration::from_secs(10));
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
        let lines = Lines::new(Duration::from_millis(5));
        let place = lines.stand_in(7).await.unwrap();
        assert!(matches!(lines.stand_in(7).await, Err(sqlx::Error::PoolTimedOut)));
        drop(place);
        assert!(lines.stand_in(7).await.is_ok());
    }
}
