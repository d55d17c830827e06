//! Several servers on one database: what this one knows of the work of the others, and how it takes over from one that is
//! dead.

use super::{Account, Engine, Reins, watching, words::describe};
use crate::{
    domain::{ApiError, ContentsProgress, State, SyncStatus},
    store::{RunRecord, Sight, StoreError, Task, UnderWay},
    sync::{SyncError, run::RunSettings},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};
use tracing::Instrument;

/// Each lease as it was seen last, and since when it has been like that, by this server's own clock.
#[derive(Debug, Default)]
pub(super) struct Sightings(HashMap<(i64, Task), (Sight, Duration)>);

impl Sightings {
    /// Notes how leases of a task are now; those that are not held are forgotten.
    fn see(&mut self, task: Task, held: &[UnderWay], now: Duration) {
        let held: HashMap<i64, Sight> = held.iter().map(|work| (work.user, work.sight)).collect();
        self.0.retain(|(user, of), _| *of != task || held.contains_key(user));
        for (user, sight) in held {
            let seen = self.0.entry((user, task)).or_insert((sight, now));
            if seen.0 != sight {
                *seen = (sight, now);
            }
        }
    }

    /// The lease as it has been for a while, and how long; none when it is not known to be held.
    fn of(&self, user: i64, task: Task, now: Duration) -> Option<(Sight, Duration)> {
        self.0.get(&(user, task)).map(|(sight, since)| (*sight, now.saturating_sub(*since)))
    }
}

impl Engine {
    /// Takes up the runs that were alive when the last process ended: running ones go on, paused ones stay paused. Where
    /// other servers may be at work on them, only those that nobody works on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover(&self) -> Result<(), ApiError> {
        if self.0.store.is_shared() {
            return Ok(self.look().await?);
        }
        for record in self.0.store.runs_alive().await? {
            self.take_over(record.user, record.id, Sight::ANY).await?;
        }
        Ok(())
    }

    /// As [`Engine::recover`], of one account only: the runs of others stay for the process that will serve them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover_account(&self, user: i64) -> Result<(), ApiError> {
        if self.0.store.is_shared() {
            return Ok(());
        }
        for record in self.0.store.runs_alive().await?.iter().filter(|record| record.user == user) {
            self.take_over(user, record.id, Sight::ANY).await?;
        }
        Ok(())
    }

    /// Takes a living run up, if its lease is still as it was seen.
    async fn take_over(&self, user: i64, run: i64, seen: Sight) -> Result<(), ApiError> {
        let account = self.account(user).await?;
        let mut reins = account.run.lock().await;
        if reins.is_some() || self.0.shutdown.is_cancelled() {
            return Ok(());
        }
        let Some((leased, record)) = self.0.store.take_run(user, run, seen).await? else { return Ok(()) };
        match serde_json::from_str::<RunSettings>(&record.configuration) {
            Ok(settings) => {
                account.live.change(|shown| self.show(shown, &record));
                *reins = Some(self.launch(&account, &record, leased, settings, true));
                // What was asked of it while nobody worked on it.
                if self.0.store.is_shared() && self.0.store.is_cancelled(user, run).await? {
                    reins.iter().for_each(|reins| reins.control.stop());
                }
            }
            Err(error) => {
                drop(reins);
                let span = watching::span(record.id, record.user);
                span.in_scope(|| tracing::error!(%error, "the settings of the run cannot be read"));
                let end = self.end(&account, leased, &record.counters, Err(SyncError::Defect));
                end.instrument(span).await;
            }
        }
        Ok(())
    }

    /// A run that is taken up is shown as it is stored, beside what is known of the account.
    fn show(&self, shown: &mut SyncStatus, record: &RunRecord) {
        let (last_sync, contents) = (shown.last_sync, shown.contents);
        *shown = describe(record);
        shown.last_sync = last_sync;
        shown.contents = contents;
    }

    /// Looks at what other servers do, shows it to those who watch, and takes over what nobody does.
    pub(in crate::sync) async fn look(&self) -> Result<(), StoreError> {
        let (runs, contents) = (self.0.store.runs_under_way().await?, self.0.store.contents_under_way().await?);
        let now = self.0.clock.elapsed();
        {
            let mut sightings = self.sightings();
            sightings.see(Task::Run, &runs, now);
            sightings.see(Task::Contents, &contents, now);
        }
        for work in &runs {
            let Some(run) = work.run else { continue };
            if self.is_nobodys(work, now)
                && let Err(error) = self.take_over(work.user, run, work.sight).await
            {
                tracing::warn!(user = work.user, run, %error, "a run that nobody works on cannot be taken up");
            }
        }
        self.show_watched(&runs, &contents).await
    }

    /// Whether whoever works on a run is gone, or has given it up.
    fn is_nobodys(&self, work: &UnderWay, now: Duration) -> bool {
        match work.holder.as_deref() {
            None => true,
            Some(name) if name == self.0.store.name() => false,
            Some(_) => self.is_dead(work.user, Task::Run, now),
        }
    }

    fn is_dead(&self, user: i64, task: Task, now: Duration) -> bool {
        self.sightings().of(user, task, now).is_some_and(|(_, age)| age >= self.0.options.dead_after)
    }

    /// Shows the work of others to those who watch an account here.
    async fn show_watched(&self, runs: &[UnderWay], contents: &[UnderWay]) -> Result<(), StoreError> {
        let watched: Vec<(i64, Arc<Account>)> = {
            let accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            let watched = accounts.iter().filter(|(_, account)| account.live.is_watched());
            watched.map(|(user, account)| (*user, Arc::clone(account))).collect()
        };
        let users: Vec<i64> = watched.iter().map(|(user, _)| *user).collect();
        let newest: HashMap<i64, i64> = self.0.store.newest_runs(&users).await?.into_iter().collect();
        let alive: HashSet<i64> = runs.iter().map(|work| work.user).collect();
        for (user, account) in watched {
            // Whoever holds it starts, steers or ends a run here.
            let Ok(run) = account.run.try_lock() else { continue };
            if run.is_some() {
                continue;
            }
            let status = account.live.status();
            let is_shown_alive = matches!(status.status, State::Running | State::Paused);
            let is_shown = status.id == newest.get(&user).map(i64::to_string);
            if alive.contains(&user) || is_shown_alive || !is_shown {
                self.refresh(user, &account, None).await.map_err(|error| {
                    tracing::debug!(user, %error, "the status of another server's run cannot be read");
                    StoreError::Contended
                })?;
            }
            let shown = contents.iter().find(|work| work.user == user).and_then(|work| work.shown.as_deref());
            if let Some(progress) = shown.and_then(|shown| serde_json::from_str::<ContentsProgress>(shown).ok())
                && progress != account.live.status().contents
            {
                account.live.contents(|shown| *shown = progress);
            }
        }
        Ok(())
    }

    /// The account with its status as the database has it, if it is not this server that works on its run.
    pub(super) async fn refreshed(&self, user: i64) -> Result<Arc<Account>, ApiError> {
        let account = self.account(user).await?;
        if self.0.store.is_shared() {
            let run = account.run.lock().await;
            self.refresh(user, &account, run.as_ref()).await?;
            drop(run);
        }
        Ok(account)
    }

    /// The same for whoever holds the account's run.
    pub(super) async fn refresh(&self, user: i64, account: &Account, run: Option<&Reins>) -> Result<(), ApiError> {
        if run.is_none()
            && self.0.store.is_shared()
            && let Some(status) = self.stored_status(user).await?
        {
            account.live.mirror(status);
        }
        Ok(())
    }

    /// The status of an account as the database has it; none when the database does not know yet how a run ended here.
    pub(super) async fn stored_status(&self, user: i64) -> Result<Option<SyncStatus>, ApiError> {
        let store = &self.0.store;
        let record = store.latest_run(user).await?;
        let mut status = record.as_ref().map(describe).unwrap_or_default();
        if store.is_shared() && record.is_some_and(|record| record.state.is_alive()) {
            let (holder, shown) = store.run_shown(user).await?;
            if holder.as_deref() == Some(store.name()) {
                return Ok(None);
            }
            let shown = shown.and_then(|shown| serde_json::from_str::<SyncStatus>(&shown).ok());
            if let Some(shown) = shown.filter(|shown| shown.id == status.id) {
                // A click is in the run's row before whoever works on it has read it there.
                let state = status.status;
                status = shown;
                super::steering::steer_to(&mut status, state);
                return Ok(Some(status));
            }
        }
        status.last_sync = store.last_sync(user).await?;
        status.contents = store.contents_progress(user).await?;
        status.next_sync = self.next_sync(user).await?;
        Ok(Some(status))
    }

    /// As what the contents of an account may be taken: free, or left by a dead server. None when another reads them.
    pub(super) fn free_contents(&self, user: i64) -> Option<Sight> {
        let now = self.0.clock.elapsed();
        match self.sightings().of(user, Task::Contents, now) {
            None => Some(Sight { number: 0, beat: 0 }),
            Some((sight, age)) => (age >= self.0.options.dead_after).then_some(sight),
        }
    }

    /// Another server has something new of an account.
    pub(in crate::sync) fn hear(&self, user: i64) {
        if let Some(account) = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(&user) {
            account.wake.notify_one();
        }
        self.0.news.notify_one();
    }

    /// Resolves when another server has something new.
    pub(in crate::sync) async fn news(&self) {
        self.0.news.notified().await;
    }

    fn sightings(&self) -> MutexGuard<'_, Sightings> {
        self.0.sightings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
