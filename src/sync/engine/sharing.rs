//! Several servers on one database: what this one knows of the work of the others, and how it takes over from one that is
//! dead.

use super::{Account, Engine, Reins, watching, words::describe};
use crate::{
    domain::{ApiError, ContentsProgress, State, SyncStatus},
    store::{RunRecord, Sight, StoreError, UnderWay},
    sync::{SyncError, live::stand_still, run::RunSettings, unmoved::Unmoved},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};
use tokio::sync::watch;
use tracing::Instrument;

/// Between two looks no more time than this counts: while nobody can look, nobody can beat either.
const ATTENTION: Duration = Duration::from_secs(4);

/// Each lease as it was seen last, and since when it has been like that, in time in which this server has looked.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    runs: Unmoved<i64, Sight>,
    contents: Unmoved<i64, Sight>,
    last_look: Option<Duration>,
    looked: Duration,
}

impl Sightings {
    /// Notes the leases that are held at this time of the clock.
    fn look(&mut self, runs: &[UnderWay], contents: &[UnderWay], now: Duration) {
        let since = self.last_look.replace(now).map_or(Duration::ZERO, |last| now.saturating_sub(last));
        self.looked += since.min(ATTENTION);
        self.runs.see(runs.iter().map(|work| (work.user, work.sight)), self.looked);
        self.contents.see(contents.iter().map(|work| (work.user, work.sight)), self.looked);
    }
}

/// What a watched account shows of other servers is asked for anew after this, also if none has said anything.
const OLD: Duration = Duration::from_secs(20);

impl Account {
    /// Whether the end of a run is being written down here.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Acquire) != 0
    }

    /// Whether it is that of this run.
    pub(super) fn is_ending_of(&self, run: i64) -> bool {
        self.ending.load(Ordering::Acquire) == run
    }

    pub(super) fn begin_ending(&self, run: i64) {
        self.ending.store(run, Ordering::Release);
    }

    /// The end of this run is written, or another server's to write; that of a later one may not be.
    pub(super) fn end_ending(&self, run: i64) {
        let _ = self.ending.compare_exchange(run, 0, Ordering::AcqRel, Ordering::Acquire);
    }

    pub(super) fn is_old(&self, now: Duration) -> bool {
        let refreshed = *self.refreshed.lock().unwrap_or_else(PoisonError::into_inner);
        refreshed.is_none_or(|then| now.saturating_sub(then) >= OLD)
    }

    fn note_refreshed(&self, now: Duration) {
        *self.refreshed.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    fn grow_old(&self) {
        *self.refreshed.lock().unwrap_or_else(PoisonError::into_inner) = None;
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
            self.0.heir_of.store(user, Ordering::Relaxed);
            return Ok(());
        }
        for record in self.0.store.runs_alive().await?.iter().filter(|record| record.user == user) {
            self.take_over(user, record.id, Sight::ANY).await?;
        }
        Ok(())
    }

    /// Whether it is this server that works on the run of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn works_on(&self, user: i64) -> Result<bool, ApiError> {
        let account = self.account(user).await?;
        Ok(account.run.lock().await.is_some() || account.is_ending())
    }

    /// Takes a living run up, if its lease is still as it was seen.
    async fn take_over(&self, user: i64, run: i64, seen: Sight) -> Result<(), ApiError> {
        let account = self.account(user).await?;
        // Whoever has it starts, steers or ends a run here.
        let Ok(mut reins) = account.run.try_lock() else { return Ok(()) };
        if reins.is_some() || account.is_ending() || self.0.shutdown.is_cancelled() {
            return Ok(());
        }
        // What it showed last goes with the lease that is taken.
        self.refresh(user, &account, None).await?;
        let Some((leased, record)) = self.0.store.take_run(user, run, seen).await? else { return Ok(()) };
        match serde_json::from_str::<RunSettings>(&record.configuration) {
            Ok(settings) => {
                account.live.change(|shown| show(shown, &record));
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
                let end = self.end(&account, leased, Ok(record.counters), Err(SyncError::Defect));
                end.instrument(span).await;
            }
        }
        Ok(())
    }

    /// Looks at what other servers do, and takes over what nobody does.
    pub(in crate::sync) async fn look(&self) -> Result<(), StoreError> {
        let (runs, contents) = (self.0.store.runs_under_way().await?, self.0.store.contents_under_way().await?);
        self.sightings().look(&runs, &contents, self.0.clock.elapsed());
        for work in runs.iter().filter(|work| self.is_nobodys(work)) {
            let (engine, user, seen) = (self.clone(), work.user, work.sight);
            let Some(run) = work.run else { continue };
            // Each by itself: one account whose rows are locked holds up no other.
            self.0.tasks.spawn(async move {
                if let Err(error) = engine.take_over(user, run, seen).await {
                    tracing::warn!(user, run, %error, "a run that nobody works on cannot be taken up");
                }
            });
        }
        Ok(())
    }

    /// Whether whoever works on a run is gone, or has given it up. It can be this server itself, which lost the answer when
    /// it took the run and does not know.
    fn is_nobodys(&self, work: &UnderWay) -> bool {
        let heir_of = self.0.heir_of.load(Ordering::Relaxed);
        let is_heir = if self.0.options.is_heir { heir_of == 0 } else { heir_of == work.user };
        is_heir && (work.holder.is_none() || self.is_silent(work.user))
    }

    /// Whether whoever works on the run of an account has not beaten for long.
    fn is_silent(&self, user: i64) -> bool {
        let sightings = self.sightings();
        sightings.runs.of(&user, sightings.looked).is_some_and(|(_, age)| age >= self.0.options.dead_after)
    }

    /// Shows the work of others to those who watch an account here.
    pub(in crate::sync) async fn show(&self) -> Result<(), StoreError> {
        let watched: Vec<(i64, Arc<Account>)> = {
            let accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            let watched = accounts.iter().filter(|(_, account)| account.live.is_watched());
            watched.map(|(user, account)| (*user, Arc::clone(account))).collect()
        };
        if watched.is_empty() {
            return Ok(());
        }
        let (runs, contents) = (self.0.store.runs_under_way().await?, self.0.store.contents_under_way().await?);
        let users: Vec<i64> = watched.iter().map(|(user, _)| *user).collect();
        let newest: HashMap<i64, i64> = self.0.store.newest_runs(&users).await?.into_iter().collect();
        let alive: HashSet<i64> = runs.iter().map(|work| work.user).collect();
        let taken_over: HashSet<i64> = runs.iter().filter(|work| self.is_nobodys(work)).map(|work| work.user).collect();
        for (user, account) in watched {
            // Who takes over needs the account; there is more to show afterwards.
            if taken_over.contains(&user) {
                continue;
            }
            let Ok(run) = account.run.try_lock() else { continue };
            if run.is_some() {
                continue;
            }
            let is_old = account.is_old(self.0.clock.elapsed());
            let status = account.live.status();
            let is_shown_alive = matches!(status.status, State::Running | State::Paused);
            let is_shown = status.id == newest.get(&user).map(i64::to_string);
            let is_others = |work: &&UnderWay| work.user == user && work.holder.as_deref() != Some(self.0.store.name());
            let shown = contents.iter().find(is_others).and_then(|work| work.shown.as_deref());
            let progress = shown.and_then(|shown| serde_json::from_str::<ContentsProgress>(shown).ok());
            if (alive.contains(&user) || is_shown_alive || !is_shown || is_old)
                && let Err(error) = self.refresh_beside(user, &account, progress).await
            {
                tracing::debug!(user, %error, "the status of another server's run cannot be read");
                continue;
            }
            if let Some(progress) = progress
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
        // While somebody starts, steers or ends a run here, what is shown is as new as can be.
        if self.0.store.is_shared()
            && let Ok(run) = account.run.try_lock()
        {
            self.refresh(user, &account, run.as_ref()).await?;
        }
        Ok(account)
    }

    /// The same for whoever holds the account's run.
    pub(super) async fn refresh(&self, user: i64, account: &Account, run: Option<&Reins>) -> Result<(), ApiError> {
        if run.is_none() { self.refresh_beside(user, account, None).await } else { Ok(()) }
    }

    /// The same beside another server that reads contents and says how many, if one does: it says so every few seconds.
    async fn refresh_beside(
        &self,
        user: i64,
        account: &Account,
        contents: Option<ContentsProgress>,
    ) -> Result<(), ApiError> {
        if self.0.store.is_shared() && !account.is_ending() {
            let (before, status) = (account.live.status(), self.stored_status(user, contents).await?);
            if before.id != status.id
                && let Some(end) = self.stored_end(user, &before).await?
            {
                account.live.mirror(end);
            }
            account.live.mirror(status);
            account.note_refreshed(self.0.clock.elapsed());
        }
        Ok(())
    }

    /// How a run ended that was shown alive. Who watches is told before another one is shown.
    async fn stored_end(&self, user: i64, shown: &SyncStatus) -> Result<Option<SyncStatus>, ApiError> {
        let run = shown.id.as_deref().filter(|_| matches!(shown.status, State::Running | State::Paused));
        let Some(run) = run.and_then(|run| run.parse().ok()) else { return Ok(None) };
        let record = self.0.store.run_record(user, run).await?.filter(|record| !record.state.is_alive());
        let Some(mut end) = record.as_ref().map(describe) else { return Ok(None) };
        end.last_sync = self.0.store.last_sync(user).await?;
        end.contents = shown.contents;
        Ok(Some(end))
    }

    /// The status of an account as the database has it; its contents are counted where they are not known.
    pub(super) async fn stored_status(
        &self,
        user: i64,
        contents: Option<ContentsProgress>,
    ) -> Result<SyncStatus, ApiError> {
        let store = &self.0.store;
        let record = store.latest_run(user).await?;
        let mut status = record.as_ref().map(describe).unwrap_or_default();
        if store.is_shared() && record.is_some_and(|record| record.state.is_alive()) {
            let shown = store.run_shown(user).await?.and_then(|shown| serde_json::from_str::<SyncStatus>(&shown).ok());
            if let Some(shown) = shown.filter(|shown| shown.id == status.id) {
                // A click is in the run's row before whoever works on it has read it there.
                let state = status.status;
                status = shown;
                super::steering::steer_to(&mut status, state);
                return Ok(status);
            }
        }
        status.last_sync = store.last_sync(user).await?;
        status.contents = match contents {
            Some(contents) => contents,
            None => store.contents_progress(user).await?,
        };
        status.next_sync = self.next_sync(user).await?;
        Ok(status)
    }

    /// As what the contents of an account may be taken: free, or left by a dead server. None when another reads them.
    pub(super) fn free_contents(&self, user: i64) -> Option<Sight> {
        let sightings = self.sightings();
        match sightings.contents.of(&user, sightings.looked) {
            None => Some(Sight { number: 0, beat: 0 }),
            Some((sight, age)) => (age >= self.0.options.dead_after).then_some(sight),
        }
    }

    /// Another server has something new of an account.
    pub(in crate::sync) fn hear(&self, user: i64) {
        if let Some(account) = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(&user) {
            account.wake.notify_one();
            account.grow_old();
        }
        self.0.news.send_replace(());
    }

    /// Changes when another server has something new.
    pub(in crate::sync) fn news(&self) -> watch::Receiver<()> {
        self.0.news.subscribe()
    }

    fn sightings(&self) -> MutexGuard<'_, Sightings> {
        self.0.sightings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that is taken up is shown as it is stored, and no less than it was shown, beside what is known of the account.
fn show(shown: &mut SyncStatus, record: &RunRecord) {
    let before = std::mem::replace(shown, describe(record));
    stand_still(shown, &before);
    shown.last_sync = before.last_sync;
    shown.contents = before.contents;
}
