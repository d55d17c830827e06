//! The last complete listing of each kind.

use super::{Counters, LeasedRun, Store, StoreError, sql, statement::Statement};
use crate::domain::{Kind, Timestamp};

/// A complete and consistent listing that was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// Entries in it.
    pub total: i64,
    /// When it was read.
    pub read_at: Timestamp,
    /// Whether its duplicates were marked.
    pub duplicates_marked: bool,
}

impl Store {
    /// The last complete listing of this kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listing(&self, user: i64, kind: Kind) -> Result<Option<Listing>, StoreError> {
        let row: Option<(i64, i64, bool)> =
            Statement::new(sql::LISTING).bind(user).bind(kind.as_str()).fetch_optional(self.reading(user)).await?;
        Ok(row.map(|(total, read_at, duplicates_marked)| Listing {
            total,
            read_at: Timestamp::from_millis(read_at),
            duplicates_marked,
        }))
    }

    /// Forgets a listing, because what is stored is about to differ from it.
    ///
    /// # Errors
    /// When the database fails, or [`StoreError::Superseded`].
    pub async fn forget_listing(&self, run: &LeasedRun, kind: Kind) -> Result<(), StoreError> {
        let mut tx = self.begin_as(run).await?;
        Statement::new(sql::FORGET_LISTING).bind(run.user).bind(kind.as_str()).execute(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Notes that lists are settled: nothing is stored that they do not show. Remembers those that were `remembered`
    /// too, for the next run to look for changes against. `counters` are those of the run that are stored.
    ///
    /// # Errors
    /// When the database fails, or has lost what the run stored last, or [`StoreError::Superseded`]; nothing is noted then.
    pub async fn put_listings(
        &self,
        run: &LeasedRun,
        counters: &Counters,
        settled: &[Kind],
        remembered: &[(Kind, Listing)],
    ) -> Result<(), StoreError> {
        if settled.is_empty() {
            return Ok(());
        }
        let user = run.user;
        // Of this account nobody but this run stores any meanwhile.
        let newest = self.newest_number().await?;
        let mut tx = self.begin(user).await?;
        for kind in settled {
            Statement::new(sql::PUT_SETTLED).bind(user).bind(kind.as_str()).bind(newest).execute(&mut tx).await?;
        }
        for (kind, listing) in remembered {
            Statement::new(sql::PUT_LISTING)
                .bind(user)
                .bind(kind.as_str())
                .bind(listing.total)
                .bind(listing.read_at.as_millis())
                .bind(listing.duplicates_marked)
                .execute(&mut tx)
                .await?;
        }
        self.advance_counters(&mut tx, run, counters, counters).await?;
        Ok(tx.commit().await?)
    }
}
