//! What a user asks of a run: to hold, to go on, to end; and the answer to deletions that it held back.
//!
//! It is asked of whichever server the user speaks to. What is wanted is written down first; the server that works on the
//! run obeys what it reads there.

use super::{
    Account, Control, Engine, Reins, StartRequest,
    words::{no_held_deletions, not_as_shown, not_in_this_state},
};
use crate::{
    domain::{ApiError, ErrorCode, Mode, RunState, ShownDeletions, State, SyncStatus},
    sync::state::{Event, next},
};

impl Engine {
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
    /// `not_in_this_state` when nothing runs, or when the database fails.
    pub async fn cancel(&self, user: i64) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let run = account.run.lock().await;
        self.refresh(user, &account, run.as_ref()).await?;
        let state = account.live.state();
        let Some(id) = self.steered(&account, run.as_ref()).filter(|_| next(state, Event::Cancel).is_some()) else {
            return Err(not_in_this_state(state));
        };
        if let Some(reins) = run.as_ref() {
            reins.control.stop();
        }
        // Written down too, for whoever takes the run over before its end is: it may be another server's already.
        if self.0.store.is_shared()
            && let Err(error) = self.0.store.ask_to_cancel(user, id).await
        {
            if run.is_none() {
                return Err(error.into());
            }
            tracing::warn!(user, error = ?error, "that a run is cancelled is known to this server alone");
        }
        drop(run);
        // Or until another run has begun since.
        let id = id.to_string();
        let is_over = |status: &SyncStatus| {
            !matches!(status.status, State::Running | State::Paused) || status.id.as_ref() != Some(&id)
        };
        Ok(account.live.wait_for(is_over).await)
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
        self.refresh(user, &account, run.as_ref()).await?;
        let state = account.live.state();
        let (Some(next), Some(id)) = (next(state, event), self.steered(&account, run.as_ref())) else {
            return Err(not_in_this_state(state));
        };
        if !self.0.store.set_run_state(user, id, run_state).await? {
            self.refresh(user, &account, run.as_ref()).await?;
            return Err(not_in_this_state(account.live.state()));
        }
        if let Some(reins) = run.as_ref() {
            order(&reins.control);
            account.live.change(|shown| steer_to(shown, next));
        } else {
            let mut shown = account.live.status();
            steer_to(&mut shown, next);
            account.live.mirror(shown);
        }
        Ok(account.live.status())
    }

    /// The number of the living run of an account: the one that goes on here, or on another server.
    fn steered(&self, account: &Account, run: Option<&Reins>) -> Option<i64> {
        match run {
            Some(reins) => Some(reins.leased.id),
            None if self.0.store.is_shared() => account.live.status().id?.parse().ok(),
            None => None,
        }
    }

    /// Forgets the deletions that the last run held back; the next run looks anew.
    ///
    /// # Errors
    /// `not_in_this_state` when none are held, or others than were `shown`; or when the database fails.
    pub async fn dismiss_held_deletions(&self, user: i64, shown: &ShownDeletions) -> Result<SyncStatus, ApiError> {
        let account = self.account(user).await?;
        let run = account.run.lock().await;
        self.refresh(user, &account, run.as_ref()).await?;
        let held_by = answered(&account.live.status(), shown)?;
        self.0.store.dismiss_held_deletions(user, held_by).await?;
        account.live.change(|shown| shown.held_deletions = 0);
        Ok(account.live.status())
    }

    /// Starts a run that carries out the deletions held back, if a new complete listing still says so.
    ///
    /// # Errors
    /// `not_in_this_state` when none are held, or others than were `shown`; `already_running` when a run is alive; or
    /// when the database fails.
    pub async fn confirm_held_deletions(&self, user: i64, shown: &ShownDeletions) -> Result<SyncStatus, ApiError> {
        let status = self.status(user).await?;
        let held_by = answered(&status, shown)?;
        let request = StartRequest {
            mode: Mode::Full,
            confirmed_deletions: status.held_deletions,
            // What another run has seen by then, the user has not.
            after: Some(held_by),
            ..StartRequest::default()
        };
        match self.start(user, &request).await {
            Err(error) if error.code == ErrorCode::AlreadyRunning && self.is_at_rest(user).await? => {
                Err(not_as_shown())
            }
            started => started,
        }
    }

    async fn is_at_rest(&self, user: i64) -> Result<bool, ApiError> {
        Ok(next(self.status(user).await?.status, Event::Start).is_some())
    }
}

/// The run for whose held deletions an answer is, if they are those that were shown.
fn answered(status: &SyncStatus, shown: &ShownDeletions) -> Result<i64, ApiError> {
    let run = status.id.as_deref().and_then(|id| id.parse().ok());
    let run = run.filter(|_| status.held_deletions > 0).ok_or_else(no_held_deletions)?;
    let is_shown = shown.run.as_ref().is_none_or(|run| status.id.as_ref() == Some(run))
        && shown.number.is_none_or(|number| number == status.held_deletions);
    if is_shown { Ok(run) } else { Err(not_as_shown()) }
}

pub(super) fn steer_to(shown: &mut SyncStatus, state: State) {
    shown.status = state;
    if state == State::Paused {
        shown.timing.estimated_end = None;
    }
}
