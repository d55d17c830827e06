//! What the user says of entries. A sync only reads it, to keep it for an entry that goes and comes back.

use super::{Store, StoreError, database::Transaction, sql, statement::Statement};
use crate::domain::{ApiError, Folders, Organisation, OrganisationPatch, Timestamp};

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct OrganisationRow {
    folder: Option<String>,
    name: Option<String>,
    note: Option<String>,
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self { folder: row.folder, name: row.name, note: row.note }
    }
}

impl Store {
    /// What the user said of an entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organisation(&self, user: i64, file: i64) -> Result<Organisation, StoreError> {
        let row: Option<OrganisationRow> =
            Statement::new(sql::ORGANISATION).bind(user).bind(file).fetch_optional(self.reading(user)).await?;
        Ok(row.map(Organisation::from).unwrap_or_default())
    }

    /// Lays changes over what the user said of an entry; false when the account has no such entry.
    ///
    /// # Errors
    /// `invalid_request` when a field cannot be kept, or when the database fails; nothing is changed then.
    pub async fn organise(
        &self,
        user: i64,
        file: i64,
        patch: OrganisationPatch,
        now: Timestamp,
    ) -> Result<bool, ApiError> {
        let mut tx = self.begin(user).await?;
        let failed = |error: sqlx::Error| ApiError::from(StoreError::from(error));
        let known: bool = Statement::new(sql::HAS_FILE).bind(user).bind(file).scalar(&mut tx).await.map_err(failed)?;
        if !known {
            return Ok(false);
        }
        let present: Option<OrganisationRow> =
            Statement::new(sql::ORGANISATION).bind(user).bind(file).fetch_optional(&mut tx).await.map_err(failed)?;
        let organisation = present.map(Organisation::from).unwrap_or_default().patched(patch)?;
        put(&mut tx, user, file, &organisation, now).await?;
        tx.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// The folders of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn folders(&self, user: i64) -> Result<Folders, StoreError> {
        let direct: Vec<(String, i64)> = Statement::new(sql::FOLDERS).bind(user).fetch_all(self.reading(user)).await?;
        Ok(Folders::counted(direct))
    }
}

/// Gives entries of which nothing is said what was said of them before; where that is nothing, there is no row.
pub(super) async fn bring_back(
    tx: &mut Transaction,
    user: i64,
    said: impl IntoIterator<Item = (i64, Organisation)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let said: Vec<(i64, Organisation)> =
        said.into_iter().filter(|(_, organisation)| !organisation.is_empty()).collect();
    if said.is_empty() {
        return Ok(());
    }
    let mut insert =
        Statement::new("insert into file_organisation (file_id, user_id, folder, name, note, updated_at) ");
    insert.push_rows(said, |row, (file, organisation)| {
        row.push_bind(file)
            .push_bind(user)
            .push_bind(organisation.folder)
            .push_bind(organisation.name)
            .push_bind(organisation.note)
            .push_bind(now.as_millis());
    });
    insert.execute(&mut *tx).await?;
    Ok(())
}

/// Stores what is said of an entry; nothing said is no row.
async fn put(
    tx: &mut Transaction,
    user: i64,
    file: i64,
    organisation: &Organisation,
    now: Timestamp,
) -> Result<(), StoreError> {
    if organisation.is_empty() {
        Statement::new(sql::DELETE_ORGANISATION).bind(user).bind(file).execute(&mut *tx).await?;
        return Ok(());
    }
    Statement::new(sql::PUT_ORGANISATION)
        .bind(file)
        .bind(user)
        .bind(organisation.folder.as_deref())
        .bind(organisation.name.as_deref())
        .bind(organisation.note.as_deref())
        .bind(now.as_millis())
        .execute(&mut *tx)
        .await?;
    Ok(())
}
