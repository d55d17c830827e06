//! The floor: the least that can be done to have the same rows in the same schema.
//!
//! The same requests one after the other, their bodies read into the wire's own structs, and every row inserted with
//! one prepared statement in one transaction over a connection with the same pragmas. It plans nothing, marks nothing,
//! counts nothing, shows nothing, cannot be paused and stores no run. The values that a row must have are computed as
//! cheaply as they can be; [`same_rows`](crate::same_rows) checks that they are the same.

use crate::{
    Job, Result,
    asker::{Asker, PAGE_ROWS},
    measure::Sample,
};
use dmm::{
    clock::Clock,
    domain::Timestamp,
    real_debrid::wire::{Download, Torrent, User},
    store::{Service, Store},
};
use serde::de::DeserializeOwned;
use sqlx::{Arguments as _, AssertSqlSafe, Sqlite, SqlitePool, pool::PoolConnection, sqlite::SqliteArguments};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;

/// Rows of one execution of the statement. sqlx hands every execution to a thread of its own, and with one row each
/// that hand-over would cost more than the row; of 1, 10, 50, 200 and 500 rows this was the fastest.
const ROWS_PER_EXECUTION: usize = 200;
/// Rows of a sync's batch, see [`ours`](crate::ours).
const BATCH_ROWS: usize = 500;
const COLUMNS: usize = 19;

macro_rules! bind {
    ($to:expr, $($value:expr),*) => { $($to.add($value)?;)* };
}

/// Fetches, parses and inserts everything, and measures it.
pub(crate) async fn run(job: &Job, commit: Commit) -> Result<Sample> {
    let clock = Clock::system();
    let store = Store::open(&job.database).await?;
    let user = store.put_user(Service::Demo, job.account, "bench", None, clock.now()).await?.id;
    let mut asker = Asker::new(&job.api_url);
    let begun = clock.elapsed();
    asker.get::<User>("user").await?;
    let mut writer = Writer::new(store.writer(), commit, user, clock.now().as_millis()).await?;
    let torrents = list::<Torrent>(&mut asker, "torrents", &mut writer).await?;
    let downloads = list::<Download>(&mut asker, "downloads", &mut writer).await?;
    writer.end().await?;
    let took = clock.elapsed().saturating_sub(begun);
    let sample = Sample::of_this_process(took, asker.requests, torrents + downloads)?;
    store.close().await;
    Ok(sample)
}

/// All pages of a list, and its head once more, as a sync has to.
async fn list<R: DeserializeOwned + Row>(asker: &mut Asker, path: &str, writer: &mut Writer) -> Result<i64> {
    let mut page = 1;
    let mut read = 0;
    loop {
        let (rows, total) = asker.get::<Vec<R>>(&format!("{path}?page={page}&limit={PAGE_ROWS}")).await?;
        read += rows.len();
        writer.insert(rows).await?;
        if read >= total {
            break;
        }
        page += 1;
    }
    if page > 1 {
        asker.get::<Vec<R>>(&format!("{path}?page=1&limit=1")).await?;
    }
    Ok(i64::try_from(read)?)
}

/// How often what was inserted is made to stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// At the end: the floor.
    Once,
    /// After every batch, as a sync must that can be stopped at any time: what that alone costs.
    EveryBatch,
}

/// The transaction with its one statement.
struct Writer {
    connection: PoolConnection<Sqlite>,
    commit: Commit,
    user: i64,
    now: i64,
    rows_per_execution: usize,
    /// The statement for a full execution.
    statement: Arc<str>,
}

impl Writer {
    async fn new(pool: &SqlitePool, commit: Commit, user: i64, now: i64) -> Result<Self> {
        let rows_per_execution = if commit == Commit::Once { ROWS_PER_EXECUTION } else { BATCH_ROWS };
        let statement = insert(rows_per_execution).into();
        let mut writer = Self { connection: pool.acquire().await?, commit, user, now, rows_per_execution, statement };
        writer.say("begin immediate").await?;
        Ok(writer)
    }

    async fn insert<R: Row>(&mut self, rows: Vec<R>) -> Result<()> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let count = rows.len().min(self.rows_per_execution);
            let statement =
                if count == self.rows_per_execution { Arc::clone(&self.statement) } else { insert(count).into() };
            let mut arguments = SqliteArguments::default();
            arguments.reserve(count * COLUMNS, 0);
            for row in rows.by_ref().take(count) {
                let shared = Shared { user: self.user, now: self.now };
                row.bind(shared, &mut arguments)?;
            }
            sqlx::query_with(AssertSqlSafe(statement), arguments).execute(&mut *self.connection).await?;
            if self.commit == Commit::EveryBatch {
                self.say("commit").await?;
                self.say("begin immediate").await?;
            }
        }
        Ok(())
    }

    async fn end(mut self) -> Result<()> {
        self.say("commit").await
    }

    async fn say(&mut self, statement: &'static str) -> Result<()> {
        sqlx::query(statement).execute(&mut *self.connection).await?;
        Ok(())
    }
}

fn insert(rows: usize) -> String {
    let row = format!("({})", vec!["?"; COLUMNS].join(","));
    format!(
        "insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, mime_type, \
         sha1_hash, status, progress, download_url, source_link, added_at, added_raw, ended_at, fingerprint, \
         written_by_run, created_at, updated_at) values {}",
        vec![row; rows].join(",")
    )
}

#[derive(Clone, Copy)]
struct Shared {
    user: i64,
    now: i64,
}

trait Row {
    fn bind(self, shared: Shared, to: &mut SqliteArguments) -> Result<()>;
}

impl Row for Torrent {
    fn bind(self, shared: Shared, to: &mut SqliteArguments) -> Result<()> {
        let search_name = search_name(&self.filename);
        let mime_type = mime_guess::from_path(&self.filename).first_raw();
        let added = self.added.parse::<Timestamp>()?.as_millis();
        let ended = self.ended.map(|ended| ended.parse::<Timestamp>()).transpose()?.map(Timestamp::as_millis);
        bind!(to, shared.user, self.id, "torrent", self.filename, search_name, self.bytes, mime_type);
        bind!(to, self.hash, self.status, self.progress, None::<String>, None::<String>, added, self.added, ended);
        bind!(to, 0_i64, 1_i64, shared.now, shared.now);
        Ok(())
    }
}

impl Row for Download {
    fn bind(self, shared: Shared, to: &mut SqliteArguments) -> Result<()> {
        let search_name = search_name(&self.filename);
        let generated = self.generated.parse::<Timestamp>()?.as_millis();
        bind!(to, shared.user, self.id, "download", self.filename, search_name, self.filesize, self.mime_type);
        bind!(to, None::<String>, "downloaded", 100_f64, self.download, self.link, generated, self.generated);
        bind!(to, None::<i64>, 0_i64, 1_i64, shared.now, shared.now);
        Ok(())
    }
}

fn search_name(name: &str) -> String {
    let lower: String =
        if name.is_ascii() { name.to_ascii_lowercase() } else { name.nfkc().flat_map(char::to_lowercase).collect() };
    let separators: &[char] = &['.', '_', '-', '+', '[', ']', '(', ')', '{', '}', ',', ' '];
    let words: Vec<&str> = lower.split(separators).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { lower } else { words.join(" ") }
}
