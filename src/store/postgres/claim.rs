//! Who has the database: servers beside each other, or one program alone.

use super::{
    ANSWER_WITHIN, LOCKS, StoreError, in_time,
    opening::{enter, has_code, unreachable},
};
use crate::domain::database_url::scrub;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::{collections::BTreeSet, time::Duration};

/// The second half of the lock; accounts begin at one.
const CLAIMED: i32 = -2;
/// A server that is up shows it more often than this.
const SIGN_OF_LIFE: Duration = Duration::from_secs(8);
/// Every server that is up, or was.
const REPLICAS: &str = "select name, beat from replicas";

/// A transaction that holds the claim for as long as it is open.
#[derive(Debug)]
pub(in crate::store) struct Claimed {
    url: String,
    connection: PgConnection,
}

impl Claimed {
    /// Takes the claim, `alone` or beside others. Who has just ended may still be counted as there, by a pooler for instance: that is waited for. One
    /// whose machine has gone is noticed within a minute.
    pub(in crate::store) async fn take(url: &str, alone: bool) -> Result<Self, StoreError> {
        let mut connection = enter(url).await?;
        let how = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
        let lock = format!(
            "begin isolation level read committed; set local dmm.account = '0'; \
             set local idle_in_transaction_session_timeout = 0; \
             set local tcp_keepalives_idle = 30; set local tcp_keepalives_interval = 10; set local tcp_keepalives_count = 3; \
             set local lock_timeout = '3s'; select {how}({LOCKS}, {CLAIMED})"
        );
        match in_time(ANSWER_WITHIN, sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut connection)).await {
            Ok(_) => Ok(Self { url: url.to_owned(), connection }),
            // "lock_not_available"
            Err(error) if has_code(&error, "55P03") => Err(StoreError::InUse { path: scrub(url) }),
            Err(error) => Err(unreachable(url, &error)),
        }
    }

    /// Makes sure that no server is up, which takes some seconds where any ever was.
    #[expect(clippy::disallowed_methods, reason = "other machines have their own time, which no test moves by hand")]
    pub(in crate::store) async fn alone(mut self) -> Result<Self, StoreError> {
        let before = self.replicas().await.map_err(|error| unreachable(&self.url, &error))?;
        if before.is_empty() {
            return Ok(self);
        }
        tokio::time::sleep(SIGN_OF_LIFE).await;
        let now = self.replicas().await.map_err(|error| unreachable(&self.url, &error))?;
        if now.is_subset(&before) { Ok(self) } else { Err(StoreError::InUse { path: scrub(&self.url) }) }
    }

    async fn replicas(&mut self) -> Result<BTreeSet<(String, i64)>, sqlx::Error> {
        // A database that is new, or of an older DMM, has no such table.
        let known = "select to_regclass('replicas') is not null";
        if !sqlx::raw_sql(known).fetch_one(&mut self.connection).await?.try_get::<bool, _>(0)? {
            return Ok(BTreeSet::new());
        }
        let rows = sqlx::raw_sql(REPLICAS).fetch_all(&mut self.connection).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}
