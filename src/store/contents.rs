//! One entry and the files inside it, and which torrents are to be read next.
//!
//! The work list of the background reading is a question and no queue, so it survives whatever happens to a process.

use super::{
    Store, StoreError,
    database::{Scope, Transaction},
    search::FileRow,
    sql,
    statement::Statement,
};
use crate::domain::{ContentsProgress, FileContent, FileDetails, SetAside, SetAsideFile, Timestamp};

#[derive(sqlx::FromRow)]
struct DetailsRow {
    #[sqlx(flatten)]
    file: FileRow,
    contents_read_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct ContentRow {
    file_index: i64,
    path: String,
    bytes: i64,
    mime_type: Option<String>,
    selected: bool,
    link: Option<String>,
}

/// A torrent whose contents are to be read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ContentsTask {
    /// DMM's number of the entry.
    #[sqlx(rename = "id")]
    pub file: i64,
    /// Real-Debrid's id.
    pub real_debrid_id: String,
    /// Of the entry as it is: what is read counts only while it stays so.
    pub fingerprint: i64,
    /// Whether nothing was read of it as it is.
    pub is_unread: bool,
    /// How often that failed since it is as it is.
    pub attempts: i64,
}

/// The times that decide what is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentsTimes {
    /// What was set aside until now is tried again.
    pub now: Timestamp,
    /// No later time is ever set: one that is there comes from before the clock was set back.
    pub last_retry: Timestamp,
    /// What was read before is read again.
    pub stale_before: Timestamp,
}

/// Rows in one statement: seven values each, far below the limit of parameters of every database.
const ROWS_PER_STATEMENT: usize = 1_000;

impl Store {
    /// One entry of an account with what is inside, as far as known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file(&self, user: i64, file: i64) -> Result<Option<FileDetails>, StoreError> {
        let row: Option<DetailsRow> =
            Statement::new(sql::FILE).bind(user).bind(file).fetch_optional(self.reading(user)).await?;
        let Some(row) = row else { return Ok(None) };
        let contents_error =
            Statement::new(sql::CONTENTS_FAILURE).bind(user).bind(file).optional_scalar(self.reading(user)).await?;
        let contents: Vec<ContentRow> = Statement::new(sql::CONTENTS).bind(file).fetch_all(self.reading(user)).await?;
        Ok(Some(FileDetails {
            file: row.file.into(),
            organisation: self.organisation(user, file).await?,
            contents_read_at: row.contents_read_at.map(Timestamp::from_millis),
            contents_error,
            contents: contents
                .into_iter()
                .map(|row| FileContent {
                    index: row.file_index,
                    path: row.path,
                    bytes: row.bytes,
                    mime_type: row.mime_type,
                    selected: row.selected,
                    link: row.link,
                })
                .collect(),
        }))
    }

    /// Replaces the contents of an entry, all or nothing, and forgets what failed before. False, and nothing is stored,
    /// when the entry is no longer as it was when they were asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_contents(
        &self,
        user: i64,
        task: &ContentsTask,
        contents: &[FileContent],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let file = task.file;
        let mut tx = self.begin(user).await?;
        let known = Statement::new(sql::SET_CONTENTS_READ)
            .bind(user)
            .bind(file)
            .bind(task.fingerprint)
            .bind(now.as_millis())
            .execute(&mut tx)
            .await?;
        if known == 0 {
            return Ok(false);
        }
        forget(&mut tx, &[file]).await?;
        for part in contents.chunks(ROWS_PER_STATEMENT) {
            let mut insert = Statement::new(
                "insert into file_contents (file_id, file_index, path, bytes, mime_type, selected, link) ",
            );
            insert.push_rows(part, |row, content| {
                row.push_bind(file)
                    .push_bind(content.index)
                    .push_bind(content.path.as_str())
                    .push_bind(content.bytes)
                    .push_bind(content.mime_type.as_deref())
                    .push_bind(content.selected)
                    .push_bind(content.link.as_deref());
            });
            insert.execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Sets a torrent aside until `retry_at`, unless the entry has changed since it was asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_contents_failure(
        &self,
        user: i64,
        task: &ContentsTask,
        error: &str,
        retry_at: Timestamp,
    ) -> Result<(), StoreError> {
        Statement::new(sql::NOTE_CONTENTS_FAILURE)
            .bind(user)
            .bind(task.file)
            .bind(task.fingerprint)
            .bind(task.attempts.saturating_add(1))
            .bind(retry_at.as_millis())
            .bind(error)
            .execute(self.writing(user))
            .await?;
        Ok(())
    }

    /// One torrent as a task, whether or not it is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_task(&self, user: i64, file: i64) -> Result<Option<ContentsTask>, StoreError> {
        Ok(Statement::new(sql::CONTENTS_OF).bind(user).bind(file).fetch_optional(self.reading(user)).await?)
    }

    /// The next torrents to be read, at most `limit`: unread ones, newest first, and when there are none those read
    /// longest ago, if that is long enough ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_due(
        &self,
        user: i64,
        times: ContentsTimes,
        limit: i64,
    ) -> Result<Vec<ContentsTask>, StoreError> {
        let (now, last_retry) = (times.now.as_millis(), times.last_retry.as_millis());
        let mut due: Vec<ContentsTask> = Statement::new(sql::CONTENTS_UNREAD)
            .bind(user)
            .bind(now)
            .bind(last_retry)
            .bind(limit)
            .fetch_all(self.reading(user))
            .await?;
        let left = limit - i64::try_from(due.len()).unwrap_or(limit);
        if left > 0 {
            let stale: Vec<ContentsTask> = Statement::new(sql::CONTENTS_STALE)
                .bind(user)
                .bind(now)
                .bind(last_retry)
                .bind(left)
                .bind(times.stale_before.as_millis())
                .fetch_all(self.reading(user))
                .await?;
            due.extend(stale);
        }
        Ok(due)
    }

    /// The accounts that have a token, no living run, and torrents to be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_accounts(&self, times: ContentsTimes) -> Result<Vec<i64>, StoreError> {
        Ok(Statement::new(sql::CONTENTS_ACCOUNTS)
            .bind(times.now.as_millis())
            .bind(times.last_retry.as_millis())
            .bind(times.stale_before.as_millis())
            .scalars(self.reading(Scope::Everyone))
            .await?)
    }

    /// The torrents of an account that could not be read as they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_aside(&self, user: i64) -> Result<SetAside, StoreError> {
        let rows: Vec<(i64, String, String, i64)> =
            Statement::new(sql::SET_ASIDE).bind(user).bind(SetAside::NAMED).fetch_all(self.reading(user)).await?;
        if rows.is_empty() {
            return Ok(SetAside::default());
        }
        let total =
            Statement::new(sql::COUNT_SET_ASIDE).bind(user).bind(SetAside::MOST).scalar(self.reading(user)).await?;
        let file = |(id, filename, error, retry_at)| SetAsideFile {
            id,
            filename,
            error,
            retry_at: Timestamp::from_millis(retry_at),
        };
        Ok(SetAside { total, files: rows.into_iter().map(file).collect() })
    }

    /// When the token of an account was stored, and its last run that completed: both change when it may ask again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signs_of_access(&self, user: i64) -> Result<(Option<i64>, Option<i64>), StoreError> {
        Ok(Statement::new(sql::SIGNS_OF_ACCESS).bind(user).fetch_one(self.reading(user)).await?)
    }

    /// How many torrents have had their contents read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_progress(&self, user: i64) -> Result<ContentsProgress, StoreError> {
        let (unread, read): (i64, i64) =
            Statement::new(sql::CONTENTS_PROGRESS).bind(user).fetch_one(self.reading(user)).await?;
        Ok(ContentsProgress { total: unread + read, processed: read })
    }

    /// How many torrents of all accounts have contents that are not known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_unread(&self) -> Result<i64, StoreError> {
        Ok(Statement::new(sql::CONTENTS_UNREAD_IN_ALL).scalar(self.reading(Scope::Everyone)).await?)
    }
}

/// Forgets the contents of entries and what failed when they were read.
pub(super) async fn forget(tx: &mut Transaction, files: &[i64]) -> Result<(), StoreError> {
    for statement in forget_statements(files) {
        statement.execute(&mut *tx).await?;
    }
    Ok(())
}

pub(super) fn forget_statements(files: &[i64]) -> [Statement<'static>; 2] {
    ["delete from contents_failures where file_id ", "delete from file_contents where file_id "].map(|text| {
        let mut statement = Statement::new(text);
        statement.among(files);
        statement
    })
}
