//! The engine: the one owner of what every account's synchronisation is doing.
//!
//! One run per account, many accounts side by side. A run lives in a task of its own and in the database, so that it
//! survives the browser that started it, and a restart takes it up again.

mod reading;
mod watching;
mod words;
mod work;

use super::{
    Control, Credentials, SyncError,
    contents::Memory,
    live::{Live, Subscription},
    meter::Meter,
    run::RunSettings,
    schedule::next_run,
    state::{Event, next},
};
use crate::{
    clock::Clock,
    domain::{ApiError, ErrorCode, Mode, RunState, StartedBy, State, SyncConfigurationPatch, SyncStatus, Timestamp},
    metrics::Metrics,
    real_debrid::{Pacer, Transport},
    store::{Counters, NewRun, RunRecord, Store},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;
use words::{already_running, describe, no_held_deletions, not_in_this_state};

/// The engine; clones are the same one.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

/// What an engine works with.
pub struct Parts {
    /// Where to.
    pub store: Store,
    /// Where from.
    pub transport: Transport,
    /// The time.
    pub clock: Clock,
    /// Who gives runs their access.
    pub credentials: Arc<dyn Credentials>,
    /// Where it is counted.
    pub metrics: Metrics,
}

/// How an engine works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Requests a minute to Real-Debrid, for each account.
    pub requests_per_minute: u32,
    /// Rows asked for at once [5,000, the most Real-Debrid gives].
    pub page_rows: u32,
    /// How often is asked what is due [5 s].
    pub tick: Duration,
    /// Whether contents are read in the background [true].
    pub contents: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { requests_per_minute: 250, page_rows: 5_000, tick: Duration::from_secs(5), contents: true }
    }
}

struct Inner {
    store: Store,
    transport: Transport,
    clock: Clock,
    credentials: Arc<dyn Credentials>,
    metrics: Metrics,
    options: EngineOptions,
    accounts: Mutex<HashMap<i64, Arc<Account>>>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

/// What the engine holds of one account.
struct Account {
    live: Live,
    /// The pace belongs to the account and not to a run: Real-Debrid counts across runs.
    pacer: Arc<Pacer>,
    /// Held while the state is being changed, so that two clicks cannot both start a run.
    run: tokio::sync::Mutex<Option<Reins>>,
    /// Held by whoever reads its contents.
    reading: Arc<tokio::sync::Mutex<Memory>>,
}

/// What is needed to steer a living run.
#[derive(Clone)]
struct Reins {
    id: i64,
    control: Control,
}

/// What a run is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StartRequest {
    /// How much to read.
    pub mode: Mode,
    /// Settings for this run only.
    pub overrides: SyncConfigurationPatch,
    /// How many deletions the user has confirmed; 0 for none.
    pub confirmed_deletions: i64,
    /// Who asks.
    pub started_by: StartedBy,
}

impl Engine {
    /// An engine at rest.
    pub fn new(parts: Parts, options: EngineOptions) -> Self {
        let Parts { store, transport, clock, credentials, metrics } = parts;
        Self(Arc::new(Inner {
            store,
            transport,
            clock,
            credentials,
            metrics,
            options,
            accounts: Mutex::default(),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        }))
    }

    /// How it works.
    pub fn options(&self) -> EngineOptions {
        self.0.options
    }

    /// Takes up the runs that were alive when the last process ended: running ones go on, paused ones stay paused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover(&self) -> Result<(), ApiError> {
        for record in self.0.store.runs_alive().await? {
            self.take_up(&record).await?;
        }
        Ok(())
    }

    /// As [`Engine::recover`], of one account only: the runs of others stay for the process that will serve them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover_account(&self, user: i64) -> Result<(), ApiError> {
        for record in self.0.store.runs_alive().await?.iter().filter(|record| record.user == user) {
            self.take_up(record).await?;
        }
        Ok(())
    }

    async fn take_up(&self, record: &RunRecord) -> Result<(), ApiError> {
        let account = self.account(record.user).await?;
        let mut run = account.run.lock().await;
        match serde_json::from_str::<RunSettings>(&record.configuration) {
            Ok(settings) => *run = Some(self.launch(&account, record, settings, true)),
            Err(error) => {
                drop(run);
                let span = watching::span(record.id, record.user);
                span.in_scope(|| tracing::error!(%error, "the settings of the run cannot be read"));
                let end = self.end(&account, record.user, record.id, &record.counters, Err(SyncError::Defect));
                end.instrument(span).await;
            }
        }
        Ok(())
    }

    /// Starts a run of an account; it goes on in the background.
    ///
    /// # Errors
    /// `already_running` when one is running or paused, `invalid_configuration` for a setting out of range, or when the
    /// database fails. Nothing is changed then.
    pub async fn start(&self, user: i64, request: &StartRequest) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let mut run = account.run.lock().await;
        if run.is_some() || next(account.live.state(), Event::Start).is_none() {
            return Err(already_running());
        }
        if self.0.shutdown.is_cancelled() {
            return Err(ApiError::new(ErrorCode::NotInThisState, "The server is stopping: try again in a moment."));
        }
        let configuration = self.0.store.configuration(user).await?.patched(&request.overrides)?;
        let settings = RunSettings { configuration, confirmed_deletions: request.confirmed_deletions };
        let json = serde_json::to_string(&settings)
            .map_err(|error| ApiError::new(ErrorCode::Internal, format!("The settings cannot be stored: {error}.")))?;
        let started = self.0.clock.now();
        // The first run reads everything, whatever it is called.
        let mode = if account.live.status().last_sync.is_none() { Mode::Full } else { request.mode };
        let new = NewRun { user, mode, configuration: &json, started, started_by: request.started_by };
        let id = if let Some(id) = self.0.store.create_run(new.clone()).await? {
            id
        } else {
            // Nothing runs here, so the end of an earlier run could not be written down, on a full disk perhaps.
            self.0.store.end_orphan(user, started, "The end of this run could not be stored.").await?;
            self.0.store.create_run(new).await?.ok_or_else(already_running)?
        };
        let record = RunRecord {
            id,
            user,
            mode,
            state: RunState::Running,
            configuration: json,
            started,
            ended: None,
            counters: Counters::default(),
            held_deletions: 0,
            summary: String::new(),
            error: None,
            started_by: Some(request.started_by),
        };
        let last_sync = account.live.status().last_sync;
        let mut status = describe(&record);
        status.last_sync = last_sync;
        status.contents = account.live.status().contents;
        account.live.change(|shown| *shown = status);
        *run = Some(self.launch(&account, &record, settings, false));
        Ok(account.live.status())
    }

    /// Holds the run of an account until [`Engine::resume`].
    ///
    /// # Errors
    /// `not_in_this_state` when nothing runs, or when the database fails.
    pub async fn pause(&self, user: i64) -> Result<SyncStatus, ApiError> {
        self.steer(user, Event::Pause, RunState::Paused, Control::pause).await
    }

    /// Lets a paused run go on.
    ///
    /// # Errors
    /// `not_in_this_state` when nothing is paused, or when the database fails.
    pub async fn resume(&self, user: i64) -> Result<SyncStatus, ApiError> {
        self.steer(user, Event::Resume, RunState::Running, Control::resume).await
    }

    /// Ends the run of an account; what it stored stays. Returns when it has ended.
    ///
    /// # Errors
    /// `not_in_this_state` when nothing runs.
    pub async fn cancel(&self, user: i64) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let reins = account.run.lock().await.clone();
        match reins {
            Some(reins) if next(account.live.state(), Event::Cancel).is_some() => {
                let id = reins.id.to_string();
                reins.control.stop();
                // Or until another run has begun since.
                let is_over = |status: &SyncStatus| {
                    !matches!(status.status, State::Running | State::Paused) || status.id.as_ref() != Some(&id)
                };
                Ok(account.live.wait_for(is_over).await)
            }
            _ => Err(not_in_this_state(account.live.state())),
        }
    }

    /// The present status of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn status(&self, user: i64) -> Result<SyncStatus, ApiError> {
        Ok(self.account(user).await?.live.status())
    }

    /// Every status of an account from now on, the present one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscribe(&self, user: i64) -> Result<Subscription, ApiError> {
        Ok(self.account(user).await?.live.subscribe())
    }

    /// Forgets the deletions that the last run held back; the next run looks anew.
    ///
    /// # Errors
    /// `not_in_this_state` when none are held, or when the database fails.
    pub async fn dismiss_held_deletions(&self, user: i64) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let _run = account.run.lock().await;
        let status = account.live.status();
        let held = status.held_deletions;
        match status.id.as_deref().map(str::parse::<i64>) {
            Some(Ok(run)) if held > 0 => {
                self.0.store.dismiss_held_deletions(user, run).await?;
                account.live.change(|shown| shown.held_deletions = 0);
                Ok(account.live.status())
            }
            _ => Err(no_held_deletions()),
        }
    }

    /// Starts a run that carries out the deletions held back, if a new complete listing still says so.
    ///
    /// # Errors
    /// `not_in_this_state` when none are held, `already_running` when a run is alive, or when the database fails.
    pub async fn confirm_held_deletions(&self, user: i64) -> Result<SyncStatus, ApiError> {
        let held = self.status(user).await?.held_deletions;
        if held == 0 {
            return Err(no_held_deletions());
        }
        let request = StartRequest { mode: Mode::Full, confirmed_deletions: held, ..StartRequest::default() };
        self.start(user, &request).await
    }

    /// The pace at which Real-Debrid is asked for an account, for requests outside of runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pacer(&self, user: i64) -> Result<Arc<Pacer>, ApiError> {
        Ok(Arc::clone(&self.account(user).await?.pacer))
    }

    /// Shows anew when the next automatic run comes: the settings or the token have changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reschedule(&self, user: i64) -> Result<(), ApiError> {
        let account = self.account(user).await?;
        let next = self.next_sync(user).await?;
        account.live.next_sync(next);
        Ok(())
    }

    /// When the next automatic run comes; none while one is alive, before the first, and when auto-sync is off.
    async fn next_sync(&self, user: i64) -> Result<Option<Timestamp>, ApiError> {
        let now = self.0.clock.now();
        let schedules = self.0.store.schedules(Some(user)).await?;
        Ok(schedules.first().map(|schedule| next_run(schedule, now).max(now)))
    }

    /// Stops all runs after the batch in flight and waits for them. They are taken up again by the next start.
    pub async fn shut_down(&self) {
        self.0.shutdown.cancel();
        let accounts: Vec<_> =
            self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for account in accounts {
            if let Some(reins) = account.run.lock().await.as_ref() {
                reins.control.leave();
            }
        }
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    async fn steer(
        &self,
        user: i64,
        event: Event,
        run_state: RunState,
        order: impl Fn(&Control),
    ) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let run = account.run.lock().await;
        let state = account.live.state();
        let (Some(next), Some(reins)) = (next(state, event), run.as_ref()) else {
            return Err(not_in_this_state(state));
        };
        self.0.store.set_run_state(user, reins.id, run_state).await?;
        order(&reins.control);
        account.live.change(|shown| {
            shown.status = next;
            if next == State::Paused {
                shown.timing.estimated_end = None;
            }
        });
        Ok(account.live.status())
    }

    /// The account's place in memory, with its status from the database the first time.
    async fn account(&self, user: i64) -> Result<Arc<Account>, ApiError> {
        if let Some(account) = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(&user) {
            return Ok(Arc::clone(account));
        }
        let mut status = self.0.store.latest_run(user).await?.as_ref().map(describe).unwrap_or_default();
        status.last_sync = self.0.store.last_sync(user).await?;
        status.contents = self.0.store.contents_progress(user).await?;
        status.next_sync = self.next_sync(user).await?;
        let pacer = Arc::new(Pacer::new(self.0.options.requests_per_minute, self.0.clock.clone()));
        let account = Arc::new(Account {
            live: Live::new(status, Meter::new(Arc::clone(&pacer), self.0.clock.clone())),
            pacer,
            run: tokio::sync::Mutex::default(),
            reading: Arc::default(),
        });
        let mut accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(accounts.entry(user).or_insert(account)))
    }
}
