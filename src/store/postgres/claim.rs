//! Who has the database: servers beside each other, or one program alone.

use super::{
    LOCKS, StoreError,
    opening::{enter, has_code, unreachable},
};
use crate::domain::database_url::scrub;
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::Duration;

/// The second half of the lock; accounts begin at one.
const CLAIMED: i32 = -2;
/// How often is looked whether the connection lives.
const GLANCE: Duration = Duration::from_secs(15);

/// A transaction that holds the claim for as long as it is open.
#[derive(Debug)]
pub(in crate::store) struct Claimed {
    url: String,
    connection: PgConnection,
}

impl Claimed {
    /// Takes the claim, `alone` or beside others who do not want to be alone. Who has just ended may still be counted as
    /// there, by a pooler for instance: that is waited for. One whose machine has gone is noticed within a minute.
    pub(in crate::store) async fn take(url: &str, alone: bool) -> Result<Self, StoreError> {
        let mut connection = enter(url).await?;
        let how = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
        let lock = format!(
            "begin isolation level read committed; set local idle_in_transaction_session_timeout = 0; \
             set local tcp_keepalives_idle = 30; set local tcp_keepalives_interval = 10; set local tcp_keepalives_count = 3; \
             set local lock_timeout = '3s'; select {how}({LOCKS}, {CLAIMED})"
        );
        match sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut connection).await {
            Ok(_) => Ok(Self { url: url.to_owned(), connection }),
            // "lock_not_available"
            Err(error) if has_code(&error, "55P03") => Err(StoreError::InUse { path: scrub(url) }),
            Err(error) => Err(unreachable(url, &error)),
        }
    }

    /// Holds it beside others, and takes it again whenever its connection is lost.
    #[expect(clippy::disallowed_methods, reason = "a network has its own time, which no test moves by hand")]
    pub(in crate::store) async fn keep(mut self) {
        loop {
            tokio::time::sleep(GLANCE).await;
            let alive = sqlx::raw_sql("select 1").execute(&mut self.connection);
            if super::in_time(GLANCE, alive).await.is_ok() {
                continue;
            }
            match Box::pin(Self::take(&self.url, false)).await {
                Ok(again) => self = again,
                Err(error) => tracing::debug!(error = ?error, "the database is not claimed at the moment"),
            }
        }
    }
}
