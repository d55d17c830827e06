//! What the owner of the machine can do in a terminal, where nobody signs in.

use super::Application;
use crate::{
    domain::{ApiError, Mode, SyncConfigurationPatch, SyncStatus, User},
    store::Service,
    sync::StartRequest,
};

impl Application {
    /// Stores a Real-Debrid token and its account as signing in does, without a session.
    ///
    /// # Errors
    /// See [`Application::sign_in`].
    pub async fn adopt(&self, token: &str) -> Result<User, ApiError> {
        self.0.accounts.adopt(token).await
    }

    /// The accounts at Real-Debrid of which a token is stored. Demo accounts are none: their service is not there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_with_token(&self) -> Result<Vec<User>, ApiError> {
        let accounts = self.0.store.accounts_with_token().await?;
        Ok(accounts.into_iter().filter(|account| account.service == Service::RealDebrid).map(User::from).collect())
    }

    /// Takes up the run of one account that was alive when the last process ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_up_sync(&self, user: i64) -> Result<(), ApiError> {
        self.0.engine.recover_account(user).await
    }

    /// Whether other servers may work on this database at the same time.
    pub fn may_sync_elsewhere(&self) -> bool {
        self.0.store.is_shared()
    }

    /// Whether the run of an account, if one is alive, is worked on by this process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn syncs_here(&self, user: i64) -> Result<bool, ApiError> {
        self.0.engine.works_on(user).await
    }

    /// Starts a run that may delete up to `confirmed` entries without asking.
    ///
    /// # Errors
    /// See [`Application::start_sync`].
    pub async fn start_sync_confirmed(&self, user: i64, mode: Mode, confirmed: i64) -> Result<SyncStatus, ApiError> {
        let overrides = SyncConfigurationPatch::default();
        self.0
            .engine
            .start(user, &StartRequest { mode, overrides, confirmed_deletions: confirmed, ..StartRequest::default() })
            .await
    }
}
