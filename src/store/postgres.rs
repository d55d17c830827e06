//! What is special about PostgreSQL: what a transaction is told first, so that it meets one account's rows and leaves
//! nothing behind.
//!
//! Nothing outlives a transaction: no setting of a session, no prepared statement with a name, no lock of a session. So a
//! pooler that gives every transaction another connection may stand in front.

mod claim;
mod lines;
mod listening;
mod migrating;
mod opening;
mod role;

pub(super) use claim::Claimed;
pub(super) use lines::Begun;
pub(super) use listening::Listener;
pub(super) use opening::{connect, open};

use super::{StoreError, database::Scope};
use lines::Lines;
use role::ROLE;
use sqlx::{AssertSqlSafe, PgPool, migrate::Migrator};
use std::{fmt::Write as _, future::Future, sync::Arc, time::Duration};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// A table is everybody's, and what is sought in it is found, and put in order, by an index. The planner cannot know how
/// little a policy hides from whoever asks for their own rows: it takes them for few, and would rather pick out and sort
/// the same half of a library for every portion of it. What it does against its will it thinks dear, and so worth
/// compiling first.
const BY_INDEX: &str = "; set local enable_seqscan = off; set local enable_bitmapscan = off; \
    set local enable_sort = off; set local jit = off";
/// A transaction whose owner has vanished without a word, or is frozen, holds nothing for longer than this …
const NOT_FOR_EVER: &str = "; set local idle_in_transaction_session_timeout = '60s'";
/// … nor the lock of its account, for which whoever takes its run over waits.
const LOCK_NOT_FOR_EVER: &str = "; set local idle_in_transaction_session_timeout = '10s'";
/// An answer that takes longer than this does not come: the way to the server is cut, and no word of that will come either.
/// The server gives a statement up a little earlier, so that its own words are heard where it lives.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// What it is told of that.
const NOT_TOO_LONG: &str = "; set local statement_timeout = '50s'";
/// The first half of the keys of our locks, so that they meet nobody else's. The second is an account's number, or 0 for
/// everyone's rows.
const LOCKS: i32 = 0x00d3_3003;
/// The same of the locks for turns at the pace of requests, which so meet no writer.
const TURNS: i32 = 0x00d3_3004;
/// A turn reads a row and writes it, a note is one row that another follows soon: who holds it for longer has vanished, and who waits for it asks again soon anyway.
///
/// It waits for no disk, since a process that ends, and a connection that breaks, lose nothing by that. A crash of the
/// database server may lose the last turns, of three times `wal_writer_delay`, some half a second. It loses no end that
/// counts (a request without an end counts for longer), a refusal is met again, and a request that is still in flight is
/// counted anew when it ends. But as many requests as were taken in that half second may come on top of the limit, once.
/// Two flushes for every request of every account would be the price of these few.
const BRIEFLY: &str = "; set local idle_in_transaction_session_timeout = '5s'; set local lock_timeout = '3s'; \
    set local synchronous_commit = off";

/// The open database; clones share it. Who reads and who writes have connections of their own, so that no page waits
/// behind the writers of a busy account.
#[derive(Debug, Clone)]
pub(super) struct PostgresDatabase {
    reader: PgPool,
    writer: PgPool,
    /// For what is brief and must not wait behind anything: signs of life, the pace of requests.
    notes: PgPool,
    /// Where the writers of an account wait, and its readers.
    writers: Lines,
    readers: Lines,
    /// What this server is called among others.
    name: Arc<str>,
    /// Where the tables are; a role may have a schema of its own name that comes first.
    schema: String,
    /// Whether transactions put on [`ROLE`].
    is_in_role: bool,
    /// Whether nothing may be written.
    is_read_only: bool,
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
    /// Beside the writer of the account: of what it writes only the last counts, and not for long.
    Note,
    /// The only one at the account's pace of requests, beside a writer.
    Turn,
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
    pub(super) async fn begin(&self) -> Result<Begun, sqlx::Error> {
        let pool = match self.access {
            Access::Read | Access::Moment => &self.database.reader,
            Access::Write => &self.database.writer,
            Access::Note | Access::Turn => &self.database.notes,
        };
        let place = match self.access {
            Access::Write => Some(self.database.writers.stand_in(self.account()).await?),
            Access::Read | Access::Moment if self.scope != Scope::Everyone => {
                Some(self.database.readers.stand_in(self.account()).await?)
            }
            Access::Read | Access::Moment | Access::Note | Access::Turn => None,
        };
        let transaction = in_time(ANSWER_WITHIN, Box::pin(pool.begin_with(AssertSqlSafe(self.opening())))).await?;
        Ok(Begun::new(transaction, place))
    }

    /// Ends it. What was only read needs no word: the connection is cleared behind the caller's back.
    pub(super) async fn end(self, transaction: Begun) -> Result<(), sqlx::Error> {
        match self.access {
            Access::Write | Access::Note | Access::Turn => in_time(ANSWER_WITHIN, transaction.commit()).await,
            Access::Read | Access::Moment => Ok(()),
        }
    }

    /// Whose rows are met, as the policies know it.
    const fn account(&self) -> i64 {
        match self.scope {
            Scope::Account(account) => account,
            Scope::Everyone => 0,
        }
    }

    fn opening(&self) -> String {
        let account = self.account();
        // Said in full, since a role or a database may have another level of its own.
        let begin = match self.access {
            Access::Moment => "begin isolation level repeatable read read only",
            // Not that it writes: a database that is set to read only, by whoever looks after it, is not written to, and a
            // standby would refuse the word with another error than what is asked in it.
            Access::Write | Access::Note | Access::Turn if !self.database.is_read_only => {
                "begin isolation level read committed"
            }
            Access::Read | Access::Write | Access::Note | Access::Turn => {
                "begin isolation level read committed read only"
            }
        };
        let mut opening = format!("{begin}; set local dmm.account = '{account}'{NOT_FOR_EVER}{NOT_TOO_LONG}{BY_INDEX}");
        let _ = write!(opening, "; set local search_path = \"{}\"", self.database.schema.replace('"', "\"\""));
        if self.database.is_in_role {
            let _ = write!(opening, "; set local role {ROLE}");
        }
        // Keys wrap around after two thousand million accounts: then two share a lock and wait for each other.
        let key = account % i64::from(i32::MAX);
        if matches!(self.access, Access::Turn | Access::Note) {
            opening.push_str(BRIEFLY);
        }
        if self.access == Access::Turn {
            let _ = write!(opening, "; select pg_advisory_xact_lock({TURNS}, {key})");
        }
        if self.access == Access::Write {
            opening.push_str(LOCK_NOT_FOR_EVER);
            // Shorter than those wait who stand in the line behind this one.
            let _ = write!(opening, "; set local lock_timeout = '8s'; select pg_advisory_xact_lock({LOCKS}, {key})");
        }
        opening
    }
}

/// What comes within a time; else it is as if the connection had broken.
pub(super) async fn in_time<T>(
    time: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(time, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut))),
    }
}

impl PostgresDatabase {
    pub(super) fn reading(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Read }
    }

    pub(super) fn moment(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Moment }
    }

    pub(super) fn writing(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Write }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn noting(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Note }
    }

    pub(super) fn turn(&self, scope: Scope) -> Door<'_> {
        Door { database: self, scope, access: Access::Turn }
    }

    /// The last number that a row of a table was given.
    pub(super) async fn last_number(&self, table: &str) -> Result<i64, sqlx::Error> {
        let last = "select coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0)";
        // As the owner: whoever only works with a table may not ask how it counts.
        let mut transaction = self.reader.begin().await?;
        sqlx::query_scalar(last).bind(table).persistent(false).fetch_one(&mut *transaction).await
    }

    /// Sees to it that the next row of a table gets a number above `highest`.
    pub(super) async fn count_on(&self, table: &str, highest: i64) -> Result<(), sqlx::Error> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query("select setval(pg_get_serial_sequence($1, 'id'), $2)")
            .bind(table)
            .bind(highest)
            .persistent(false)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
        self.notes.close().await;
    }
}

#[cfg(test)]
mod tests;
