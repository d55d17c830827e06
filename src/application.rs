//! What a signed-in person can do. REST and the server functions of the pages are two doors to the same rooms, so that
//! neither knows more than the other.

use crate::{
    accounts::Accounts,
    clock::Clock,
    domain::{
        Action, ApiError, ErrorCode, FileDetails, FilePage, FileQuery, Folders, Kind, Mode, OrganisationPatch,
        SyncConfiguration, SyncConfigurationPatch, SyncRun, SyncStatus,
    },
    real_debrid::{Client, Connection, Transport, Unattended, Urgency},
    store::Store,
    sync::{
        Credentials, Engine, StartRequest,
        contents::{self, Read},
    },
};
use ::http::HeaderMap;
use std::{ops::RangeInclusive, sync::Arc, time::Duration};
use tokio::sync::Mutex;

pub use crate::{
    accounts::{Session, SignedIn, bearer, cookie},
    sync::live::Subscription,
};

/// Runs in one answer of the history.
const RUNS: RangeInclusive<i64> = 1..=200;
/// Repeats of a request that a page waits for.
const RETRIES_WHILE_WAITING: u32 = 1;
/// How long a page waits for the contents of a torrent before it is shown without them.
const PATIENCE_FOR_CONTENTS: Duration = Duration::from_secs(8);

/// The application; clones are the same one.
#[derive(Clone)]
pub struct Application(Arc<Parts>);

struct Parts {
    store: Store,
    engine: Engine,
    accounts: Accounts,
    transport: Transport,
    clock: Clock,
    /// Held from reading settings to writing them, so that of two changes none is lost.
    configuring: Mutex<()>,
}

impl Application {
    /// Puts the parts together.
    pub fn new(store: Store, engine: Engine, accounts: Accounts, transport: Transport, clock: Clock) -> Self {
        Self(Arc::new(Parts { store, engine, accounts, transport, clock, configuring: Mutex::default() }))
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whether there is a demo library.
    pub fn demo(&self) -> bool {
        self.0.accounts.has_demo()
    }

    /// Whether the database answers and is up to date.
    pub async fn is_ready(&self) -> bool {
        self.0.store.is_ready().await.unwrap_or_else(|error| {
            tracing::warn!(error = ?error, "the database is not ready");
            false
        })
    }

    /// The live session of a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, ApiError> {
        self.0.accounts.session(headers).await
    }

    /// See [`Accounts::sign_in`].
    ///
    /// # Errors
    /// See there.
    pub async fn sign_in(&self, token: &str) -> Result<SignedIn, ApiError> {
        let signed_in = self.0.accounts.sign_in(token).await?;
        // A new token ends the wait after one that was refused.
        self.0.engine.reschedule(signed_in.user.id).await?;
        Ok(signed_in)
    }

    /// See [`Accounts::sign_in_demo`].
    ///
    /// # Errors
    /// See there.
    pub async fn sign_in_demo(&self) -> Result<SignedIn, ApiError> {
        self.0.accounts.sign_in_demo().await
    }

    /// Ends a session; gives the `Set-Cookie` value that takes the cookie back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, session: &Session) -> Result<String, ApiError> {
        self.0.accounts.sign_out(session).await
    }

    /// Where the synchronisation of an account stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sync_status(&self, user: i64) -> Result<SyncStatus, ApiError> {
        self.0.engine.status(user).await
    }

    /// Every status from now on, the present one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscribe(&self, user: i64) -> Result<Subscription, ApiError> {
        self.0.engine.subscribe(user).await
    }

    /// Starts a run with the account's settings.
    ///
    /// # Errors
    /// See [`Engine::start`].
    pub async fn start_sync(&self, user: i64, mode: Mode) -> Result<SyncStatus, ApiError> {
        self.start_sync_with(user, mode, SyncConfigurationPatch::default()).await
    }

    /// Starts a run with some settings changed for it only.
    ///
    /// # Errors
    /// See [`Engine::start`].
    pub async fn start_sync_with(
        &self,
        user: i64,
        mode: Mode,
        overrides: SyncConfigurationPatch,
    ) -> Result<SyncStatus, ApiError> {
        self.0.engine.start(user, &StartRequest { mode, overrides, confirmed_deletions: 0 }).await
    }

    /// Pauses, resumes or cancels the run.
    ///
    /// # Errors
    /// `not_in_this_state` when the state does not allow it, or when the database fails.
    pub async fn act_on_sync(&self, user: i64, action: Action) -> Result<SyncStatus, ApiError> {
        match action {
            Action::Pause => self.0.engine.pause(user).await,
            Action::Resume => self.0.engine.resume(user).await,
            Action::Cancel => self.0.engine.cancel(user).await,
        }
    }

    /// Answers deletions that were held back: carries them out with a new run, or forgets them.
    ///
    /// # Errors
    /// `not_in_this_state` when none are held, or when the database fails.
    pub async fn answer_held_deletions(&self, user: i64, confirm: bool) -> Result<SyncStatus, ApiError> {
        if confirm {
            self.0.engine.confirm_held_deletions(user).await
        } else {
            self.0.engine.dismiss_held_deletions(user).await
        }
    }

    /// The settings of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn configuration(&self, user: i64) -> Result<SyncConfiguration, ApiError> {
        Ok(self.0.store.configuration(user).await?)
    }

    /// Changes some settings of an account.
    ///
    /// # Errors
    /// `invalid_configuration` when one is out of range; nothing is changed then. Or when the database fails.
    pub async fn configure(&self, user: i64, patch: &SyncConfigurationPatch) -> Result<SyncConfiguration, ApiError> {
        let _configuring = self.0.configuring.lock().await;
        let configuration = self.0.store.configuration(user).await?.patched(patch)?;
        self.0.store.put_configuration(user, &configuration, self.0.clock.now()).await?;
        self.0.engine.reschedule(user).await?;
        Ok(configuration)
    }

    /// The newest runs, newest first.
    ///
    /// # Errors
    /// `invalid_request` when `limit` is out of range, or when the database fails.
    pub async fn runs(&self, user: i64, limit: i64) -> Result<Vec<SyncRun>, ApiError> {
        if !RUNS.contains(&limit) {
            return Err(ApiError::invalid(format!(
                "limit is {limit}, but must be {}–{} runs.",
                RUNS.start(),
                RUNS.end()
            )));
        }
        Ok(self.0.store.runs(user, limit, self.0.clock.now()).await?)
    }

    /// One page of the library.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is out of range, or when the database fails.
    pub async fn files(&self, user: i64, query: &FileQuery) -> Result<FilePage, ApiError> {
        self.0.store.files(user, query).await
    }

    /// One entry with what is inside. The contents of a torrent are read from Real-Debrid the first time they are
    /// asked for; when that fails the entry is shown without them.
    ///
    /// # Errors
    /// `not_found` when the account has no such entry, or when the database fails.
    pub async fn file(&self, user: i64, id: i64) -> Result<FileDetails, ApiError> {
        let details = self.0.store.file(user, id).await?.ok_or_else(unknown)?;
        if details.file.kind == Kind::Download || details.contents_read_at.is_some() {
            return Ok(details);
        }
        let patience = tokio::time::timeout(PATIENCE_FOR_CONTENTS, self.read_contents(user, &details));
        match patience.await.unwrap_or_else(|_| Err(late())) {
            Ok(()) => self.0.store.file(user, id).await?.ok_or_else(unknown),
            Err(error) => {
                tracing::warn!(user, file = id, %error, "the contents of a torrent could not be read");
                Ok(details)
            }
        }
    }

    /// Changes what the user says of an entry; gives the entry as it is then.
    ///
    /// # Errors
    /// `not_found` when the account has no such entry, `invalid_request` when a field cannot be kept, or when the
    /// database fails; nothing is changed then.
    pub async fn organise(&self, user: i64, id: i64, patch: OrganisationPatch) -> Result<FileDetails, ApiError> {
        if !self.0.store.organise(user, id, patch, self.0.clock.now()).await? {
            return Err(unknown());
        }
        self.0.store.file(user, id).await?.ok_or_else(unknown)
    }

    /// The folders of the library.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn folders(&self, user: i64) -> Result<Folders, ApiError> {
        Ok(self.0.store.folders(user).await?)
    }

    async fn read_contents(&self, user: i64, details: &FileDetails) -> Result<(), ApiError> {
        let access = self.0.accounts.access(user).await?;
        let client = Client::new(
            self.0.transport.clone(),
            Connection {
                api_url: access.api_url,
                token: access.token,
                max_retries: RETRIES_WHILE_WAITING,
                refusal_patience: Duration::ZERO,
                urgency: Urgency::Foreground,
                clock: self.0.clock.clone(),
                pacer: self.0.engine.pacer(user).await?,
                conductor: Arc::new(Unattended),
            },
        );
        let Some(task) = self.0.store.contents_task(user, details.file.id).await? else { return Ok(()) };
        match contents::read(&client, &self.0.store, &self.0.clock, user, &task).await {
            Ok(Read::Stored) if task.is_unread => self.0.engine.contents_were_read(user).await,
            Ok(_) => Ok(()),
            Err(error) => Err(ApiError::new(ErrorCode::RealDebridUnavailable, error.to_string())),
        }
    }

    /// Stops all runs after the batch in flight; the next start takes them up again.
    pub async fn shut_down(&self) {
        self.0.engine.shut_down().await;
        self.0.store.close().await;
    }
}

fn unknown() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such file in your library: it may have been deleted.")
}

fn late() -> ApiError {
    ApiError::new(ErrorCode::RealDebridUnavailable, "Real-Debrid did not answer in time: try again later.")
}
