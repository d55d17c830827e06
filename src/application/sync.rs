//! Steering synchronisation: runs and their settings.

use super::{Application, Subscription};
use crate::{
    domain::{Action, ApiError, Mode, ShownDeletions, SyncConfiguration, SyncConfigurationPatch, SyncStatus},
    sync::StartRequest,
};

impl Application {
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
        self.0.engine.start(user, &StartRequest { mode, overrides, ..StartRequest::default() }).await
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
    /// `not_in_this_state` when none are held, or others than were `shown`; or when the database fails.
    pub async fn answer_held_deletions(
        &self,
        user: i64,
        confirm: bool,
        shown: &ShownDeletions,
    ) -> Result<SyncStatus, ApiError> {
        if confirm {
            self.0.engine.confirm_held_deletions(user, shown).await
        } else {
            self.0.engine.dismiss_held_deletions(user, shown).await
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
        let configuration = self.0.store.change_configuration(user, patch, self.0.clock.now()).await??;
        self.0.engine.reschedule(user).await?;
        Ok(configuration)
    }
}
