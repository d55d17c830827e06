//! Certain duplicates: entries that a sync has marked because they have one SHA-1.
//!
//! Groups come from the marks and not from the hashes: the marked entries are few and have an index of their own, from
//! which totals and order are read without a look at any other entry.

use super::{Store, StoreError, cursor, database::Transaction, search::FileRow, sql, statement::Statement};
use crate::domain::{
    ApiError, DuplicateEntry, DuplicateGroup, DuplicateGroups, DuplicateTotals, File,
    duplicates::SHOWN_ENTRIES,
    entry::is_own_link,
    query::{DEFAULT_LIMIT, LIMIT},
};
use serde::{Deserialize, Serialize};

/// The last group of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Its reclaimable bytes.
    b: i64,
    /// The number of its original.
    o: i64,
}

impl Place {
    /// Before the first.
    const START: Self = Self { b: i64::MAX, o: i64::MAX };
}

/// An entry of a group as it is stored.
#[derive(sqlx::FromRow)]
pub(super) struct EntryRow {
    #[sqlx(flatten)]
    file: FileRow,
    source_link: Option<String>,
    folder: Option<String>,
}

impl EntryRow {
    /// Its place among its namesakes.
    pub(super) fn place(&self) -> (i64, i64) {
        (self.file.file_size, self.file.id)
    }

    /// The link a download was made from, and whether Real-Debrid has that file itself.
    pub(super) fn source(&self) -> Option<(&str, bool)> {
        self.source_link.as_deref().map(|link| (link, is_own_link(link)))
    }
}

impl From<EntryRow> for DuplicateEntry {
    fn from(row: EntryRow) -> Self {
        Self { file: File::from(row.file), folder: row.folder }
    }
}

impl Store {
    /// How many entries of the account are marked as the duplicate of another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_duplicates(&self, user: i64) -> Result<i64, StoreError> {
        Ok(Statement::new(sql::COUNT_MARKED_FILES).bind(user).scalar(self.reading(user)).await?)
    }

    /// What the groups by SHA-1 come to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn duplicate_totals(&self, user: i64) -> Result<DuplicateTotals, StoreError> {
        let (total_groups, total_duplicates, total_reclaimable_bytes) =
            Statement::new(sql::DUPLICATE_TOTALS).bind(user).fetch_one(self.reading(user)).await?;
        Ok(DuplicateTotals { total_groups, total_duplicates, total_reclaimable_bytes })
    }

    /// One page of groups by SHA-1.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is out of range, or when the database fails.
    pub async fn duplicate_groups(
        &self,
        user: i64,
        limit: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<DuplicateGroups, ApiError> {
        let limit = limit_in_force(limit)?;
        let place = match cursor {
            Some(text) => cursor::decode(text, "cursor", "nextCursor on unchanged", |_: &Place| true)?,
            None => Place::START,
        };
        Ok(self.groups_after(user, limit, place).await?)
    }

    /// Reads all of a page from one state of the database, so that every group has its original.
    async fn groups_after(&self, user: i64, limit: i64, place: Place) -> Result<DuplicateGroups, StoreError> {
        let mut tx = self.moment(user).await?;
        let mut found: Vec<(i64, i64, i64)> = Statement::new(sql::DUPLICATE_GROUPS)
            .bind(user)
            .bind(place.b)
            .bind(place.o)
            .bind(limit + 1)
            .fetch_all(&mut tx)
            .await?;
        let more = i64::try_from(found.len()).is_ok_and(|length| length > limit);
        if more {
            found.pop();
        }
        let next_cursor = found.last().filter(|_| more).map(|&(o, _, b)| cursor::encode(&Place { b, o }));
        let mut groups = Vec::with_capacity(found.len());
        for (original, marked, reclaimable_bytes) in found {
            let files = members(&mut tx, user, original).await?;
            let sha1_hash = files.first().and_then(|entry| entry.file.sha1_hash.clone());
            groups.push(DuplicateGroup { sha1_hash, reclaimable_bytes, entries: marked + 1, files });
        }
        Ok(DuplicateGroups { groups, next_cursor })
    }
}

/// The original and those that are marked as its duplicates.
async fn members(tx: &mut Transaction, user: i64, original: i64) -> Result<Vec<DuplicateEntry>, StoreError> {
    let first: Option<EntryRow> =
        Statement::new(sql::GROUP_ORIGINAL).bind(user).bind(original).fetch_optional(&mut *tx).await?;
    let others: Vec<EntryRow> = Statement::new(sql::GROUP_MARKED)
        .bind(user)
        .bind(original)
        .bind(i64::try_from(SHOWN_ENTRIES).unwrap_or(i64::MAX) - 1)
        .fetch_all(&mut *tx)
        .await?;
    Ok(first.into_iter().chain(others).map(DuplicateEntry::from).collect())
}

/// The groups on a page.
pub(super) fn limit_in_force(limit: Option<i64>) -> Result<i64, ApiError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if LIMIT.contains(&limit) {
        Ok(limit)
    } else {
        let (least, most) = (LIMIT.start(), LIMIT.end());
        Err(ApiError::invalid(format!("limit is {limit}, but must be {least}–{most} groups.")))
    }
}
