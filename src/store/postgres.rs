//! What is special about PostgreSQL: how it is opened, what a transaction is told first, and the role it works in.
//!
//! Nothing outlives a transaction: no setting of a session, no prepared statement with a name, no lock of a session. So a
//! pooler that gives every transaction another connection may stand in front.

use super::{StoreError, database::Scope, scrub};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Postgres, Transaction,
    migrate::{MigrateDatabase, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{fmt::Write as _, str::FromStr, time::Duration};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Connections of one server, for batches and pages.
const CONNECTIONS: u32 = 10;
/// A table is everybody's, and what is sought in it is found, and put in order, by an index. The planner cannot know how
/// little a policy hides from whoever asks for their own rows: it takes them for few, and would rather pick out and sort
/// the same half of a library for every portion of it. What it does against its will it thinks dear, and so worth
/// compiling first.
const BY_INDEX: &str = "; set local enable_seqscan = off; set local enable_bitmapscan = off; \
    set local enable_sort = off; set local jit = off";
/// How long a connection is waited for, also from a server that is not there: whoever asks whether it is must hear that soon.
const PATIENCE: Duration = Duration::from_secs(5);
/// The role that everything is done in where the role of the address could look past the policies.
const ROLE: &str = "dmm_application";
/// The first half of the keys of our locks, so that they meet nobody else's.
const LOCKS: i32 = 0x00d3_3003;
/// The second half for migrations; accounts begin at one.
const MIGRATING: i32 = -1;
/// And for the one server.
const CLAIMED: i32 = -2;

/// The open database; clones share it.
#[derive(Debug, Clone)]
pub(super) struct PostgresDatabase {
    pub(super) pool: PgPool,
    /// Whether transactions put on [`ROLE`].
    is_in_role: bool,
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// One statement that reads.
    Read,
    /// Several that read one moment.
    Moment,
    /// The only writer of the account.
    Write,
}

/// A transaction that has not begun.
#[derive(Debug)]
pub(super) struct Door<'d> {
    database: &'d PostgresDatabase,
    scope: Scope,
    access: Access,
}

impl Door<'_> {
    /// Begins it, by one message to the server.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.database.pool.begin_with(AssertSqlSafe(self.opening())).await
    }

    /// Ends it. What was only read needs no word: the connection is cleared behind the caller's back.
    pub(super) async fn end(self, transaction: Transaction<'static, Postgres>) -> Result<(), sqlx::Error> {
        if self.access == Access::Write { transaction.commit().await } else { Ok(()) }
    }

    fn opening(&self) -> String {
        let account = match self.scope {
            Scope::Account(account) => account,
            Scope::Everyone => 0,
        };
        let begin = match self.access {
            Access::Read => "begin read only",
            Access::Moment => "begin isolation level repeatable read read only",
            Access::Write => "begin",
        };
        let mut opening = format!("{begin}; set local dmm.account = '{account}'");
        if self.database.is_in_role {
            opening.push_str("; set local role ");
            opening.push_str(ROLE);
        }
        opening.push_str(BY_INDEX);
        if self.access == Access::Write {
            // Keys wrap around after two thousand million accounts: then two share a lock and wait for each other.
            let _ = write!(opening, "; select pg_advisory_xact_lock({LOCKS}, ({account} % 2147483647)::int)");
        }
        opening
    }
}

impl PostgresDatabase {
    pub(super) fn reading(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Read }
    }

    pub(super) fn moment(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Moment }
    }

    /// Sees to it that the next row of a table gets a number above `highest`.
    pub(super) async fn go_on_counting(&self, table: &str, highest: i64) -> Result<(), sqlx::Error> {
        // As the owner: whoever only works with a table may not say how it counts.
        sqlx::query("select setval(pg_get_serial_sequence($1, 'id'), $2)")
            .bind(table)
            .bind(highest)
            .persistent(false)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(super) fn writing(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Write }
    }
}

/// Opens the database that `url` names and brings its schema up to date.
pub(super) async fn open(url: &str) -> Result<PostgresDatabase, StoreError> {
    let _ = enter(url).await?.close().await;
    let database = connect(url, CONNECTIONS).await?;
    migrate(url).await?;
    if database.is_in_role {
        settle_role(&database.pool)
            .await
            .map_err(|error| StoreError::Role { url: scrub(url), reason: words(&error) })?;
    }
    Ok(database)
}

/// Opens the database that `url` names as it is.
pub(super) async fn connect(url: &str, connections: u32) -> Result<PostgresDatabase, StoreError> {
    let failed = |error: sqlx::Error| StoreError::Unreachable { url: scrub(url), reason: words(&error) };
    let options = options(url)?;
    // By a connection of its own, since a pool would try again and again, and not say why.
    let mut first = options.connect().await.map_err(failed)?;
    // An owner is held to the policies by the tables; for a role that is above them there is another.
    let is_above = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user";
    let is_in_role = sqlx::query_scalar(is_above).persistent(false).fetch_one(&mut first).await.map_err(failed)?;
    let _ = first.close().await;
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).connect_lazy_with(options);
    Ok(PostgresDatabase { pool, is_in_role })
}

/// A connection; the database is made where the server has none of its name.
async fn enter(url: &str) -> Result<PgConnection, StoreError> {
    let options = options(url)?;
    let mut connection = options.connect().await;
    // "invalid_catalog_name"
    if connection
        .as_ref()
        .is_err_and(|error| error.as_database_error().is_some_and(|it| it.code() == Some("3D000".into())))
        && Postgres::create_database(url).await.is_ok()
    {
        connection = options.connect().await;
    }
    connection.map_err(|error| StoreError::Unreachable { url: scrub(url), reason: words(&error) })
}

/// A connection that keeps other servers off the database for as long as it is open. A server that has just ended may
/// still be counted as there, by a pooler for instance: that is waited for.
pub(super) async fn claim(url: &str) -> Result<PgConnection, StoreError> {
    let failed = |error: sqlx::Error| StoreError::Unreachable { url: scrub(url), reason: words(&error) };
    let mut connection = enter(url).await?;
    let lock = format!(
        "begin; set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '3s'; \
         select pg_advisory_xact_lock({LOCKS}, {CLAIMED})"
    );
    match sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut connection).await {
        Ok(_) => Ok(connection),
        // "lock_not_available"
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03") => {
            Err(StoreError::InUse { path: scrub(url) })
        }
        Err(error) => Err(failed(error)),
    }
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
    let failed = |error| StoreError::migration(url, sqlx::migrate::MigrateError::Execute(error));
    let mut connection = options(url)?.connect().await.map_err(failed)?;
    let mut transaction = connection.begin().await.map_err(failed)?;
    lock(&mut transaction).await.map_err(failed)?;
    forget_statements(&mut transaction).await.map_err(failed)?;
    let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().cloned().collect());
    migrator.set_locking(false);
    // `run` takes whatever gives connections, which makes a future that no other thread may take over.
    migrator.run_direct(None, &mut *transaction, false).await.map_err(|error| StoreError::migration(url, error))?;
    forget_statements(&mut transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

async fn forget_statements(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("deallocate all").execute(connection).await?;
    Ok(())
}

async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // What is there already is no news.
    let lock = format!("set local client_min_messages = warning; select pg_advisory_xact_lock({LOCKS}, {MIGRATING})");
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(connection).await?;
    Ok(())
}

/// Makes the role that everything is done in, and lets it do that.
async fn settle_role(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut guard = pool.begin().await?;
    lock(&mut guard).await?;
    // Roles belong to all databases of a server, so another one's DMM may have made it.
    let grants = format!(
        "do $$ begin
             if not exists (select 1 from pg_roles where rolname = '{ROLE}') then
                 create role {ROLE} nologin nosuperuser nobypassrls;
             end if;
             if not exists (select 1 from pg_auth_members
                 where roleid = '{ROLE}'::regrole and member = current_user::regrole) then
                 execute format('grant {ROLE} to %I', current_user);
             end if;
             execute format('grant usage on schema %I to {ROLE}', current_schema());
             execute format('grant select, insert, update, delete on all tables in schema %I to {ROLE}', current_schema());
             execute format('grant usage on all sequences in schema %I to {ROLE}', current_schema());
         end $$"
    );
    sqlx::raw_sql(AssertSqlSafe(grants)).execute(&mut *guard).await?;
    guard.commit().await
}

/// What went wrong, without the driver's own words around those of the server.
fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
