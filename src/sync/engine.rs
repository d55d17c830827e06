//! The engine: the one owner of what every account's synchronisation is doing.
//!
//! One run per account, many accounts side by side. A run lives in a task of its own and in the database, so that it
//! survives the browser that started it, and a restart takes it up again.

mod beating;
mod reading;
mod sharing;
mod steering;
mod watching;
mod words;
mod work;

use super::{
    Control, Credentials,
    contents::Memory,
    live::{Live, Subscription},
    meter::Meter,
    run::RunSettings,
    schedule::{next_run, skew},
    shared_pace::SharedPace,
    state::{Event, next},
};
use crate::{
    clock::Clock,
    domain::{ApiError, ErrorCode, Mode, RunState, StartedBy, SyncConfigurationPatch, SyncStatus, Timestamp},
    metrics::Metrics,
    real_debrid::{Pacer, Transport},
    store::{Counters, LeasedRun, NewRun, RunRecord, Store},
};
use sharing::Sightings;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicI64},
    time::Duration,
};
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use words::{already_running, describe};

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
    /// How often a server says that it lives, to those that share its database [3 s].
    pub beat: Duration,
    /// After so long without a beat a server is taken for dead [12 s].
    pub dead_after: Duration,
    /// Whether the runs of dead servers are taken over [true]; else only that of an account that is taken up by name.
    pub is_heir: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            requests_per_minute: 250,
            page_rows: 5_000,
            tick: Duration::from_secs(5),
            contents: true,
            beat: Duration::from_secs(3),
            dead_after: Duration::from_secs(12),
            is_heir: true,
        }
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
    /// What this server has seen of the work of others.
    sightings: Mutex<Sightings>,
    /// Another server has something new.
    news: watch::Sender<()>,
    /// Whose dead run may be taken over; 0 for everybody's.
    heir_of: AtomicI64,
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
    /// Something may be asked of its run.
    wake: Notify,
    /// The run whose end is being written down; 0 for none.
    ending: AtomicI64,
    /// When its status was last read from the database.
    refreshed: Mutex<Option<Duration>>,
}

/// What is needed to steer a living run.
#[derive(Clone)]
struct Reins {
    leased: LeasedRun,
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
    /// The last run, as whoever asks knows it: after another one nothing is asked for.
    pub after: Option<i64>,
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
            sightings: Mutex::default(),
            news: watch::Sender::default(),
            heir_of: AtomicI64::new(0),
        }))
    }

    /// How it works.
    pub fn options(&self) -> EngineOptions {
        self.0.options
    }

    /// Starts a run of an account; it goes on in the background.
    ///
    /// # Errors
    /// `already_running` when one is running or paused, `invalid_configuration` for a setting out of range, or when the
    /// database fails. Nothing is changed then.
    pub async fn start(&self, user: i64, request: &StartRequest) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let mut run = account.run.lock().await;
        self.refresh(user, &account, run.as_ref()).await?;
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
        let new =
            NewRun { user, mode, configuration: &json, started, started_by: request.started_by, after: request.after };
        let leased = if let Some(leased) = self.0.store.create_run(new.clone()).await? {
            leased
        } else if self.0.store.is_shared() && !account.is_ending() {
            self.refresh(user, &account, None).await?;
            return Err(already_running());
        } else {
            // Nothing runs here, so the end of an earlier run could not be written down, on a full disk perhaps.
            self.0.store.end_orphan(user, started, "The end of this run could not be stored.").await?;
            self.0.store.create_run(new).await?.ok_or_else(already_running)?
        };
        let record = RunRecord {
            id: leased.id,
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
        *run = Some(self.launch(&account, &record, leased, settings, false));
        Ok(account.live.status())
    }

    /// The present status of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn status(&self, user: i64) -> Result<SyncStatus, ApiError> {
        Ok(self.refreshed(user).await?.live.status())
    }

    /// Every status of an account from now on, the present one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscribe(&self, user: i64) -> Result<Subscription, ApiError> {
        Ok(self.refreshed(user).await?.live.subscribe())
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
        Ok(schedules.first().map(|schedule| next_run(schedule, now, skew(&self.0.store)).max(now)))
    }

    /// Stops all runs after the batch in flight and waits for them. They are taken up again by the next start.
    pub async fn shut_down(&self) {
        self.0.shutdown.cancel();
        let accounts: Vec<_> =
            self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        // Side by side: one whose database hangs does not keep the others from being left.
        let left = accounts.iter().map(async |account| {
            if let Some(reins) = account.run.lock().await.as_ref() {
                reins.control.leave();
            }
        });
        futures::future::join_all(left).await;
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// The pace of an account, kept together with other servers where there can be any.
    fn pacer_of(&self, user: i64) -> Arc<Pacer> {
        let (limit, clock) = (self.0.options.requests_per_minute, self.0.clock.clone());
        Arc::new(if self.0.store.is_shared() {
            Pacer::shared(limit, clock, Arc::new(SharedPace::new(self.0.store.clone(), user)))
        } else {
            Pacer::new(limit, clock)
        })
    }

    /// The account's place in memory, with its status from the database the first time.
    async fn account(&self, user: i64) -> Result<Arc<Account>, ApiError> {
        if let Some(account) = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(&user) {
            return Ok(Arc::clone(account));
        }
        let status = self.stored_status(user, None).await?;
        let pacer = self.pacer_of(user);
        let live = Live::new(status.clone(), Meter::new(Arc::clone(&pacer), self.0.clock.clone()));
        if self.0.store.is_shared() {
            live.mirror(status);
        }
        let account = Arc::new(Account {
            live,
            pacer,
            run: tokio::sync::Mutex::default(),
            reading: Arc::default(),
            wake: Notify::new(),
            ending: AtomicI64::new(0),
            refreshed: Mutex::default(),
        });
        let mut accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(accounts.entry(user).or_insert(account)))
    }
}
