//! The pace of an account towards Real-Debrid, where several servers share one database.
//!
//! What is written down is a text of the pacer's own. Turns of an account come one after the other, by a lock that
//! nothing else takes, so that a request never waits for a batch.

use super::{Store, StoreError, sql, statement::Statement};

impl Store {
    /// Takes a turn at an account's pace: `turn` gets what is written down, nothing at first, and the time of the database
    /// in milliseconds since 1970, and gives what is to be written down instead. No two turns of an account overlap, from
    /// whichever server, and the time is read within the turn.
    ///
    /// # Errors
    /// When the database fails, or another turn lasts for seconds. If `turn` was called by then, it is not known whether
    /// it counts.
    pub async fn pace_turn(
        &self,
        user: i64,
        turn: impl FnOnce(Option<&str>, i64) -> String + Send,
    ) -> Result<(), StoreError> {
        let mut transaction = self.turn(user).await?;
        let (now, state): (i64, Option<String>) =
            Statement::new(sql::PACE).bind(user).fetch_one(&mut transaction).await?;
        let state = turn(state.as_deref(), now);
        Statement::new(sql::PUT_PACE).bind(user).bind(state).execute(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}

#[cfg(test)]
mod tests;
