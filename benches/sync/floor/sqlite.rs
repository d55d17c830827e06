//! The floor of SQLite: one prepared statement over a connection with the same pragmas.

use super::{
    BATCH_ROWS, Commit, Sink, read_all,
    rows::{COLUMN_COUNT, COLUMNS, Cell, Cells, Row, Shared},
};
use crate::{Job, Result, asker::Asker, measure::Sample};
use dmm::{
    clock::Clock,
    store::{Service, Store},
};
use sqlx::{Arguments as _, AssertSqlSafe, Sqlite, SqlitePool, pool::PoolConnection, sqlite::SqliteArguments};
use std::{borrow::Cow, sync::Arc};

/// Rows of one execution of the statement. sqlx hands every execution to a thread of its own, and with one row each
/// that hand-over would cost more than the row; of 1, 10, 50, 200 and 500 rows this was the fastest.
const ROWS_PER_EXECUTION: usize = 200;

/// Fetches, parses and inserts everything, and measures it.
pub(super) async fn run(job: &Job, commit: Commit) -> Result<Sample> {
    let clock = Clock::system();
    let store = Store::open(&job.database).await?;
    let user = store.put_user(Service::Demo, job.account, "bench", None, clock.now()).await?.id;
    let mut asker = Asker::new(&job.api_url);
    let begun = clock.elapsed();
    let shared = Shared { user, now: clock.now().as_millis() };
    let mut writer = Writer::new(store.writer(), commit, shared).await?;
    let rows = read_all(&mut asker, &mut writer).await?;
    writer.end().await?;
    let took = clock.elapsed().saturating_sub(begun);
    let sample = Sample::of_this_process(took, asker.requests, rows, None)?;
    store.close().await;
    Ok(sample)
}

/// The transaction with its one statement.
struct Writer {
    connection: PoolConnection<Sqlite>,
    commit: Commit,
    shared: Shared,
    rows_per_execution: usize,
    /// The statement for a full execution.
    statement: Arc<str>,
}

impl Writer {
    async fn new(pool: &SqlitePool, commit: Commit, shared: Shared) -> Result<Self> {
        let rows_per_execution = if commit == Commit::Once { ROWS_PER_EXECUTION } else { BATCH_ROWS };
        let statement = insert(rows_per_execution).into();
        let mut writer = Self { connection: pool.acquire().await?, commit, shared, rows_per_execution, statement };
        writer.say("begin immediate").await?;
        Ok(writer)
    }

    async fn end(mut self) -> Result<()> {
        self.say("commit").await
    }

    async fn say(&mut self, statement: &'static str) -> Result<()> {
        sqlx::query(statement).execute(&mut *self.connection).await?;
        Ok(())
    }
}

impl Sink for Writer {
    async fn write<R: Row>(&mut self, rows: Vec<R>) -> Result<()> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let count = rows.len().min(self.rows_per_execution);
            let statement =
                if count == self.rows_per_execution { Arc::clone(&self.statement) } else { insert(count).into() };
            let mut arguments = SqliteArguments::default();
            arguments.reserve(count * COLUMN_COUNT, 0);
            for row in rows.by_ref().take(count) {
                row.cells(self.shared, &mut arguments)?;
            }
            sqlx::query_with(AssertSqlSafe(statement), arguments).execute(&mut *self.connection).await?;
            if self.commit == Commit::EveryBatch {
                self.say("commit").await?;
                self.say("begin immediate").await?;
            }
        }
        Ok(())
    }
}

impl Cells for SqliteArguments {
    fn put(&mut self, cell: Cell) -> Result<()> {
        match cell {
            Cell::Integer(value) => self.add(value),
            Cell::Text(value) => self.add(value.map(Cow::into_owned)),
            Cell::Real(value) => self.add(value),
        }
    }
}

fn insert(rows: usize) -> String {
    let row = format!("({})", vec!["?"; COLUMN_COUNT].join(","));
    format!("insert into files ({COLUMNS}) values {}", vec![row; rows].join(","))
}
