//! What decides when an account's next automatic run comes.

use super::{Failure, Store, StoreError, database::Scope, sql, statement::Statement};
use crate::domain::{SyncConfiguration, Timestamp};

/// An account that syncs by itself and has no living run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Whose.
    pub user: i64,
    /// Minutes between the starts of two runs.
    pub interval: i64,
    /// When the present token was stored.
    pub token_since: Timestamp,
    /// The last run.
    pub run: i64,
    /// When that started.
    pub started: Timestamp,
    /// When that ended.
    pub ended: Option<Timestamp>,
    /// How that failed; none when it did not.
    pub failure: Option<Failure>,
    /// Runs that failed since one did not.
    pub failures: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: i64,
    sync_interval: i64,
    token_since: i64,
    run: i64,
    started_at: i64,
    ended_at: Option<i64>,
    failure: Option<String>,
    failures: i64,
}

impl From<Row> for Schedule {
    fn from(row: Row) -> Self {
        let failure = row.failure.as_deref().map(Failure::of);
        Self {
            user: row.user_id,
            interval: row.sync_interval,
            token_since: Timestamp::from_millis(row.token_since),
            run: row.run,
            started: Timestamp::from_millis(row.started_at),
            ended: row.ended_at.map(Timestamp::from_millis),
            // A run that failed before kinds of failure were stored may heal.
            failure: failure.or((row.failures > 0).then_some(Failure::Temporary)),
            failures: row.failures,
        }
    }
}

impl Store {
    /// Every account that syncs by itself and has no living run; of one account only, if `user` is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schedules(&self, user: Option<i64>) -> Result<Vec<Schedule>, StoreError> {
        let rows: Vec<Row> = Statement::new(sql::SCHEDULES)
            .bind(SyncConfiguration::default().sync_interval)
            .bind(user)
            .fetch_all(self.reading(Scope::Everyone))
            .await?;
        Ok(rows.into_iter().map(Schedule::from).collect())
    }
}
