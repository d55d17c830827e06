//! One entry and the files inside it.

use super::{Store, StoreError, search::FileRow, sql};
use crate::domain::{ContentsProgress, FileContent, FileDetails, Timestamp};
use sqlx::QueryBuilder;

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

/// Rows in one statement: seven values each, far below the limit of parameters of every database.
const ROWS_PER_STATEMENT: usize = 1_000;

impl Store {
    /// One entry of an account with what is inside, as far as known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file(&self, user: i64, file: i64) -> Result<Option<FileDetails>, StoreError> {
        let row: Option<DetailsRow> =
            sqlx::query_as(sql::FILE).bind(user).bind(file).fetch_optional(&self.reader).await?;
        let Some(row) = row else { return Ok(None) };
        let contents: Vec<ContentRow> = sqlx::query_as(sql::CONTENTS).bind(file).fetch_all(&self.reader).await?;
        Ok(Some(FileDetails {
            file: row.file.into(),
            organisation: self.organisation(user, file).await?,
            contents_read_at: row.contents_read_at.map(Timestamp::from_millis),
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

    /// Replaces the contents of an entry, all or nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_contents(
        &self,
        user: i64,
        file: i64,
        contents: &[FileContent],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let known =
            sqlx::query(sql::SET_CONTENTS_READ).bind(user).bind(file).bind(now.as_millis()).execute(&mut *tx).await?;
        if known.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query(sql::DELETE_CONTENTS).bind(file).execute(&mut *tx).await?;
        for part in contents.chunks(ROWS_PER_STATEMENT) {
            QueryBuilder::new(
                "insert into file_contents (file_id, file_index, path, bytes, mime_type, selected, link) ",
            )
            .push_values(part, |mut row, content| {
                row.push_bind(file)
                    .push_bind(content.index)
                    .push_bind(content.path.as_str())
                    .push_bind(content.bytes)
                    .push_bind(content.mime_type.as_deref())
                    .push_bind(content.selected)
                    .push_bind(content.link.as_deref());
            })
            .build()
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// How many torrents have had their contents read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_progress(&self, user: i64) -> Result<ContentsProgress, StoreError> {
        let (total, processed) = sqlx::query_as(sql::CONTENTS_PROGRESS).bind(user).fetch_one(&self.reader).await?;
        Ok(ContentsProgress { total, processed })
    }
}
