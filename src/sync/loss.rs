//! Whether what is listed is stored. A database that has lost something, a standby that took over too early for instance,
//! does not say so by itself; and a list that is remembered as stored is not read again until it changes.

use super::{SyncError, census::Census, list::List, run::Run};
use crate::store::StoreError;

impl Run {
    /// Makes sure that nothing is missing from what is stored, of which `present` entries are listed. A number is no proof:
    /// Real-Debrid could give a torrent and a download one id, and they are stored as one.
    ///
    /// # Errors
    /// [`StoreError::Rewound`] when something is missing; the next run reads the lists anew then, changed or not.
    pub(super) async fn look_for_losses(&self, lists: &[List], present: i64) -> Result<(), SyncError> {
        let listed: i64 = lists.iter().map(List::size).sum();
        if present >= listed - self.counters.errors {
            return Ok(());
        }
        let (user, store) = (self.leased.user, &self.store);
        let unseen = self
            .stored(|| async move {
                let mut unseen: Vec<i64> =
                    lists.iter().map(|list| list.census.as_ref().map_or(0, Census::unique)).collect();
                let seen = |id: &str| {
                    for (unseen, list) in unseen.iter_mut().zip(lists) {
                        *unseen -= i64::from(list.census.as_ref().is_some_and(|census| census.has(id)));
                    }
                };
                store.each_id(user, seen).await?;
                Ok(unseen.into_iter().sum::<i64>())
            })
            .await?;
        let is_lost = unseen > self.counters.errors;
        // What was not read now is read by the next run: it may be there that something is missing.
        for list in lists.iter().filter(|list| is_lost || list.is_unchanged) {
            self.stored(|| store.forget_listing(&self.leased, list.kind)).await?;
        }
        if is_lost {
            tracing::error!(listed, present, unseen, "entries that are listed are not stored");
            return Err(StoreError::Rewound.into());
        }
        tracing::warn!(listed, present, "less is stored than is listed: the next sync reads every list");
        Ok(())
    }
}
