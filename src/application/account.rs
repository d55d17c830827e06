//! The Real-Debrid account as its person sees it here: what could not be read of it, and what would be deleted.

use super::Application;
use crate::domain::{
    ApiError, HeldDeletions, SetAside,
    query::{DEFAULT_LIMIT, LIMIT},
};

impl Application {
    /// One page of the entries whose deletion was held back, at most `limit` of them, from the `cursor` of the page before.
    /// Empty when none are held.
    ///
    /// # Errors
    /// `invalid_request` when a parameter cannot be read, or when the database fails.
    pub async fn held_deletions(
        &self,
        user: i64,
        limit: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<HeldDeletions, ApiError> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !LIMIT.contains(&limit) {
            return Err(ApiError::invalid(format!(
                "limit is {limit}, but must be {}–{} rows.",
                LIMIT.start(),
                LIMIT.end()
            )));
        }
        let after = match cursor {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| {
                ApiError::invalid(
                    "cursor does not belong to this list: leave it out to start at the first page, and pass nextCursor \
                     on unchanged.",
                )
            })?,
        };
        // One more tells whether there is another page.
        let held = self.0.store.held_deletions(user, after, limit + 1).await?;
        let mut files = held.files;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_last = files.len() <= page;
        files.truncate(page);
        let next_cursor = files.last().filter(|_| !is_last).map(|file| file.id.to_string());
        let run = held.run.map(|run| run.to_string());
        Ok(HeldDeletions { run, held_deletions: held.number, files, next_cursor })
    }

    /// The torrents whose contents could not be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_aside(&self, user: i64) -> Result<SetAside, ApiError> {
        Ok(self.0.store.set_aside(user).await?)
    }
}
