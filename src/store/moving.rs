//! Moving house: everything from one database into another, of whichever kind.
//!
//! Tables are copied one after the other in the order of their keys, a portion with each transaction, so that the last
//! key that has arrived says where to go on after an interruption. Then every row is read once more on both sides and
//! compared.

mod row;

use super::{
    Store, StoreError,
    database::{Database, Scope},
    sql,
    statement::Statement,
    tables::{TABLES, Table},
};
use crate::domain::Timestamp;
use row::AnyRow;
use sha2::{Digest, Sha256};

/// Rows of one transaction: with two dozen columns SQLite takes no more at once.
const PORTION: i64 = 1_000;

/// Why nothing, or not everything, was moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the databases.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target has something else in it.
    #[error("The database {target} is not empty: move into a new one, or delete that one first. Nothing was changed.")]
    NotEmpty {
        /// Its address, without secrets.
        target: String,
    },
    /// The target holds a part of another database.
    #[error(
        "The database {target} holds an unfinished move from {from}: finish that one, or move into a new database. Nothing was \
         changed."
    )]
    AnotherMove {
        /// Its address, without secrets.
        target: String,
        /// Where that came from.
        from: String,
    },
    /// A table is not the same on both sides.
    #[error(
        "The table {table} is not the same on both sides ({left} rows in the source, {arrived} in the target): make sure that \
         nobody uses either database, then move into a new one. The source was not changed."
    )]
    Different {
        /// Its name.
        table: &'static str,
        /// Rows in the source.
        left: i64,
        /// Rows in the target.
        arrived: i64,
    },
}

impl From<sqlx::Error> for MoveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A table that was moved and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedTable {
    /// Its name.
    pub name: &'static str,
    /// Its rows.
    pub rows: i64,
}

impl Store {
    /// Where everything was to be moved here from, if that was not finished.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unfinished_move(&self) -> Result<Option<String>, StoreError> {
        let row: Option<(String, Option<i64>)> =
            Statement::new(sql::MOVE).fetch_optional(self.reading(Scope::Everyone)).await?;
        Ok(row.filter(|(_, finished)| finished.is_none()).map(|(source, _)| source))
    }

    /// Copies everything of `source`, which nobody may write meanwhile, into this database, and compares both. `names` are
    /// those of source and target, for people; `told` gets each table once it is compared. After an interruption it goes
    /// on where it was.
    ///
    /// # Errors
    /// When this database is not empty, when either fails, or when they are not the same afterwards.
    pub async fn move_from(
        &self,
        source: &Self,
        (from, to): (&str, &str),
        now: Timestamp,
        mut told: impl FnMut(MovedTable),
    ) -> Result<(), MoveError> {
        self.begin_move(from, to).await?;
        for table in &TABLES {
            self.copy(source, table).await?;
            if let Some(place) = table.refers_to_itself() {
                self.copy_references(source, table, place).await?;
            }
        }
        self.count_on(source).await?;
        for table in &TABLES {
            let (theirs, ours) = tokio::try_join!(source.sum(table), self.sum(table))?;
            if theirs != ours {
                return Err(MoveError::Different { table: table.name, left: theirs.0, arrived: ours.0 });
            }
            told(MovedTable { name: table.name, rows: ours.0 });
        }
        Statement::new(sql::END_MOVE).bind(now.as_millis()).execute(self.writing(Scope::Everyone)).await?;
        Ok(())
    }

    async fn begin_move(&self, from: &str, to: &str) -> Result<(), MoveError> {
        match self.unfinished_move().await? {
            Some(source) if source == from => return Ok(()),
            Some(source) => return Err(MoveError::AnotherMove { target: to.to_owned(), from: source }),
            None => {}
        }
        if Statement::new(sql::IS_LIVED_IN).scalar(self.reading(Scope::Everyone)).await? {
            return Err(MoveError::NotEmpty { target: to.to_owned() });
        }
        let mut transaction = self.begin(Scope::Everyone).await?;
        Statement::new(sql::BEGIN_MOVE).bind(from).execute(&mut transaction).await?;
        // Of a server that was once started on it: what moves in is sealed with another key.
        Statement::new(sql::FORGET_PROOF).execute(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn copy(&self, source: &Self, table: &Table) -> Result<(), MoveError> {
        let last = Statement::new(format!(
            "select {} from {} order by {} desc limit 1",
            table.names(usize::MAX),
            table.name,
            table.names(table.key).replace(", ", " desc, ")
        ));
        let mut last: Option<AnyRow> = last.fetch_optional(self.reading(Scope::Everyone)).await?;
        loop {
            let rows = source.portion(table, last.as_ref(), None).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let names = table.names(usize::MAX);
            let mut insert = Statement::new(format!("insert into {} ({names}) ", table.name));
            insert.push_rows(&rows, |cells, row| row.write(table, table.refers_to_itself(), cells));
            let mut transaction = self.begin(Scope::Everyone).await?;
            insert.execute(&mut transaction).await?;
            transaction.commit().await?;
            last = rows.last().cloned();
        }
    }

    /// What a row says of another of its table can be written once both are there.
    async fn copy_references(&self, source: &Self, table: &Table, place: usize) -> Result<(), MoveError> {
        let column = table.columns[place].0;
        let mut last = None;
        loop {
            let rows = source.portion(table, last.as_ref(), Some(column)).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut update = Statement::new("with said (entry, original) as (");
            update.push_rows(&rows, |cells, row| {
                cells.push_bind(row.number(0)).push_bind(row.number(place));
            });
            update.push(format!(
                ") update {0} set {column} = said.original from said where {0}.id = said.entry",
                table.name
            ));
            let mut transaction = self.begin(Scope::Everyone).await?;
            update.execute(&mut transaction).await?;
            transaction.commit().await?;
            last = rows.last().cloned();
        }
    }

    /// Rows behind a key, in the order of keys; those alone that have something in a column, if one is named.
    async fn portion(
        &self,
        table: &Table,
        after: Option<&AnyRow>,
        with: Option<&str>,
    ) -> Result<Vec<AnyRow>, sqlx::Error> {
        let key = table.names(table.key);
        let mut select = Statement::new(format!("select {} from {} where true", table.names(usize::MAX), table.name));
        if let Some(row) = after {
            let mut before = format!(" and ({key}) > (");
            for value in row.key(table) {
                select.push(std::mem::replace(&mut before, ", ".to_owned())).push_bind(value);
            }
            select.push(")");
        }
        if let Some(column) = with {
            select.push(format!(" and {column} is not null"));
        }
        select.push(format!(" order by {key} limit ")).push_bind(PORTION);
        select.fetch_all(self.reading(Scope::Everyone)).await
    }

    /// How many rows a table has, and the sum of all.
    async fn sum(&self, table: &Table) -> Result<(i64, Vec<u8>), sqlx::Error> {
        let (mut rows, mut sum) = (0, Sha256::new());
        let mut last = None;
        loop {
            let portion = self.portion(table, last.as_ref(), None).await?;
            for row in &portion {
                row.add_to(table, &mut sum);
                rows += 1;
            }
            match portion.into_iter().next_back() {
                Some(row) => last = Some(row),
                None => return Ok((rows, sum.finalize().to_vec())),
            }
        }
    }

    /// Sees to it that no number that a row had is given to another.
    async fn count_on(&self, source: &Self) -> Result<(), MoveError> {
        for table in sql::COUNTED_TABLES {
            let highest = source.last_number(table).await?.max(self.last_number(table).await?);
            match &self.0 {
                _ if highest == 0 => {}
                Database::Sqlite(_) => {
                    for statement in [sql::COUNT_ON, sql::COUNT_FROM] {
                        let statement = Statement::new(statement).bind(table).bind(highest);
                        if statement.execute(self.writing(Scope::Everyone)).await? > 0 {
                            break;
                        }
                    }
                }
                Database::Postgres(database) => database.count_on(table, highest).await?,
            }
        }
        Ok(())
    }

    /// The last number that a row of a table was given.
    async fn last_number(&self, table: &str) -> Result<i64, sqlx::Error> {
        match &self.0 {
            Database::Sqlite(_) => {
                let last = Statement::new(sql::LAST_NUMBER).bind(table);
                Ok(last.optional_scalar(self.reading(Scope::Everyone)).await?.unwrap_or(0))
            }
            Database::Postgres(database) => database.last_number(table).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{BeforeWrite, tables::LEFT_BEHIND};
    use std::{
        collections::{BTreeMap, BTreeSet},
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    #[tokio::test]
    async fn a_move_that_has_begun_has_forgotten_the_key_of_a_server_that_was_there_before() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("dmm.db").display());
        let writes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&writes);
        let before: BeforeWrite = Arc::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(std::future::ready(()))
        });
        let store = Store::open_watched(&url, Some(before)).await.unwrap();
        Statement::new(sql::PUT_PROOF).bind("x").execute(store.writing(Scope::Everyone)).await.unwrap();
        writes.store(0, Ordering::Relaxed);
        store.begin_move("here", "there").await.unwrap();
        assert_eq!(
            writes.load(Ordering::Relaxed),
            1,
            "between two it can be killed, and then goes on without the second"
        );
        assert_eq!(store.unfinished_move().await.unwrap().as_deref(), Some("here"));
        let proof: Option<String> =
            Statement::new(sql::PROOF).optional_scalar(store.reading(Scope::Everyone)).await.unwrap();
        assert_eq!(proof, None);
    }

    #[tokio::test]
    async fn no_table_and_no_column_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "select t.name, c.name, c.pk from sqlite_master t join pragma_table_info(t.name) c \
             where t.type = 'table' and t.name not like 'sqlite%'",
        )
        .fetch_all(store.reader())
        .await
        .unwrap();
        let mut there: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for (table, column, key) in rows.into_iter().filter(|(table, ..)| !LEFT_BEHIND.contains(&table.as_str())) {
            let (columns, keys) = there.entry(table).or_default();
            if key > 0 {
                keys.insert(column.clone());
            }
            columns.insert(column);
        }
        let moved: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = TABLES
            .iter()
            .map(|table| {
                let names = |most| table.columns.iter().take(most).map(|(name, _)| (*name).to_owned()).collect();
                (table.name.to_owned(), (names(usize::MAX), names(table.key)))
            })
            .collect();
        assert_eq!(moved, there);
    }
}
