//! The engine: the one owner of what every account's synchronisation is doing.
//!
//! One run per account, many accounts side by side. A run lives in a task of its own and in the database, so that it
//! survives the browser that started it, and a restart takes it up again.

use super::{
    Control, Credentials, SyncError,
    live::{Live, Subscription, count},
    run::{Outcome, Pulse, Run, RunSettings},
    state::{Event, next},
};
use crate::{
    clock::Clock,
    domain::{ApiError, ErrorCode, Mode, RunState, State, SyncConfigurationPatch, SyncStatus, units},
    real_debrid::{Client, Connection, Pacer, Transport},
    store::{Counters, NewRun, RunEnd, RunRecord, Store},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the watchdog looks at most.
const WATCH: Duration = Duration::from_millis(250);

/// The engine; clones are the same one.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    store: Store,
    transport: Transport,
    clock: Clock,
    credentials: Arc<dyn Credentials>,
    requests_per_minute: u32,
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
}

impl Engine {
    /// An engine that asks Real-Debrid at most `requests_per_minute` times a minute for each account.
    pub fn new(
        store: Store,
        transport: Transport,
        clock: Clock,
        credentials: Arc<dyn Credentials>,
        requests_per_minute: u32,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            transport,
            clock,
            credentials,
            requests_per_minute,
            accounts: Mutex::default(),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        }))
    }

    /// Takes up the runs that were alive when the last process ended: running ones go on, paused ones stay paused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover(&self) -> Result<(), ApiError> {
        for record in self.0.store.runs_alive().await? {
            let account = self.account(record.user).await?;
            let mut run = account.run.lock().await;
            tracing::info!(user = record.user, run = record.id, state = record.state.as_str(), "taking up a run");
            match serde_json::from_str::<RunSettings>(&record.configuration) {
                Ok(settings) => *run = Some(self.launch(&account, &record, settings)),
                Err(error) => {
                    tracing::error!(run = record.id, %error, "the settings of the run cannot be read");
                    drop(run);
                    self.end(&account, record.user, record.id, &record.counters, Err(SyncError::Defect)).await;
                }
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
        let new = NewRun { user, mode, configuration: &json, started };
        let id = match self.0.store.create_run(new.clone()).await? {
            Some(id) => id,
            None => {
                // Nothing runs here, so the end of an earlier run could not be written down, on a full disk perhaps.
                self.0.store.end_orphan(user, started, "The end of this run could not be stored.").await?;
                self.0.store.create_run(new).await?.ok_or_else(already_running)?
            }
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
        };
        let last_sync = account.live.status().last_sync;
        let mut status = describe(&record);
        status.last_sync = last_sync;
        status.contents = account.live.status().contents;
        account.live.change(|shown| *shown = status);
        *run = Some(self.launch(&account, &record, settings));
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
        let account = Arc::new(Account {
            live: Live::new(status),
            pacer: Arc::new(Pacer::new(self.0.requests_per_minute, self.0.clock.clone())),
            run: tokio::sync::Mutex::default(),
        });
        let mut accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(accounts.entry(user).or_insert(account)))
    }

    /// Puts a run to work in a task of its own.
    fn launch(&self, account: &Arc<Account>, record: &RunRecord, settings: RunSettings) -> Reins {
        let control = Control::new(self.0.clock.clone(), account.live.clone());
        if record.state == RunState::Paused {
            control.pause();
        }
        let reins = Reins { id: record.id, control };
        let (engine, account, record, steered) = (self.clone(), Arc::clone(account), record.clone(), reins.clone());
        self.0.tasks.spawn(async move {
            let work = tokio::spawn(engine.clone().work(Arc::clone(&account), record.clone(), settings, steered));
            let (counters, result) = work.await.unwrap_or_else(|error| {
                tracing::error!(run = record.id, %error, "a run panicked");
                (record.counters, Err(SyncError::Defect))
            });
            let (counters, result) = match result {
                // What a defect left in the database is the truth.
                Err(SyncError::Defect) => (engine.stored_counters(record.user).await.unwrap_or(counters), result),
                result => (counters, result),
            };
            engine.end(&account, record.user, record.id, &counters, result).await;
        });
        reins
    }

    async fn work(
        self,
        account: Arc<Account>,
        record: RunRecord,
        settings: RunSettings,
        reins: Reins,
    ) -> (Counters, Result<Outcome, SyncError>) {
        let access = match self.0.credentials.access(record.user).await {
            Ok(access) => access,
            Err(error) => return (record.counters, Err(error.into())),
        };
        let connection = Connection {
            api_url: access.api_url,
            token: access.token,
            max_retries: u32::try_from(settings.configuration.max_retries).unwrap_or_default(),
            clock: self.0.clock.clone(),
            pacer: Arc::clone(&account.pacer),
            conductor: Arc::new(reins.control.clone()),
        };
        let patience = Duration::from_millis(u64::try_from(settings.configuration.sync_timeout).unwrap_or(300_000));
        let pulse = Pulse::default();
        pulse.beat(reins.control.at_work());
        let mut run = Run {
            id: record.id,
            user: record.user,
            real_debrid_id: access.real_debrid_id,
            mode: record.mode,
            settings,
            store: self.0.store.clone(),
            client: Client::new(self.0.transport.clone(), connection),
            clock: self.0.clock.clone(),
            live: account.live.clone(),
            control: reins.control.clone(),
            counters: record.counters,
            pulse: pulse.clone(),
            requests_before: record.counters.requests,
            read_rows: 0,
            pace: super::pace::Pace::default(),
            pages_left: 0,
            starts_empty: false,
        };
        let result = tokio::select! {
            // A result that is there wins over a watchdog that bites in the same moment.
            biased;
            result = run.execute() => result,
            () = self.starve(&reins.control, &pulse, patience) => Err(SyncError::TimedOut(patience)),
        };
        run.counters.requests = run.requests();
        (run.counters, result)
    }

    async fn stored_counters(&self, user: i64) -> Option<Counters> {
        self.0.store.latest_run(user).await.ok().flatten().map(|record| record.counters)
    }

    /// Ends when nothing has moved for `patience` of working time.
    async fn starve(&self, control: &Control, pulse: &Pulse, patience: Duration) {
        while control.at_work().saturating_sub(pulse.last()) < patience {
            self.0.clock.sleep(WATCH.min(patience)).await;
        }
    }

    /// Writes down how a run ended and shows it.
    async fn end(
        &self,
        account: &Account,
        user: i64,
        run: i64,
        counters: &Counters,
        result: Result<Outcome, SyncError>,
    ) {
        let mut held = account.run.lock().await;
        let stopped =
            matches!(result, Err(SyncError::Stopped | SyncError::RealDebrid(crate::real_debrid::Error::Stopped)));
        if stopped && held.as_ref().is_some_and(|reins| reins.control.is_left()) {
            // Alive in the database: the next start takes it up.
            if let Err(error) = self.0.store.save_counters(user, run, counters).await {
                tracing::warn!(run, error = ?error, "the counters of a run could not be saved at shutdown");
            }
            return;
        }
        let ended = self.0.clock.now();
        let (event, state, summary, error, held_deletions) = match &result {
            Ok(outcome) => {
                (Event::Complete, RunState::Completed, outcome.summary.clone(), None, outcome.held_deletions)
            }
            Err(_) if stopped => (Event::Cancel, RunState::Cancelled, cancelled(counters), None, 0),
            Err(error) => {
                tracing::warn!(user, run, error = ?error, "a run failed");
                (
                    Event::Fail,
                    RunState::Error,
                    "The sync stopped before its end.".to_owned(),
                    Some(error.to_string()),
                    0,
                )
            }
        };
        let end = RunEnd { state, ended, held_deletions, summary: &summary, error: error.as_deref() };
        if let Err(failure) = self.0.store.end_run(user, run, counters, end).await {
            // The page shows the end all the same; after a restart the run is taken up and ends again.
            tracing::error!(run, error = ?failure, "the end of a run could not be stored");
        }
        let contents = self.0.store.contents_progress(user).await.ok();
        *held = None;
        account.live.change(|shown| {
            shown.status = next(shown.status, event).unwrap_or(State::Error);
            count(shown, counters);
            shown.timing.ended = Some(ended);
            shown.timing.estimated_end = None;
            shown.progress.current = summary;
            shown.held_deletions = held_deletions;
            shown.error = error;
            if let Some(contents) = contents {
                shown.contents = contents;
            }
            if state == RunState::Completed {
                shown.progress.percentage = 100;
                shown.last_sync = Some(ended);
            }
        });
        tracing::info!(user, run, state = state.as_str(), requests = counters.requests, "a run ended");
    }
}

fn cancelled(counters: &Counters) -> String {
    format!(
        "Cancelled after {} of {} entries; what was stored is kept.",
        units::count(counters.processed),
        units::count(counters.total)
    )
}

/// A stored run as a status.
fn describe(record: &RunRecord) -> SyncStatus {
    let mut status = SyncStatus {
        id: Some(record.id.to_string()),
        status: match record.state {
            RunState::Running => State::Running,
            RunState::Paused => State::Paused,
            RunState::Completed => State::Completed,
            RunState::Cancelled => State::Idle,
            RunState::Error => State::Error,
        },
        mode: Some(record.mode),
        held_deletions: record.held_deletions,
        error: record.error.clone(),
        ..SyncStatus::default()
    };
    status.timing.started = Some(record.started);
    status.timing.ended = record.ended;
    status.progress.current.clone_from(&record.summary);
    count(&mut status, &record.counters);
    if record.state == RunState::Completed {
        status.progress.percentage = 100;
    }
    if record.state == RunState::Running && record.summary.is_empty() {
        "Starting".clone_into(&mut status.progress.current);
    }
    status
}

fn already_running() -> ApiError {
    ApiError::new(
        ErrorCode::AlreadyRunning,
        "A sync of this account is already running or paused: wait for it, resume it, or cancel it first.",
    )
}

fn not_in_this_state(state: State) -> ApiError {
    let error = match state {
        State::Running => "The sync is running: it can be paused or cancelled.",
        State::Paused => "The sync is paused: it can be resumed or cancelled.",
        State::Idle | State::Completed | State::Error => "No sync is running: start one first.",
    };
    ApiError::new(ErrorCode::NotInThisState, error)
}

fn no_held_deletions() -> ApiError {
    ApiError::new(ErrorCode::NotInThisState, "No deletions are waiting for an answer.")
}
