//! Announcements of one server to the others, by LISTEN and NOTIFY.
//!
//! They belong to a session, and a pooler in transaction mode has none: it takes the LISTEN and passes nothing on. So a
//! listener first listens for its own voice.

use super::PostgresDatabase;
use crate::store::StoreError;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::time::Duration;

/// The channel.
const CHANNEL: &str = "dmm";
/// How long an echo takes at most.
const ECHO: Duration = Duration::from_secs(3);

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
        let pool =
            PgPoolOptions::new().max_connections(1).connect_with((*self.reader.connect_options()).clone()).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(CHANNEL).await?;
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
        if matches!(super::in_time(ECHO, heard).await, Ok(true)) {
            return Ok(Some(Listener { listener, own_name: self.name.to_string() }));
        }
        let _ = super::in_time(ECHO, listener.unlisten_all()).await;
        Ok(None)
    }
}
