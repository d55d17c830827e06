//! A PostgreSQL on this machine that the bench may fill: `make bench` starts one for it and stops it.

use crate::{Result, measure};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// What decides how dear a write is.
const SETTINGS: [&str; 7] = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
    "autovacuum",
];

/// The server, by the address of one of its databases.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    address: String,
}

impl Cluster {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned() }
    }

    /// The address of another database, which opening it makes.
    pub(crate) fn database(&self, name: &str) -> String {
        let server = self.address.rsplit_once('/').map_or(&*self.address, |(server, _)| server);
        format!("{server}/{}", own_name(name))
    }

    /// What the server is and how it writes. One that promises less than SQLite does here is not measured.
    pub(crate) async fn description(&self) -> Result<String> {
        let mut connection = PgConnection::connect(&self.address).await?;
        let mut settings = Vec::new();
        for name in SETTINGS {
            let value: String =
                sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(&mut connection).await?;
            if matches!(name, "fsync" | "synchronous_commit") && value != "on" {
                return Err(format!("this PostgreSQL has {name} = {value}, so its commits are not comparable").into());
            }
            settings.push(format!("{name} {value}"));
        }
        let version: String =
            sqlx::query_scalar("select current_setting('server_version')").fetch_one(&mut connection).await?;
        Ok(format!("PostgreSQL {version}: {}.", settings.join(", ")))
    }

    /// Has the server write down what it holds, so that no run pays for what another one left.
    pub(crate) async fn settle(&self) -> Result<()> {
        self.say("checkpoint".to_owned()).await
    }

    /// Drops a database.
    pub(crate) async fn remove(&self, name: &str) -> Result<()> {
        self.say(format!("drop database if exists {} with (force)", own_name(name))).await
    }

    async fn say(&self, statement: String) -> Result<()> {
        let mut connection = PgConnection::connect(&self.address).await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        Ok(())
    }
}

/// A name that cannot be another one's: the bench drops what has it.
fn own_name(name: &str) -> String {
    format!("dmm_bench_{}", name.replace('-', "_"))
}

/// What the server's own processes took for a run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Spent {
    /// Processor time of all of them, user and system.
    pub(crate) cpu_millis: f64,
    /// What they wrote into the write-ahead log, in bytes.
    pub(crate) log_bytes: f64,
}

/// Notes what a server spends; nothing where the database is a file.
pub(crate) struct Meter(Option<Reader>);

impl Meter {
    /// Begins.
    pub(crate) async fn start(database: &str) -> Result<Self> {
        if !dmm::domain::database_url::is_postgres(database) {
            return Ok(Self(None));
        }
        let mut connection = PgConnection::connect(database).await?;
        let process: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await?;
        let postmaster = measure::parent_of(process)?;
        let mut reader = Reader { connection, postmaster, before: Spent { cpu_millis: 0.0, log_bytes: 0.0 } };
        reader.before = reader.read().await?;
        Ok(Self(Some(reader)))
    }

    /// Gives what was spent since.
    pub(crate) async fn stop(self) -> Result<Option<Spent>> {
        let Some(mut reader) = self.0 else { return Ok(None) };
        let (before, now) = (reader.before, reader.read().await?);
        Ok(Some(Spent { cpu_millis: now.cpu_millis - before.cpu_millis, log_bytes: now.log_bytes - before.log_bytes }))
    }
}

struct Reader {
    connection: PgConnection,
    postmaster: i32,
    before: Spent,
}

impl Reader {
    async fn read(&mut self) -> Result<Spent> {
        let cpu_millis = measure::of_family(self.postmaster)?;
        let log_bytes = sqlx::query_scalar("select (pg_current_wal_insert_lsn() - '0/0')::float8")
            .fetch_one(&mut self.connection)
            .await?;
        Ok(Spent { cpu_millis, log_bytes })
    }
}
