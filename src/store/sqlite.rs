//! What is special about SQLite: how it is opened and what it is told first.

use super::{StoreError, error::is_damage, sql};
use crate::domain::database_url::scrub;
use sqlx::{
    Connection, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Reads at the same time; more would only queue at the disk.
const READERS: u32 = 8;

/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 16;

/// Bytes of log at which it is emptied by force. SQLite empties it by itself only in a moment when nobody reads, and
/// where somebody always reads, that moment never comes: the log would grow with all that is written.
const LONGEST_LOG: u64 = 288 << 20;

/// The open file; clones share it. SQLite has one writer: writes go through a pool of one connection and reads through a
/// read-only pool of their own, so that a page never waits behind a batch.
#[derive(Debug, Clone)]
pub(super) struct SqliteDatabase {
    pub(super) writer: SqlitePool,
    pub(super) reader: SqlitePool,
    pub(super) log: Log,
}

impl SqliteDatabase {
    /// A transaction that holds the write lock from the start.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.log.shorten(&self.writer).await;
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }
}

/// The write-ahead log.
#[derive(Debug, Clone)]
pub(super) struct Log {
    path: PathBuf,
    longest: u64,
    /// The length at which the next attempt is due.
    due_at: Arc<AtomicU64>,
}

impl Log {
    pub(super) fn beside(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), longest: LONGEST_LOG, due_at: Arc::new(AtomicU64::new(LONGEST_LOG)) }
    }

    /// Empties the log when it is too long. Whoever reads from it is waited for; who comes later reads past it. Where
    /// somebody reads for longer than is waited, a backup for instance, the next attempt is made when the log has grown by
    /// a quarter more, so that writes do not wait again and again.
    pub(super) async fn shorten(&self, writer: &SqlitePool) {
        let length = std::fs::metadata(&self.path).map_or(0, |log| log.len());
        if length <= self.due_at.load(Ordering::Relaxed) {
            return;
        }
        let emptied: Result<(i64, i64, i64), sqlx::Error> = sqlx::query_as(sql::EMPTY_LOG).fetch_one(writer).await;
        let due_at = match emptied {
            Ok((0, ..)) => self.longest,
            failed => {
                tracing::warn!(length, result = ?failed, "the write-ahead log could not be emptied");
                length + self.longest / 4
            }
        };
        self.due_at.store(due_at, Ordering::Relaxed);
    }
}

/// Waited for when a write asks for the connection.
pub type BeforeWrite = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The file that `url` names, and how a connection to it is asked for.
pub(super) fn address(url: &str) -> Result<(&str, SqliteConnectOptions), StoreError> {
    let path = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()).ok_or_else(|| StoreError::Address {
        url: scrub(url),
        reason: "other databases are not supported.".to_owned(),
    })?;
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| StoreError::Address { url: scrub(url), reason: error.to_string() })?;
    Ok((path.split('?').next().unwrap_or(path), options))
}

pub(super) async fn open(url: &str, before_write: Option<BeforeWrite>) -> Result<SqliteDatabase, StoreError> {
    let (file, options) = address(url)?;
    let options = options
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would lose every batch since the last checkpoint in a power cut; FULL loses the one in flight.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        // 32 MiB of pages, so that the indexes of a large library stay in memory while a batch is written.
        .pragma("cache_size", "-32768")
        // Every batch touches most pages of the indexes in random order. With 256 MiB of log before a checkpoint (SQLite's
        // own measure is 4 MiB) such a page is carried into the database once for many batches, not after each.
        .pragma("wal_autocheckpoint", "65536")
        .pragma("journal_size_limit", "67108864")
        .pragma("temp_store", "MEMORY")
        // Statements with a list of values are hardly ever the same twice, and a large one takes a megabyte.
        .statement_cache_capacity(STATEMENTS);
    if let Some(folder) = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Open { path: file.to_owned(), reason: error.to_string() })?;
    }
    let log = Log::beside(options.get_filename());
    let failed = |error| not_opened(file, error);
    let mut writer = SqlitePoolOptions::new()
        .max_connections(1)
        // A batch of another account may hold the connection; the longest of them is far shorter than this.
        .acquire_timeout(Duration::from_mins(1))
        // SQLite ends a transaction by itself when the disk is full or fails. sqlx does not notice and would refuse
        // every later transaction on this connection, so such a connection is thrown away.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        });
    if let Some(before_write) = before_write {
        writer = writer.before_acquire(move |_, _| {
            let pass = before_write();
            Box::pin(async move {
                pass.await;
                Ok(true)
            })
        });
    }
    let writer = writer.connect_with(options.clone()).await.map_err(failed)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(READERS)
        // Eight caches of the writer's size would be most of the memory; the system caches the file anyway.
        .connect_with(options.create_if_missing(false).read_only(true).pragma("cache_size", "-2048"))
        .await
        .map_err(failed)?;
    MIGRATIONS.run(&writer).await.map_err(|error| StoreError::migration(url, error))?;
    Ok(SqliteDatabase { writer, reader, log })
}

/// Why a database could not be opened.
pub(super) fn not_opened(file: &str, error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) if is_damage(error.code().as_deref()) => {
            StoreError::Damaged { path: file.to_owned(), reason: error.message().to_owned() }
        }
        sqlx::Error::Database(error) => StoreError::Open { path: file.to_owned(), reason: error.message().to_owned() },
        error => StoreError::Open { path: file.to_owned(), reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, database::Database};

    #[tokio::test(flavor = "multi_thread")]
    async fn the_log_stays_short_although_somebody_always_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dmm.db");
        let mut database = open(&format!("sqlite://{}", file.display()), None).await.unwrap();
        let store = Store(Database::Sqlite(database.clone()));
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let pool = database.reader.clone();
                tokio::spawn(async move {
                    loop {
                        let mut tx = pool.begin().await.unwrap();
                        sqlx::query("select count(*) from users").execute(&mut *tx).await.unwrap();
                        std::thread::sleep(Duration::from_millis(3));
                        sqlx::query("select count(*) from files").execute(&mut *tx).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        let mut lengths = Vec::new();
        for (number, longest) in (0..300).map(|number| (number, if number < 200 { u64::MAX } else { 200_000 })) {
            database.log.longest = longest;
            if longest < database.log.due_at.load(Ordering::Relaxed) {
                database.log.due_at.store(longest, Ordering::Relaxed);
            }
            let now = crate::domain::Timestamp::from_millis(number);
            store.put_user(crate::store::Service::Demo, number, "somebody", None, now).await.unwrap();
            database.begin().await.unwrap().commit().await.unwrap();
            lengths.push(std::fs::metadata(&database.log.path).unwrap().len());
        }
        readers.iter().for_each(tokio::task::JoinHandle::abort);
        assert!(lengths[199] > 400_000, "so little was written that nothing was proved: {lengths:?}");
        assert!(lengths[200..].iter().all(|length| *length < 300_000), "the log grows: {lengths:?}");
    }

    #[tokio::test]
    async fn a_reader_that_stays_for_long_holds_up_one_write_and_not_every_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = open(&format!("sqlite://{}", folder.path().join("dmm.db").display()), None).await.unwrap();
        let store = Store(Database::Sqlite(database.clone()));
        sqlx::raw_sql("pragma busy_timeout = 200").execute(&database.writer).await.unwrap();
        let mut backup = database.reader.begin().await.unwrap();
        sqlx::query("select count(*) from users").execute(&mut *backup).await.unwrap();
        database.log.longest = 400_000;
        database.log.due_at.store(0, Ordering::Relaxed);
        let mut attempts = 0;
        for number in 0..20 {
            let now = crate::domain::Timestamp::from_millis(number);
            store.put_user(crate::store::Service::Demo, number, "somebody", None, now).await.unwrap();
            let due_at = database.log.due_at.load(Ordering::Relaxed);
            database.begin().await.unwrap().commit().await.unwrap();
            attempts += usize::from(database.log.due_at.load(Ordering::Relaxed) != due_at);
        }
        assert!((1..=5).contains(&attempts), "{attempts} attempts in 20 writes");
    }
}
