//! How a PostgreSQL database is opened.

use super::{ANSWER_WITHIN, Lines, PostgresDatabase, StoreError, in_time, migrating, role};
use crate::domain::database_url::scrub;
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Row,
    migrate::MigrateDatabase,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{fs::File, str::FromStr, time::Duration};

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
/// How long a server may take to let a connection in; a way that is cut says nothing at all.
const CONNECTED_WITHIN: Duration = Duration::from_secs(10);

/// Parameters of an address that name a file of authorities …
const ROOTS: [&str; 3] = ["sslrootcert", "ssl-root-cert", "ssl-ca"];
/// … and one of what shows who DMM is; unless they hold what would be in it.
const KEYS: [&str; 4] = ["sslcert", "ssl-cert", "sslkey", "ssl-key"];

/// Opens the database that `url` names and brings its schema up to date.
pub(in crate::store) async fn open(url: &str) -> Result<PostgresDatabase, StoreError> {
    let _ = enter(url).await?.close().await;
    migrating::migrate(url, &migrating::WAITS).await?;
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
    let mut first = dial(&options).await.map_err(failed)?;
    // An owner is held to the policies by the tables; for a role that is above them there is another.
    let said = "select (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as is_above, \
        current_schema()::text as schema";
    let said = in_time(ANSWER_WITHIN, sqlx::raw_sql(said).fetch_one(&mut first)).await.map_err(failed)?;
    let is_in_role = said.try_get("is_above").map_err(failed)?;
    let schema: Option<String> = said.try_get("schema").map_err(failed)?;
    let _ = first.close().await;
    let reads = |connections, patience| pool(options.clone(), connections, patience, true);
    let writes = |connections, patience| pool(options.clone(), connections, patience, is_read_only);
    Ok(PostgresDatabase {
        reader: reads(connections, PATIENCE),
        writer: writes(connections, PATIENCE_OF_WRITERS),
        notes: writes(connections.min(CONNECTIONS_FOR_NOTES), PATIENCE),
        writers: Lines::new(1, PATIENCE_OF_WRITERS),
        readers: Lines::new(READERS.min(usize::try_from(connections).unwrap_or(1)), PATIENCE),
        name: format!("{:016x}", rand::random::<u64>()).into(),
        schema: schema.unwrap_or_else(|| "public".to_owned()),
        is_in_role,
        is_read_only,
    })
}

fn pool(options: PgConnectOptions, connections: u32, patience: Duration, only_reads: bool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        // Whoever is dropped while a transaction begins leaves it open, with its lock and its account, and sqlx does not
        // notice (launchbadge/sqlx#4385): here it is rolled back. One that has failed refuses this, and its connection is
        // thrown away; and so is one to write by that was opened while the database was set to read only, since it would
        // stay so.
        .after_release(move |connection, _| {
            Box::pin(async move {
                let clear = sqlx::raw_sql("begin; rollback; show default_transaction_read_only");
                let is_read_only: String = in_time(PATIENCE, clear.fetch_one(connection)).await?.try_get(0)?;
                Ok(only_reads || is_read_only == "off")
            })
        })
        .connect_lazy_with(options)
}

/// A connection; the database is made where the server has none of its name.
pub(super) async fn enter(url: &str) -> Result<PgConnection, StoreError> {
    let options = options(url)?;
    let mut connection = dial(&options).await;
    // "invalid_catalog_name"
    let is_absent = connection.as_ref().is_err_and(|error| has_code(error, "3D000"));
    if is_absent && in_time(ANSWER_WITHIN, Postgres::create_database(url)).await.is_ok() {
        connection = dial(&options).await;
    }
    connection.map_err(|error| unreachable(url, &error))
}

/// A connection, or none after a while.
pub(super) async fn dial(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    in_time(CONNECTED_WITHIN, Box::pin(options.connect())).await
}

pub(super) fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::Address { url: scrub(url), reason: error.to_string() })?;
    if let Some(reason) = unreadable_file(url) {
        return Err(StoreError::Unreachable { url: scrub(url), reason });
    }
    // Poolers refuse settings at the start that they do not know.
    Ok(options.application_name("dmm").extra_float_digits(None))
}

/// What of certificates and keys an address names and cannot be read: the driver says that something is not there, and not
/// what.
fn unreadable_file(url: &str) -> Option<String> {
    let parameters = || form_urlencoded::parse(url.split_once('?').map_or("", |(_, all)| all).as_bytes());
    let mode = parameters().filter(|(name, _)| matches!(&**name, "sslmode" | "ssl-mode")).last()?.1;
    let read = match &*mode {
        "verify-ca" | "verify-full" => [ROOTS.as_slice(), &KEYS].concat(),
        "require" => KEYS.to_vec(),
        _ => return None,
    };
    parameters().filter(|(name, file)| read.contains(&&**name) && !file.contains("-----BEGIN")).find_map(
        |(name, file)| {
            let error = File::open(&*file).err()?;
            Some(format!("{name} names {file}, which cannot be read: {error}"))
        },
    )
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
