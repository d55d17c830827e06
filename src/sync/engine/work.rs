//! A run at work: in a task of its own, under a watchdog, and written down at its end.

use super::{
    Account, Engine, Reins,
    watching::{self, span},
    words::cancelled,
};
use crate::{
    domain::{RunState, State},
    real_debrid::{self, Client, Connection, Urgency},
    store::{Counters, LeasedRun, RunEnd, RunRecord, StoreError},
    sync::{
        Control, SyncError,
        control::REFUSAL_PATIENCE,
        live::count,
        memory::Memory,
        pace::Pace,
        run::{Outcome, Pulse, Run, RunSettings},
        state::{Event, next},
        trouble::answered,
    },
};
use std::{sync::Arc, time::Duration};
use tokio::sync::MutexGuard;
use tracing::Instrument;

/// The watchdog looks no oftener than this, since its time can stand still.
const GLANCE: Duration = Duration::from_secs(1);

impl Engine {
    /// Puts a run to work in a task of its own, a new one or one that is taken up again.
    pub(super) fn launch(
        &self,
        account: &Arc<Account>,
        record: &RunRecord,
        leased: LeasedRun,
        settings: RunSettings,
        is_taken_up: bool,
    ) -> Reins {
        let control = Control::new(self.0.clock.clone(), account.live.clone());
        if record.state == RunState::Paused {
            control.pause();
        }
        let reins = Reins { leased, control };
        let (engine, account, record, steered) = (self.clone(), Arc::clone(account), record.clone(), reins.clone());
        let span = span(record.id, record.user);
        let task = async move {
            engine.tell_start(record.mode, record.state, is_taken_up);
            let work = engine.clone().work(Arc::clone(&account), record.clone(), settings, steered.clone());
            let work = tokio::spawn(work.in_current_span());
            let to_its_end = async {
                let (counters, result) = work.await.unwrap_or_else(|error| {
                    tracing::error!(%error, "a run panicked");
                    (record.counters, Err(SyncError::Defect))
                });
                // A run can have ended in the middle of a batch, which may be stored all the same: what the database says is
                // true.
                let is_left = steered.control.is_left();
                let counters = match result {
                    Err(_) if !is_left => engine.stored_counters(leased, counters).await,
                    _ => Ok(counters),
                };
                engine.end(&account, leased, counters, result).await;
            };
            tokio::pin!(to_its_end);
            tokio::select! {
                biased;
                () = &mut to_its_end => {}
                () = engine.beat(&account, &steered) => to_its_end.await,
            }
        };
        self.0.tasks.spawn(task.instrument(span));
        reins
    }

    async fn work(
        self,
        account: Arc<Account>,
        record: RunRecord,
        settings: RunSettings,
        reins: Reins,
    ) -> (Counters, Result<Outcome, SyncError>) {
        let access = match answered(&reins.control, || self.0.credentials.access(record.user)).await {
            Ok(access) => access,
            Err(error) => return (record.counters, Err(error)),
        };
        let connection = Connection {
            api_url: access.api_url,
            token: access.token,
            max_retries: u32::try_from(settings.configuration.max_retries).unwrap_or_default(),
            refusal_patience: REFUSAL_PATIENCE,
            urgency: Urgency::Foreground,
            clock: self.0.clock.clone(),
            pacer: Arc::clone(&account.pacer),
            conductor: Arc::new(reins.control.clone()),
        };
        let patience = Duration::from_millis(u64::try_from(settings.configuration.sync_timeout).unwrap_or(300_000));
        let pulse = Pulse::default();
        pulse.beat(reins.control.on_its_own());
        let mut run = Run {
            leased: reins.leased,
            real_debrid_id: access.real_debrid_id,
            mode: record.mode,
            settings,
            store: self.0.store.clone(),
            client: Client::new(self.0.transport.clone(), connection),
            clock: self.0.clock.clone(),
            live: account.live.clone(),
            control: reins.control.clone(),
            counters: record.counters,
            stored_counters: record.counters,
            pulse: pulse.clone(),
            requests_before: record.counters.requests,
            read_rows: 0,
            pace: Pace::default(),
            fetched_rows: 0,
            asked_rows: self.0.options.page_rows,
            had_premium: false,
            page_rows: i64::from(self.0.options.page_rows),
            memory: Memory::default(),
            metrics: self.0.metrics.clone(),
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

    /// What the database counted of a run; how often Real-Debrid was asked the run itself knows.
    ///
    /// # Errors
    /// When the database cannot be asked, with what the run counted, which may lack the last batch.
    async fn stored_counters(&self, run: LeasedRun, counted: Counters) -> Result<Counters, (Counters, StoreError)> {
        match self.0.store.settled_counters(run.user, run.id).await {
            Ok(Some(stored)) => Ok(Counters { requests: stored.requests.max(counted.requests), ..stored }),
            Ok(None) => Ok(counted),
            Err(error) => Err((counted, error)),
        }
    }

    /// Ends when nothing has moved for `patience` of the run's own time.
    async fn starve(&self, control: &Control, pulse: &Pulse, patience: Duration) {
        loop {
            let quiet = control.on_its_own().saturating_sub(pulse.last());
            let Some(left) = patience.checked_sub(quiet).filter(|left| !left.is_zero()) else { return };
            self.0.clock.sleep(left.max(GLANCE)).await;
        }
    }

    /// Writes down how a run ended as soon as the database can be written again, on a disk with space again perhaps. Until
    /// then the run is alive there, and no automatic one begins.
    async fn end_late(self, account: Arc<Account>, run: LeasedRun, counters: Counters, end: RunEnd) {
        loop {
            let is_last = tokio::select! {
                biased;
                () = self.0.shutdown.cancelled() => true,
                () = self.0.clock.sleep(self.0.options.tick) => false,
            };
            // Nobody takes over what has ended.
            if self.0.store.is_shared() {
                let _ = self.0.store.beat(run.lease(), Some(run.id), None).await;
            }
            // The last batch of a run that did not complete may have been stored although its answer was lost.
            let counters = match end.state {
                RunState::Completed => Ok(counters),
                _ => self.stored_counters(run, counters).await,
            };
            let stored = match counters {
                Ok(counters) => self.0.store.end_run(&run, &counters, &end).await,
                Err((_, error)) => Err(error),
            };
            match stored {
                Ok(()) => tracing::info!("the end of the run is stored now"),
                Err(StoreError::Superseded) => tracing::info!("another server has ended the run, or works on it"),
                Err(_) if is_last => return,
                Err(error) => {
                    tracing::debug!(?error, "the end of the run can still not be stored");
                    continue;
                }
            }
            account.end_ending(run.id);
            let _ = self.reschedule(run.user).await;
            let _ = self.refreshed(run.user).await;
            return;
        }
    }

    /// Another server has the run: what it does is shown from here on.
    async fn let_go(&self, account: &Account, user: i64, mut reins: MutexGuard<'_, Option<Reins>>) {
        tracing::warn!("the run is left to another server, which has taken it over");
        *reins = None;
        account.live.disown();
        if let Err(error) = self.refresh(user, account, None).await {
            tracing::debug!(%error, "what the other server does is not known yet");
        }
    }

    /// Writes down how a run ended and shows it.
    pub(super) async fn end(
        &self,
        account: &Arc<Account>,
        run: LeasedRun,
        counters: Result<Counters, (Counters, StoreError)>,
        mut result: Result<Outcome, SyncError>,
    ) {
        let mut reins = account.run.lock().await;
        let user = run.user;
        let (counters, unknown) = match counters {
            Ok(counters) => (counters, None),
            Err((counters, error)) => (counters, Some(error)),
        };
        let is_lost = reins.as_ref().is_some_and(|reins| reins.control.is_lost());
        if is_lost || matches!(result, Err(SyncError::Store(StoreError::Superseded))) {
            return self.let_go(account, user, reins).await;
        }
        let stopped = matches!(result, Err(SyncError::Stopped | SyncError::RealDebrid(real_debrid::Error::Stopped)));
        if stopped && reins.as_ref().is_some_and(|reins| reins.control.is_left()) {
            // Alive in the database: the next start takes it up.
            account.begin_ending(run.id);
            if let Err(error) = self.0.store.leave_run(&run, counters.requests).await {
                tracing::warn!(error = ?error, "the run could not be left to others, who find it by its silence");
            }
            tracing::info!("the run is left to the next start of the server");
            return;
        }
        let ended = self.0.clock.now();
        account.begin_ending(run.id);
        let held = result.as_mut().map(|outcome| std::mem::take(&mut outcome.held)).unwrap_or_default();
        let held_deletions = i64::try_from(held.len()).unwrap_or(i64::MAX);
        let (event, state, summary, error) = match &result {
            Ok(outcome) => (Event::Complete, RunState::Completed, outcome.summary.clone(), None),
            Err(_) if stopped => (Event::Cancel, RunState::Cancelled, cancelled(&counters), None),
            Err(error) => {
                (Event::Fail, RunState::Error, "The sync stopped before its end.".to_owned(), Some(error.to_string()))
            }
        };
        let failure = result.as_ref().err().filter(|_| state == RunState::Error).map(SyncError::failure);
        let library = result.as_mut().map(|outcome| std::mem::take(&mut outcome.library)).unwrap_or_default();
        let (words, cause) = (summary.clone(), error.clone());
        let end = RunEnd { state, ended, held, summary: words, error: cause, failure, library };
        let stored = match unknown {
            None => self.0.store.end_run(&run, &counters, &end).await,
            Some(error) => Err(error),
        };
        if let Err(failure) = stored {
            if matches!(failure, StoreError::Superseded) {
                account.end_ending(run.id);
                return self.let_go(account, user, reins).await;
            }
            // The page shows the end all the same; a start or a restart may come first and end the run in its own way.
            tracing::error!(error = ?failure, "the end of the run could not be stored yet");
            let late = self.clone().end_late(Arc::clone(account), run, counters, end);
            self.0.tasks.spawn(late.in_current_span());
        } else {
            account.end_ending(run.id);
        }
        let failure = result.as_ref().err().filter(|_| state == RunState::Error);
        let told = watching::End { state, at: ended, counters: &counters, held_deletions, error: failure };
        // Before it is shown, so that who sees the end finds it counted.
        self.tell_end(&account.live.status(), &told);
        let contents = self.0.store.contents_progress(user).await.ok();
        let next_sync = self.next_sync(user).await.ok().flatten();
        *reins = None;
        account.live.change(|shown| {
            shown.status = next(shown.status, event).unwrap_or(State::Error);
            count(shown, &counters);
            shown.timing.ended = Some(ended);
            shown.timing.estimated_end = None;
            shown.progress.current = summary;
            shown.held_deletions = held_deletions;
            shown.error = error;
            shown.next_sync = next_sync;
            if let Some(contents) = contents {
                shown.contents = contents;
            }
            if state == RunState::Completed {
                shown.progress.percentage = 100;
                shown.last_sync = Some(ended);
            }
        });
    }
}
