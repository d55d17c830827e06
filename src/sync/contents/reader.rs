//! One session of reading an account's contents: until nothing is due, a run begins, the server stops, or Real-Debrid
//! fails.
//!
//! Whose fault a failure is shows in the next ones: between successes it is the torrent's own. After three in a row the
//! account rests, and the question whose it is decides: if that fails too, they are held against no torrent. If it is
//! answered they are, because otherwise three bad torrents side by side would keep all others from ever being read.

use super::{Memory, Read, idle::Idle, memory::Signs, read, retry_at, times};
use crate::{
    clock::Clock,
    domain::ErrorCode,
    metrics::Metrics,
    real_debrid::{self, Client, Connection, Pacer, Transport, Urgency},
    store::{ContentsTask, Store, StoreError},
    sync::{Credentials, SyncError, control::REFUSAL_PATIENCE, live::Live},
};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// Repeats of one question; what fails for longer is asked again much later.
const REPEATS: u32 = 1;
/// Failures in a row after which the account rests.
const TOO_MANY: usize = 3;
const UNKNOWN: &str = "Real-Debrid does not know this torrent: if it was deleted there, the next sync removes it here.";

/// Who reads, and with what.
pub(in crate::sync) struct Reader {
    pub(in crate::sync) user: i64,
    pub(in crate::sync) store: Store,
    pub(in crate::sync) transport: Transport,
    pub(in crate::sync) credentials: Arc<dyn Credentials>,
    pub(in crate::sync) clock: Clock,
    pub(in crate::sync) live: Live,
    pub(in crate::sync) pacer: Arc<Pacer>,
    pub(in crate::sync) shutdown: CancellationToken,
    pub(in crate::sync) metrics: Metrics,
}

/// A failure of which it is not known yet whose it is.
struct Suspect {
    task: ContentsTask,
    error: real_debrid::Error,
}

/// Why a session ended before nothing was due.
enum End {
    /// A run has begun, or the server stops.
    Called,
    /// Real-Debrid fails.
    Outage(String),
    /// Real-Debrid refuses the account.
    Refusal(String),
    Store(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<real_debrid::Error> for End {
    fn from(error: real_debrid::Error) -> Self {
        use real_debrid::Error::{NoToken, NotPermitted, Stopped, TokenRefused};
        match error {
            Stopped => Self::Called,
            TokenRefused { .. } | NoToken { .. } | NotPermitted { .. } => Self::Refusal(error.to_string()),
            error => Self::Outage(error.to_string()),
        }
    }
}

impl Reader {
    pub(in crate::sync) async fn work(self, mut memory: OwnedMutexGuard<Memory>) {
        let user = self.user;
        let ended = match self.store.signs_of_access(user).await {
            Ok(signs) if memory.is_refused(signs) => return,
            Ok(signs) => self.session(&mut memory).await.map_err(|end| (end, Some(signs))),
            Err(error) => Err((error.into(), None)),
        };
        // Counted once more, since pages read contents too, and entries come and go.
        if let Ok(contents) = self.store.contents_progress(user).await {
            self.live.contents(|shown| *shown = contents);
        }
        match ended {
            Ok(()) | Err((End::Called, _)) => {}
            Err((End::Refusal(error), Some(signs))) => refused(&mut memory, signs, &error),
            Err((End::Refusal(error) | End::Outage(error), _)) => self.rest(&mut memory, &error),
            Err((End::Store(error), _)) => self.rest(&mut memory, &format!("{error:?}")),
        }
    }

    /// Said once, and not again while it stays so.
    fn rest(&self, memory: &mut Memory, error: &str) {
        let is_news = !memory.is_in_doubt();
        let rest = memory.back_off(self.clock.elapsed());
        if is_news {
            tracing::warn!(error, ?rest, "the reading of contents rests");
        } else {
            tracing::debug!(error, ?rest, "the reading of contents rests again");
        }
    }

    async fn session(&self, memory: &mut Memory) -> Result<(), End> {
        let client = self.client().await?;
        if memory.is_in_doubt() {
            // One question tells whether the outage is over; no torrent is tried for it.
            client.user().await?;
        }
        let contents = self.store.contents_progress(self.user).await?;
        self.live.contents(|shown| *shown = contents);
        let mut suspects: Vec<Suspect> = Vec::new();
        while let Some(task) = self.next(&suspects).await? {
            if let Some(suspect) = self.ask(&client, task).await? {
                let error = suspect.error.clone();
                suspects.push(suspect);
                if suspects.len() >= TOO_MANY {
                    client.user().await?;
                    self.set_aside(&mut suspects).await?;
                    return Err(error.into());
                }
            } else {
                well(memory);
                self.set_aside(&mut suspects).await?;
            }
        }
        if !suspects.is_empty() {
            client.user().await?;
            well(memory);
            self.set_aside(&mut suspects).await?;
        }
        Ok(())
    }

    async fn client(&self) -> Result<Client, End> {
        let access = self.credentials.access(self.user).await.map_err(|error| match error.code {
            ErrorCode::TokenRefused => End::Refusal(error.to_string()),
            _ => End::Outage(error.to_string()),
        })?;
        let connection = Connection {
            api_url: access.api_url,
            token: access.token,
            max_retries: REPEATS,
            refusal_patience: REFUSAL_PATIENCE,
            urgency: Urgency::Background,
            clock: self.clock.clone(),
            pacer: Arc::clone(&self.pacer),
            conductor: Arc::new(Idle {
                live: self.live.clone(),
                clock: self.clock.clone(),
                shutdown: self.shutdown.clone(),
            }),
        };
        Ok(Client::new(self.transport.clone(), connection))
    }

    /// The first torrent that is due and not among the suspects.
    async fn next(&self, suspects: &[Suspect]) -> Result<Option<ContentsTask>, End> {
        let limit = i64::try_from(suspects.len()).unwrap_or_default() + 1;
        let due = self.store.contents_due(self.user, times(self.clock.now()), limit).await?;
        Ok(due.into_iter().find(|task| suspects.iter().all(|suspect| suspect.task.file != task.file)))
    }

    /// Reads one torrent; none when Real-Debrid has answered, be it that this torrent cannot be read.
    async fn ask(&self, client: &Client, task: ContentsTask) -> Result<Option<Suspect>, End> {
        use real_debrid::Error::{Database, NotFound, RateLimited, Refused, Setup, Stopped, TokenStore, Unreadable};
        match read(client, &self.store, &self.clock, &self.metrics, self.user, &task).await {
            Ok(Read::Stored) if task.is_unread => {
                self.live.contents(|contents| contents.processed = (contents.processed + 1).min(contents.total));
            }
            Ok(Read::Stored | Read::Outdated) => {}
            Ok(Read::Unknown) => self.note(&task, UNKNOWN).await?,
            Err(SyncError::RealDebrid(
                error @ (Stopped | RateLimited { .. } | Setup { .. } | TokenStore { .. } | Database { .. }),
            )) => {
                return Err(error.into());
            }
            Err(SyncError::RealDebrid(error @ (Unreadable { .. } | Refused { .. } | NotFound { .. }))) => {
                self.note(&task, &error.to_string()).await?;
            }
            Err(SyncError::RealDebrid(error)) => return Ok(Some(Suspect { task, error })),
            Err(SyncError::Store(error)) if error.is_refusal() => self.note(&task, &error.to_string()).await?,
            Err(SyncError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(End::Outage(error.to_string())),
        }
        Ok(None)
    }

    /// Real-Debrid answers, so what failed before is the torrents' own.
    async fn set_aside(&self, suspects: &mut Vec<Suspect>) -> Result<(), End> {
        for Suspect { task, error } in suspects.drain(..) {
            self.note(&task, &error.to_string()).await?;
        }
        Ok(())
    }

    async fn note(&self, task: &ContentsTask, error: &str) -> Result<(), StoreError> {
        tracing::warn!(file = task.file, error, "the contents of a torrent are set aside");
        let retry_at = retry_at(task, self.clock.now());
        self.store.note_contents_failure(self.user, task, error, retry_at).await
    }
}

fn refused(memory: &mut Memory, signs: Signs, error: &str) {
    memory.refuse(signs);
    tracing::warn!(error, "contents are not read until the account is let in again");
}

fn well(memory: &mut Memory) {
    if memory.recover() {
        tracing::info!("contents are read again");
    }
}
