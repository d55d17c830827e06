//! How a PostgreSQL database is opened, claimed and migrated.

use super::{LOCKS, Lines, MIGRATIONS, PostgresDatabase, StoreError, in_time, role};
use crate::domain::database_url::scrub;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Postgres, Row,
    migrate::{MigrateDatabase, MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// Connections of one server that read, and as many that write.
const CONNECTIONS: u32 = 8;
/// Those of the first that one account may have at once, so that some are left for others.
const READERS: usize = 3;
/// And that say that it lives, and take turns at the pace of requests.
const CONNECTIONS_FOR_NOTES: u32 = 3;
/// How long a connection is waited for, also from a server that is not there: whoever asks whether it is must hear that
/// soon.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a writer waits for the others of its account, and then for a connection.
const PATIENCE_OF_WRITERS: Duration = Duration::from_secs(10);
/// The second half of the lock for migrations; accounts begin at one.
const MIGRATING: i32 = -1;

/// Opens the database that `url` names and brings its schema up to date.
pub(in crate::store) async fn open(url: &str) -> Result<PostgresDatabase, StoreError> {
    let _ = enter(url).await?.close().await;
    migrate(url).await?;
    let database = connect(url, CONNECTIONS, false).await?;
    if database.is_in_role {
        let settled = role::settle(&database.writer, &database.schema).await;
        settled.map_err(|error| StoreError::Role { url: scrub(url), reason: words(&error) })?;
    }
    Ok(database)
}

/// Opens the database that `url` names as it is.
pub(in crate::store) async fn connect(
    url: &str,
    connections: u32,
    is_read_only: bool,
) -> Result<PostgresDatabase, StoreError> {
    let failed = |error: sqlx::Error| unreachable(url, &error);
    let options = options(url)?;
    // By a connection of its own, since a pool would try again and again, and not say why; and in one message, which no
    // pooler can take apart.
    let mut first = options.connect().await.map_err(failed)?;
    // An owner is held to the policies by the tables; for a role that is above them there is another.
    let said = "select (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as is_above, \
        current_schema()::text as schema";
    let said = sqlx::raw_sql(said).fetch_one(&mut first).await.map_err(failed)?;
    let is_in_role = said.try_get("is_above").map_err(failed)?;
    let schema: Option<String> = said.try_get("schema").map_err(failed)?;
    let _ = first.close().await;
    let pool = |connections, patience| pool(options.clone(), connections, patience);
    Ok(PostgresDatabase {
        reader: pool(connections, PATIENCE),
        writer: pool(connections, PATIENCE_OF_WRITERS),
        notes: pool(connections.min(CONNECTIONS_FOR_NOTES), PATIENCE),
        writers: Lines::new(1, PATIENCE_OF_WRITERS),
        readers: Lines::new(READERS.min(usize::try_from(connections).unwrap_or(1)), PATIENCE),
        name: format!("{:016x}", rand::random::<u64>()).into(),
        schema: schema.unwrap_or_else(|| "public".to_owned()),
        is_in_role,
        is_read_only,
    })
}

fn pool(options: PgConnectOptions, connections: u32, patience: Duration) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        // Whoever is dropped while a transaction begins leaves it open, with its lock and its account, and sqlx does not
        // notice (launchbadge/sqlx#4385): here it is rolled back. One that has failed refuses this, and its connection is
        // thrown away; and so is one that was opened while the database was set to read only, since it would stay so.
        .after_release(|connection, _| {
            Box::pin(async move {
                let clear = sqlx::raw_sql("begin; rollback; show default_transaction_read_only");
                let is_read_only: String = in_time(PATIENCE, clear.fetch_one(connection)).await?.try_get(0)?;
                Ok(is_read_only == "off")
            })
        })
        .connect_lazy_with(options)
}

/// A connection; the database is made where the server has none of its name.
pub(super) async fn enter(url: &str) -> Result<PgConnection, StoreError> {
    let options = options(url)?;
    let mut connection = options.connect().await;
    // "invalid_catalog_name"
    let is_absent = connection.as_ref().is_err_and(|error| has_code(error, "3D000"));
    if is_absent && Postgres::create_database(url).await.is_ok() {
        connection = options.connect().await;
    }
    connection.map_err(|error| unreachable(url, &error))
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::Address { url: scrub(url), reason: error.to_string() })?;
    // Poolers refuse settings at the start that they do not know.
    Ok(options.application_name("dmm").extra_float_digits(None))
}

/// Migrates, one server at a time, all or nothing, on a connection of its own: sqlx's migrator gives its statements
/// names, which a pooler would hand on to whoever gets the server's connection next.
async fn migrate(url: &str) -> Result<(), StoreError> {
    let failed = |error| StoreError::migration(url, MigrateError::Execute(error));
    let mut connection = options(url)?.connect().await.map_err(failed)?;
    let mut transaction = connection.begin().await.map_err(failed)?;
    lock(&mut transaction).await.map_err(failed)?;
    let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().cloned().collect());
    migrator.set_locking(false);
    // `run` takes whatever gives connections, which makes a future that no other thread may take over.
    migrator.run_direct(None, &mut *transaction, false).await.map_err(|error| StoreError::migration(url, error))?;
    sqlx::raw_sql("deallocate all").execute(&mut *transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

/// Only one server migrates, or makes the role, at a time. What is there already is no news, and a migration sees the rows
/// of every account.
pub(super) async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let lock = format!(
        "set local client_min_messages = warning; set local dmm.account = '0'; deallocate all; \
         select pg_advisory_xact_lock({LOCKS}, {MIGRATING})"
    );
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(connection).await?;
    Ok(())
}

pub(super) fn unreachable(url: &str, error: &sqlx::Error) -> StoreError {
    StoreError::Unreachable { url: scrub(url), reason: words(error) }
}

pub(super) fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(code))
}

/// What went wrong, without the driver's own words around those of the server.
fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    }
}
