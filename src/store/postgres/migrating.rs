//! How the schema of a PostgreSQL database is brought up to date, beside servers that start at the same time and those of
//! an earlier version that are still at work.

use super::{
    ANSWER_WITHIN, LOCKS, MIGRATIONS, StoreError, in_time,
    opening::{dial, has_code, options, unreachable},
};
use crate::domain::database_url::scrub;
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Postgres, Row, Transaction,
    migrate::{MigrateError, Migrator},
};
use std::time::Duration;

/// The second half of the lock for migrations; accounts begin at one.
const MIGRATING: i32 = -1;
/// How often it is looked whether another server's migration has ended.
const LOOK: Duration = Duration::from_millis(250);
/// After so many looks it is said what is waited for.
const LOOKS_IN_SILENCE: u32 = 4;
/// Between the attempts to migrate. With what each of them waits for locks that is a minute.
pub(super) const WAITS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];
/// How the transaction begins. Its level is said, since a role or a database may have another one, which would not see what
/// the server did that was waited for. What is there already is no news, and a migration sees the rows of every account.
/// Whoever is frozen in it is dropped, and while it waits for a table everybody else waits behind it: so not for long.
const BEGIN: &str = "begin isolation level read committed; set local dmm.account = '0'; \
    set local client_min_messages = warning; set local idle_in_transaction_session_timeout = '60s'; \
    set local lock_timeout = '4s'; deallocate all";

/// Migrates, one server at a time, all or nothing. Who uses the tables meanwhile may be in the way for a moment, or want
/// what the migration has and have what it wants: then it begins again, after each of `waits`.
pub(super) async fn migrate(url: &str, waits: &[Duration]) -> Result<(), StoreError> {
    let mut waits = waits.iter();
    loop {
        let error = match attempt(url).await {
            Err(error @ StoreError::InTheWay { .. }) => error,
            done => return done,
        };
        let Some(wait) = waits.next() else { return Err(error) };
        tracing::warn!(%error, "the migration is tried again in {} s", wait.as_secs());
        sleep(*wait).await;
    }
}

/// On a connection of its own: sqlx's migrator gives its statements names, which a pooler would hand on to whoever gets the
/// server's connection next.
async fn attempt(url: &str) -> Result<(), StoreError> {
    let failed = |error| not_migrated(url, MigrateError::Execute(error));
    let mut connection = dial(&options(url)?).await.map_err(|error| unreachable(url, &error))?;
    let mut transaction = begin_alone(&mut connection).await.map_err(failed)?;
    let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().cloned().collect());
    migrator.set_locking(false);
    // `run` takes whatever gives connections, which makes a future that no other thread may take over.
    migrator.run_direct(None, &mut *transaction, false).await.map_err(|error| not_migrated(url, error))?;
    sqlx::raw_sql("deallocate all").execute(&mut *transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

fn not_migrated(url: &str, error: MigrateError) -> StoreError {
    match &error {
        // "lock_not_available", "deadlock_detected"
        MigrateError::Execute(reason) | MigrateError::ExecuteMigration(reason, _)
            if has_code(reason, "55P03") || has_code(reason, "40P01") =>
        {
            let reason = reason.as_database_error().map_or_else(String::new, |error| error.message().to_owned());
            StoreError::InTheWay { url: scrub(url), reason }
        }
        _ => StoreError::migration(url, error),
    }
}

/// Begins a transaction in which only one server at a time migrates, or makes the role. Another one's is waited for, however
/// long it takes.
pub(super) async fn begin_alone(connection: &mut PgConnection) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
    let mut transaction = in_time(ANSWER_WITHIN, Box::pin(connection.begin_with(BEGIN))).await?;
    for look in 0_u32.. {
        let lock = format!("select pg_try_advisory_xact_lock({LOCKS}, {MIGRATING})");
        let lock = sqlx::raw_sql(AssertSqlSafe(lock));
        if in_time(ANSWER_WITHIN, lock.fetch_one(&mut *transaction)).await?.try_get(0)? {
            break;
        }
        if look == LOOKS_IN_SILENCE {
            tracing::info!("this server waits for another server's migration");
        }
        sleep(LOOK).await;
    }
    Ok(transaction)
}

#[expect(clippy::disallowed_methods, reason = "other machines have their own time, which no test moves by hand")]
async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}

#[cfg(test)]
mod tests;
