//! Announcements of one server to the others, by LISTEN and NOTIFY.
//!
//! They belong to a session, and a pooler in transaction mode has none: what one client of it listens to comes to another,
//! who does not expect it. So nobody listens before it is known that the connection is its own; and a listener first
//! listens for its own voice.

use super::{ANSWER_WITHIN, PostgresDatabase, in_time};
use crate::store::StoreError;
use sqlx::{
    Executor, Postgres, Row,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;

/// The channel.
const CHANNEL: &str = "dmm";
/// How long an echo takes at most.
const ECHO: Duration = Duration::from_secs(3);
/// A connection of one's own is answered well before this, even by a busy server.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How often it is tried whether a connection is shared. One that is gets another server's connection nearly every time,
/// or gives its own away.
const TRIALS: usize = 6;

/// Hears what other servers say.
#[derive(Debug)]
pub(in crate::store) struct Listener {
    listener: PgListener,
    own_name: String,
}

impl Listener {
    /// What another server says next.
    pub(in crate::store) async fn next(&mut self) -> Result<String, StoreError> {
        loop {
            // Not `recv`, which hides that announcements were lost.
            let Some(said) = self.listener.try_recv().await? else {
                return Err(StoreError::Other(sqlx::Error::WorkerCrashed));
            };
            match said.payload().split_once(' ') {
                Some((what, who)) if who != self.own_name => return Ok(what.to_owned()),
                _ => {}
            }
        }
    }
}

impl PostgresDatabase {
    /// Listens; none when nothing comes through.
    pub(in crate::store) async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        let options = (*self.reader.connect_options()).clone();
        let connecting = PgPoolOptions::new().max_connections(1).connect_with(options);
        let pool = in_time(ANSWER_WITHIN, Box::pin(connecting)).await?;
        let mut listener = in_time(ANSWER_WITHIN, Box::pin(PgListener::connect_with(&pool))).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        if !self.is_own(&mut listener).await? {
            return Ok(None);
        }
        in_time(ANSWER_WITHIN, Box::pin(listener.listen(CHANNEL))).await?;
        let voice = format!("echo {:016x}", rand::random::<u64>());
        let mut transaction = self.writer.begin().await?;
        sqlx::query("select pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(&voice)
            .persistent(false)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let heard = async {
            while let Some(said) = listener.try_recv().await? {
                if said.payload() == voice {
                    return Ok(true);
                }
            }
            Ok::<_, sqlx::Error>(false)
        };
        if matches!(in_time(ECHO, Box::pin(heard)).await, Ok(true)) {
            return Ok(Some(Listener { listener, own_name: self.name.to_string() }));
        }
        let _ = in_time(ECHO, Box::pin(listener.unlisten_all())).await;
        Ok(None)
    }
    /// Whether what is asked by `listener` is answered by a process of the server that answers nobody else.
    async fn is_own(&self, listener: &mut PgListener) -> Result<bool, sqlx::Error> {
        let own = in_time(ANSWER_WITHIN, process(&mut *listener)).await?;
        for _ in 0..TRIALS {
            let mut other = self.reader.begin().await?;
            if process(&mut *other).await? == own {
                return Ok(false);
            }
            // Where a pooler has no connection left for it, this one would wait for the other.
            if !matches!(in_time(AT_ONCE, process(&mut *listener)).await, Ok(process) if process == own) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The server's process that answers.
async fn process<'c>(on: impl Executor<'c, Database = Postgres>) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("select pg_backend_pid()").fetch_one(on).await?.try_get(0)
}
