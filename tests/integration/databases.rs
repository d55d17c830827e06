//! The databases that tests work on: a SQLite file in a folder, or a database of its own in the PostgreSQL that
//! `scripts/test.sh` starts. With `DMM_TEST_DATABASE=postgres` every house stands on PostgreSQL.

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use std::{
    path::Path,
    str::FromStr,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The number of the next database of this process.
static NEXT: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::disallowed_methods, reason = "it is a setting of the test and not of the program")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// An address for a house with this folder.
pub(crate) async fn address(folder: &Path) -> String {
    if setting("DMM_TEST_DATABASE").as_deref() == Some("postgres") { postgres().await } else { sqlite(folder) }
}

/// A file in a folder.
pub(crate) fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("dmm.db").display())
}

/// An empty database of its own in the PostgreSQL of the tests.
pub(crate) async fn postgres() -> String {
    let server = server();
    let name = format!("dmm_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server).await.expect("the PostgreSQL of the tests answers");
    sqlx::raw_sql(AssertSqlSafe(format!("create database {name} template template0")))
        .execute(&mut connection)
        .await
        .expect("a database is made");
    connection.close().await.expect("it closes");
    let (address, _) = server.rsplit_once('/').expect("an address ends in the name of a database");
    format!("{address}/{name}")
}

/// Drops a database that holds much.
pub(crate) async fn forget(url: &str) {
    let name = url.rsplit_once('/').expect("the name of a database").1;
    let mut connection = PgConnection::connect(&server()).await.expect("the PostgreSQL of the tests answers");
    let gone =
        sqlx::raw_sql(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut connection).await;
    gone.expect("the database is dropped");
}

/// The address of the tests' PostgreSQL as its owner, who may do anything.
pub(crate) fn server() -> String {
    setting("DMM_TEST_POSTGRES")
        .expect("DMM_TEST_POSTGRES is the address that `scripts/postgres.sh start` prints; `make test` sets it")
}

/// The address of a pooler in front of it that gives every transaction another connection.
pub(crate) fn pooler() -> String {
    setting("DMM_TEST_POOLER").expect("DMM_TEST_POOLER is the address that `scripts/postgres.sh pool` prints")
}

/// A number from the database, of whichever account.
pub(crate) async fn number(url: &str, sql: &'static str) -> i64 {
    if url.starts_with("sqlite:") {
        let mut connection = sqlite_connection(url).await;
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number")
    } else {
        let mut connection = postgres_connection(url).await;
        // In one message, which a pooler cannot take apart.
        sqlx::raw_sql(sql).fetch_one(&mut connection).await.expect("a number").get(0)
    }
}

/// Changes the database behind DMM's back.
pub(crate) async fn change(url: &str, sql: &'static str) {
    if url.starts_with("sqlite:") {
        sqlx::raw_sql(sql).execute(&mut sqlite_connection(url).await).await.expect("it changes");
    } else {
        sqlx::raw_sql(sql).execute(&mut postgres_connection(url).await).await.expect("it changes");
    }
}

/// From now on the database refuses rows: `event` is what happens to which table (`insert on files`), `condition` says of
/// which `new` rows.
pub(crate) async fn refuse(url: &str, event: &str, condition: &str) {
    if url.starts_with("sqlite:") {
        let trigger = format!(
            "create trigger refuse before {event} when {condition} \
             begin select raise(abort, 'refused for the test'); end"
        );
        let done = sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut sqlite_connection(url).await).await;
        done.expect("it refuses");
    } else {
        let trigger = format!(
            "create or replace function refuse() returns trigger language plpgsql as \
             $$ begin raise exception 'refused for the test' using errcode = 'check_violation'; end $$; \
             create trigger refuse before {event} for each row when ({condition}) execute function refuse()"
        );
        let done = sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut postgres_connection(url).await).await;
        done.expect("it refuses");
    }
}

/// From now on every change of a table of PostgreSQL fails with one of its codes, as [`allow`] ends it:
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
pub(crate) async fn fail(url: &str, table: &str, code: &str) {
    let trigger = format!(
        "create or replace function fail_{code}() returns trigger language plpgsql as \
         $$ begin raise exception 'failed for the test' using errcode = '{code}'; end $$; \
         create trigger refuse before insert or update or delete on {table} \
         for each statement execute function fail_{code}()"
    );
    let done = sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut postgres_connection(url).await).await;
    done.expect("it fails");
}

/// It refuses no more changes of a table.
pub(crate) async fn allow(url: &str, table: &str) {
    if url.starts_with("sqlite:") {
        change(url, "drop trigger refuse").await;
    } else {
        let drop = format!("drop trigger refuse on {table}");
        let done = sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut postgres_connection(url).await).await;
        done.expect("it allows");
    }
}

pub(crate) async fn sqlite_connection(url: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::from_str(url).expect("an address").foreign_keys(true);
    options.busy_timeout(std::time::Duration::from_secs(10)).connect().await.expect("the database opens")
}

/// Past the policies: the tests' owner is a superuser.
pub(crate) async fn postgres_connection(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).expect("an address").extra_float_digits(None);
    options.connect().await.expect("the database opens")
}

/// A PostgreSQL of one's own, to be hurt.
pub(crate) struct Cluster(tempfile::TempDir);

impl Cluster {
    pub(crate) fn new() -> Self {
        // The server runs as another user, and the path of a socket is short.
        let folder = tempfile::Builder::new().prefix("dmm-hurt.").tempdir_in("/tmp").expect("a folder");
        Self(folder)
    }

    /// Starts it, for the first time or again; gives the address of a database in it.
    pub(crate) fn start(&self) -> String {
        self.run("start")
    }

    /// Where it is kept.
    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Stops it at once, as a crash does.
    pub(crate) fn stop(&self) {
        self.run("stop");
    }

    /// Makes it, the next time it starts, the standby of a server that is not there.
    pub(crate) fn demote(&self) {
        std::fs::write(self.0.path().join("data/standby.signal"), "").expect("it is written");
    }

    fn run(&self, what: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres.sh");
        let output = std::process::Command::new(script).arg(what).arg(self.0.path()).output().expect("the script runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("stop");
    }
}
