//! What is there more than once.

use super::Application;
use crate::domain::{
    ApiError, Detection, DuplicateGroups, DuplicateList, DuplicateQuery, Duplicates, Kind, LikelyGroups,
};

impl Application {
    /// Groups by SHA-1 and likely duplicates, a page of each.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is out of range, or when the database fails.
    pub async fn duplicates(&self, user: i64, query: &DuplicateQuery) -> Result<Duplicates, ApiError> {
        let store = &self.0.store;
        let DuplicateQuery { limit, only, cursor, likely_cursor } = query;
        let certain = match only {
            Some(DuplicateList::Likely) => DuplicateGroups::default(),
            _ => store.duplicate_groups(user, *limit, cursor.as_deref()).await?,
        };
        let likely = match only {
            Some(DuplicateList::Groups) => LikelyGroups::default(),
            _ => store.likely_duplicates(user, *limit, likely_cursor.as_deref()).await?,
        };
        let totals = store.duplicate_totals(user).await?;
        Ok(Duplicates { detection: self.detection(user).await?, totals, certain, likely })
    }

    /// How many entries are marked as the duplicate of another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_duplicates(&self, user: i64) -> Result<i64, ApiError> {
        Ok(self.0.store.count_duplicates(user).await?)
    }

    async fn detection(&self, user: i64) -> Result<Detection, ApiError> {
        let listing = self.0.store.listing(user, Kind::Torrent).await?;
        Ok(if !self.0.store.configuration(user).await?.enable_duplicate_detection {
            Detection::Off
        } else if listing.is_some_and(|listing| !listing.duplicates_marked) {
            Detection::Due
        } else {
            Detection::On
        })
    }
}
