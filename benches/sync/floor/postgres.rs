//! The floor of PostgreSQL: `COPY`, which no other way of writing rows is faster than, past the policies (it is refused
//! behind them) but not past the indexes, checks, references and triggers of the schema.

use super::{
    BATCH_ROWS, Commit, Sink, read_all,
    rows::{COLUMNS, Cell, Cells, Row, Shared},
};
use crate::{Job, Result, asker::Asker, cluster::Meter, measure::Sample};
use dmm::{
    clock::Clock,
    store::{Service, Store},
};
use sqlx::{Connection as _, PgConnection, postgres::PgCopyIn};
use std::io::Write as _;

/// Fetches, parses and copies everything, and measures it.
pub(super) async fn run(job: &Job, commit: Commit) -> Result<Sample> {
    let clock = Clock::system();
    let store = Store::open(&job.database).await?;
    let user = store.put_user(Service::Demo, job.account, "bench", None, clock.now()).await?.id;
    store.close().await;
    let mut connection = PgConnection::connect(&job.database).await?;
    let mut asker = Asker::new(&job.api_url);
    let shared = Shared { user, now: clock.now().as_millis() };
    let meter = Meter::start(&job.database).await?;
    let begun = clock.elapsed();
    let rows = match commit {
        Commit::Once => {
            let mut whole = Whole { copy: connection.copy_in_raw(&copy()).await?, shared };
            let rows = read_all(&mut asker, &mut whole).await?;
            whole.copy.finish().await?;
            rows
        }
        Commit::EveryBatch => {
            let mut batches = Batches { connection: &mut connection, shared };
            read_all(&mut asker, &mut batches).await?
        }
    };
    let took = clock.elapsed().saturating_sub(begun);
    Sample::of_this_process(took, asker.requests, rows, meter.stop().await?)
}

fn copy() -> String {
    format!("copy files ({COLUMNS}) from stdin")
}

/// One `COPY`, which is one transaction: the server takes in a page while the next one is asked for.
struct Whole<'c> {
    copy: PgCopyIn<&'c mut PgConnection>,
    shared: Shared,
}

impl Sink for Whole<'_> {
    async fn write<R: Row>(&mut self, rows: Vec<R>) -> Result<()> {
        self.copy.send(Lines::of(rows, self.shared)?).await?;
        Ok(())
    }
}

/// One for every batch.
struct Batches<'c> {
    connection: &'c mut PgConnection,
    shared: Shared,
}

impl Sink for Batches<'_> {
    async fn write<R: Row>(&mut self, rows: Vec<R>) -> Result<()> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let lines = Lines::of(rows.by_ref().take(BATCH_ROWS), self.shared)?;
            let mut batch = self.connection.copy_in_raw(&copy()).await?;
            batch.send(lines).await?;
            batch.finish().await?;
        }
        Ok(())
    }
}

/// Rows as `COPY` reads them: a line each, with tabs between the values.
struct Lines(Vec<u8>);

impl Lines {
    fn of<R: Row>(rows: impl IntoIterator<Item = R>, shared: Shared) -> Result<Vec<u8>> {
        let mut lines = Self(Vec::new());
        for row in rows {
            row.cells(shared, &mut lines)?;
            // Instead of the tab behind the last value.
            if let Some(last) = lines.0.last_mut() {
                *last = b'\n';
            }
        }
        Ok(lines.0)
    }
}

impl Cells for Lines {
    fn put(&mut self, cell: Cell) -> Result<()> {
        match cell {
            Cell::Integer(Some(value)) => write!(self.0, "{value}")?,
            Cell::Real(value) => write!(self.0, "{value}")?,
            Cell::Text(Some(value)) => value.bytes().for_each(|byte| push_escaped(&mut self.0, byte)),
            Cell::Integer(None) | Cell::Text(None) => self.0.extend_from_slice(b"\\N"),
        }
        self.0.push(b'\t');
        Ok(())
    }
}

fn push_escaped(line: &mut Vec<u8>, byte: u8) {
    let escape = match byte {
        b'\\' => b'\\',
        b'\t' => b't',
        b'\n' => b'n',
        b'\r' => b'r',
        _ => return line.push(byte),
    };
    line.extend([b'\\', escape]);
}
