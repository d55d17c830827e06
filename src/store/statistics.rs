//! What the library is made of: counted once at the end of a run that changed it, and never for a page.

use super::{RunEnd, Store, StoreError, VALUES_PER_LIST, database::Transaction, sql, statement::Statement};
use crate::domain::{Amount, Kind, LibrarySize, Media, RunChanges, Share, Timestamp};
use std::collections::BTreeMap;

/// Entries counted at once.
const PORTION: i64 = 20_000;
/// Steps from the first sync to the last in the growth of the library.
const STEPS: i64 = 120;

/// What is known of the library after a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LibraryCount {
    /// Nothing: the run did not complete, or counting failed.
    #[default]
    Unknown,
    /// It is as it was counted before.
    AsBefore,
    /// Counted anew.
    Counted(Vec<Share>),
}

/// A group of a portion: kind, status and MIME type; entries, bytes, and the same of duplicates; the portion's end.
type Group = (String, String, Option<String>, i64, i64, i64, i64, String);

/// A completed run: its number and end, the files then, their bytes, and files and bytes of duplicates.
type Size = (i64, i64, i64, Option<i64>, Option<i64>, Option<i64>);

impl Store {
    /// Counts what is stored of an account. A portion at a time, so that no read of a million rows holds up the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_library(&self, user: i64) -> Result<Vec<Share>, StoreError> {
        let by_id = self.is_sparse(user).await?;
        let (statement, mut after) =
            if by_id { (sql::SHARES_BY_ID, String::new()) } else { (sql::SHARES_BY_NUMBER, "0".to_owned()) };
        let mut counted: BTreeMap<(String, String, Media), (Amount, Amount)> = BTreeMap::new();
        loop {
            let groups: Vec<Group> =
                Statement::new(statement).bind(user).bind(&after).bind(PORTION).fetch_all(self.reading(user)).await?;
            let Some(end) = end_of(&groups, by_id) else { break };
            after = end;
            for (kind, status, mime_type, files, bytes, duplicate_files, duplicate_bytes, _) in groups {
                let (all, duplicates) = counted.entry((kind, status, Media::of(mime_type.as_deref()))).or_default();
                *all = all.and(Amount { files, bytes });
                *duplicates = duplicates.and(Amount { files: duplicate_files, bytes: duplicate_bytes });
            }
        }
        let shares = counted.into_iter().map(|((kind, status, media), (all, duplicates))| Share {
            kind: kind_of(&kind),
            status,
            media,
            all,
            duplicates,
        });
        Ok(shares.collect())
    }

    /// Whether what was counted before the run `run` still holds, but for what that run has done itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn library_is_counted(&self, user: i64, run: i64) -> Result<bool, StoreError> {
        Ok(Statement::new(sql::LIBRARY_IS_COUNTED).bind(user).bind(run).scalar(self.reading(user)).await?)
    }

    /// What was counted last, and the end of the last run as of which it holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn library_shares(&self, user: i64) -> Result<(Option<Timestamp>, Vec<Share>), StoreError> {
        let at: Option<i64> = Statement::new(sql::COUNTED_AT).bind(user).optional_scalar(self.reading(user)).await?;
        let rows: Vec<(String, String, String, i64, i64, i64, i64)> =
            Statement::new(sql::SHARES).bind(user).fetch_all(self.reading(user)).await?;
        let shares =
            rows.into_iter().map(|(kind, status, media, files, bytes, duplicate_files, duplicate_bytes)| Share {
                kind: kind_of(&kind),
                status,
                media: Media::ALL.into_iter().find(|it| it.as_str() == media).unwrap_or(Media::Unknown),
                all: Amount { files, bytes },
                duplicates: Amount { files: duplicate_files, bytes: duplicate_bytes },
            });
        Ok((at.map(Timestamp::from_millis), shares.collect()))
    }

    /// The size of the library after completed runs, earliest first, at moments that are evenly spread over its life.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn growth(&self, user: i64) -> Result<Vec<LibrarySize>, StoreError> {
        let life: (Option<i64>, Option<i64>) =
            Statement::new(sql::FIRST_AND_LAST_SYNC).bind(user).fetch_one(self.reading(user)).await?;
        let (Some(first), Some(last)) = life else { return Ok(Vec::new()) };
        let rows: Vec<Size> = Statement::new(sql::GROWTH)
            .bind(user)
            .bind(first)
            .bind(last)
            .bind(STEPS)
            .fetch_all(self.reading(user))
            .await?;
        let sizes = rows.into_iter().map(|(_, at, files, bytes, duplicate_files, duplicate_bytes)| LibrarySize {
            at: Timestamp::from_millis(at),
            files,
            bytes,
            duplicates: duplicate_files.zip(duplicate_bytes).map(|(files, bytes)| Amount { files, bytes }),
        });
        Ok(sizes.collect())
    }

    /// What the newest runs that changed anything changed, earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes(&self, user: i64, limit: i64) -> Result<Vec<RunChanges>, StoreError> {
        let rows: Vec<(i64, i64, i64, i64, i64, i64)> =
            Statement::new(sql::CHANGES).bind(user).bind(limit).fetch_all(self.reading(user)).await?;
        let changes = rows.into_iter().rev().map(|(run, ended, total, added, updated, deleted)| RunChanges {
            run: run.to_string(),
            ended: Timestamp::from_millis(ended),
            total,
            added,
            updated,
            deleted,
        });
        Ok(changes.collect())
    }
}

/// Where a portion ends: at the last of its groups' ends. Ids are compared as words, numbers as what they are.
fn end_of(groups: &[Group], by_id: bool) -> Option<String> {
    let number = |end: &str| if by_id { 0 } else { end.parse().unwrap_or(i64::MAX) };
    groups.iter().map(|group| group.7.as_str()).max_by_key(|end| (number(end), *end)).map(str::to_owned)
}

fn kind_of(word: &str) -> Kind {
    if word == Kind::Download.as_str() { Kind::Download } else { Kind::Torrent }
}

pub(super) fn put_shares_statement(user: i64, shares: &[Share]) -> Statement<'_> {
    let mut statement = Statement::new(
        "insert into library_shares (user_id, kind, status, media, files, bytes, duplicate_files, duplicate_bytes) ",
    );
    statement.push_rows(shares, |row, share| {
        row.push_bind(user)
            .push_bind(share.kind.as_str())
            .push_bind(share.status.as_str())
            .push_bind(share.media.as_str())
            .push_bind(share.all.files)
            .push_bind(share.all.bytes)
            .push_bind(share.duplicates.files)
            .push_bind(share.duplicates.bytes);
    });
    statement
}

/// Notes what is stored at the end of a run, with the run's end.
pub(super) async fn note_library(tx: &mut Transaction, user: i64, run: i64, end: &RunEnd) -> Result<(), StoreError> {
    let at = end.ended.as_millis();
    match &end.library {
        LibraryCount::Unknown => return Ok(()),
        LibraryCount::AsBefore => {
            Statement::new(sql::CARRY_LIBRARY_COUNT).bind(user).bind(run).bind(at).execute(&mut *tx).await?;
        }
        LibraryCount::Counted(shares) => {
            Statement::new(sql::FORGET_SHARES).bind(user).execute(&mut *tx).await?;
            let (mut all, mut duplicates) = (Amount::default(), Amount::default());
            for share in shares {
                all = all.and(share.all);
                duplicates = duplicates.and(share.duplicates);
            }
            for part in shares.chunks(VALUES_PER_LIST) {
                put_shares_statement(user, part).execute(&mut *tx).await?;
            }
            Statement::new(sql::PUT_LIBRARY_COUNT)
                .bind(user)
                .bind(run)
                .bind(at)
                .bind(all.files)
                .bind(all.bytes)
                .bind(duplicates.files)
                .bind(duplicates.bytes)
                .execute(&mut *tx)
                .await?;
        }
    }
    Statement::new(sql::NOTE_STORED).bind(user).bind(run).execute(&mut *tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
