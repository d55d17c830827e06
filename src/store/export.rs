//! The library portion by portion, for exports.

use super::{Store, StoreError, organisation::OrganisationRow, search::FileRow, sql, statement::Statement};
use crate::domain::ExportedFile;

#[derive(sqlx::FromRow)]
struct ExportRow {
    #[sqlx(flatten)]
    file: FileRow,
    #[sqlx(flatten)]
    organisation: OrganisationRow,
}

impl Store {
    /// The next `rows` entries of an account whose number is above `after`, by number.
    ///
    /// A portion is a statement of its own, so that who takes a library slowly holds no snapshot of the database
    /// meanwhile: the write-ahead log could not be emptied past it. The number is the key because it stays with an entry
    /// for life, so that what is in the library all the time is met once, whatever a sync writes in between.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export(&self, user: i64, after: i64, rows: i64) -> Result<Vec<ExportedFile>, StoreError> {
        let rows: Vec<ExportRow> =
            Statement::new(sql::EXPORT).bind(user).bind(after).bind(rows).fetch_all(self.reading(user)).await?;
        let exported = |row: ExportRow| ExportedFile { file: row.file.into(), organisation: row.organisation.into() };
        Ok(rows.into_iter().map(exported).collect())
    }
}
