//! A database that is only looked at, while a server may be working with it: nothing is created, claimed or migrated.

use super::{
    Schema, Store, StoreError, sql,
    sqlite::{Log, MIGRATIONS, address, not_opened},
};
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use std::{cmp::Ordering, path::Path};

impl Store {
    /// Whether there is anything where `url` points.
    pub fn exists(url: &str) -> bool {
        address(url).is_ok_and(|(file, _)| Path::new(file).exists())
    }

    /// Opens the database that `url` names to read it; every write fails.
    ///
    /// # Errors
    /// When there is none, when it cannot be opened, or when its schema is not exactly this program's.
    pub async fn open_read_only(url: &str) -> Result<Self, StoreError> {
        let (file, options) = address(url)?;
        if !Path::new(file).exists() {
            return Err(StoreError::Missing { path: file.to_owned() });
        }
        let log = Log::beside(options.get_filename());
        let reader = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await
            .map_err(|error| not_opened(file, error))?;
        if let Some(schema) = another_schema(&reader).await.map_err(|error| not_opened(file, error))? {
            return Err(StoreError::AnotherSchema { path: file.to_owned(), schema });
        }
        Ok(Self { writer: reader.clone(), reader, log })
    }
}

/// How the schema differs from this program's, if it does.
async fn another_schema(reader: &SqlitePool) -> Result<Option<Schema>, sqlx::Error> {
    let applied: i64 = match sqlx::query_scalar(sql::MIGRATIONS_APPLIED).fetch_one(reader).await {
        Ok(applied) => applied,
        // SQLite's code for a statement that cannot be prepared: there is no such table.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("1") => return Ok(Some(Schema::Foreign)),
        Err(error) => return Err(error),
    };
    let known = MIGRATIONS.iter().count();
    Ok(match usize::try_from(applied).unwrap_or_default().cmp(&known) {
        Ordering::Equal => None,
        Ordering::Less => Some(Schema::Older),
        Ordering::Greater => Some(Schema::Newer),
    })
}
