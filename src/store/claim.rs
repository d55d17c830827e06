//! Who has a database: one server has a file to itself, since two would both take up a living run; servers share one in
//! PostgreSQL, where leases keep their work apart and each shows that it is up; and whoever moves everything has it alone.

use super::{StoreError, postgres::Claimed};
use crate::domain::database_url::is_postgres;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// A claim on a database; given up when dropped, and by the system when the process ends in whatever way.
#[derive(Debug)]
pub struct Claim(Option<Lock>);

/// What a database is locked by.
#[derive(Debug)]
#[expect(dead_code, reason = "only held")]
enum Lock {
    /// An open file beside it.
    File(File),
    /// A transaction of its own, so that a pooler in front leaves the connection alone.
    Transaction(Box<Claimed>),
}

impl Claim {
    /// Claims the database that `url` names, for whoever must have it alone.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when a server has it.
    pub async fn on(url: &str) -> Result<Self, StoreError> {
        Self::take(url, true).await
    }

    /// Claims it for a server, beside others where they can share it.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when somebody has it alone.
    pub async fn beside(url: &str) -> Result<Self, StoreError> {
        Self::take(url, false).await
    }

    async fn take(url: &str, alone: bool) -> Result<Self, StoreError> {
        if is_postgres(url) {
            let claimed = Box::pin(Claimed::take(url, alone)).await?;
            let claimed = if alone { claimed.alone().await? } else { claimed };
            return Ok(Self(Some(Lock::Transaction(Box::new(claimed)))));
        }
        Self::on_file(url)
    }

    /// Gives up what keeps only those off who must have it alone: they see that this server is up. A connection that is
    /// held would be missing behind a small pooler.
    #[must_use]
    pub fn once_up(self) -> Self {
        Self(self.0.filter(|lock| matches!(lock, Lock::File(_))))
    }

    fn on_file(url: &str) -> Result<Self, StoreError> {
        let Some(path) = url.strip_prefix("sqlite://").and_then(|path| path.split('?').next()) else {
            return Ok(Self(None));
        };
        let failed = |error: std::io::Error| StoreError::Open { path: path.to_owned(), reason: error.to_string() };
        if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).open(format!("{path}.lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(Lock::File(file)))),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
            // Some network file systems have no locks; that is no reason not to start.
            Err(TryLockError::Error(error)) => {
                tracing::warn!(path, %error, "the database cannot be locked: make sure that one server uses it");
                Ok(Self(None))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_is_claimed_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("dmm.db").display());
        let claim = Claim::on(&url).await.unwrap();
        let refused = Claim::on(&url).await.unwrap_err().to_string();
        assert!(refused.contains("dmm.db is in use") && refused.contains("stop"), "{refused}");
        drop(claim);
        assert!(Claim::on(&url).await.is_ok());
    }
}
