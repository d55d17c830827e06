//! A database that is only looked at, while a server may be working with it: nothing is created, claimed or migrated.

use super::{
    Schema, Store, StoreError,
    database::{Database, Scope},
    postgres, sql,
    sqlite::{Log, MIGRATIONS, SqliteDatabase, address, not_opened},
    statement::Statement,
};
use crate::domain::database_url::{is_postgres, scrub};
use sqlx::sqlite::SqlitePoolOptions;
use std::{cmp::Ordering, path::Path};

impl Store {
    /// Whether there is anything where `url` points; a server is always there.
    pub fn exists(url: &str) -> bool {
        is_postgres(url) || address(url).is_ok_and(|(file, _)| Path::new(file).exists())
    }

    /// Opens the database that `url` names to read it; every write fails.
    ///
    /// # Errors
    /// When there is none, when it cannot be opened, or when its schema is not exactly this program's.
    pub async fn open_read_only(url: &str) -> Result<Self, StoreError> {
        if is_postgres(url) {
            let store = Self(Database::Postgres(postgres::connect(url, 1, true).await?));
            let applied = Statement::new(sql::MIGRATIONS_APPLIED).scalar(store.reading(Scope::Everyone)).await;
            // "42P01": there is no such table; "22023": nor the role that works with it; "42501": it may not be read.
            let absent = ["42P01", "22023", "42501"];
            if let Some(schema) = another_schema(applied, &absent, postgres::MIGRATIONS.iter().count())? {
                return Err(StoreError::AnotherSchema { path: scrub(url), schema });
            }
            store.refuse_half(url).await?;
            return Ok(store);
        }
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
        let applied = sqlx::query_scalar(sql::MIGRATIONS_APPLIED).fetch_one(&reader).await;
        // "1": the statement cannot be prepared, as there is no such table.
        let another = another_schema(applied, &["1"], MIGRATIONS.iter().count());
        if let Some(schema) = another.map_err(|error| not_opened(file, error))? {
            return Err(StoreError::AnotherSchema { path: file.to_owned(), schema });
        }
        let store = Self(Database::Sqlite(SqliteDatabase { writer: reader.clone(), reader, log }));
        store.refuse_half(url).await?;
        Ok(store)
    }
}

/// How the schema differs from this program's, if it does. `absent` are the database's codes for a table that is not there.
fn another_schema(
    applied: Result<i64, sqlx::Error>,
    absent: &[&str],
    known: usize,
) -> Result<Option<Schema>, sqlx::Error> {
    let applied = match applied {
        Ok(applied) => applied,
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| absent.contains(&&*code)) => {
            return Ok(Some(Schema::Foreign));
        }
        Err(error) => return Err(error),
    };
    Ok(match usize::try_from(applied).unwrap_or_default().cmp(&known) {
        Ordering::Equal => None,
        Ordering::Less => Some(Schema::Older),
        Ordering::Greater => Some(Schema::Newer),
    })
}
