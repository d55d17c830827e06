//! The library: its pages, one entry, and what the user says of it.

use super::Application;
use crate::{
    domain::{ApiError, ErrorCode, FileDetails, FilePage, FileQuery, Folders, Kind, OrganisationPatch},
    real_debrid::{Client, Connection, Unattended, Urgency},
    sync::{
        Credentials,
        contents::{self, Read},
    },
};
use std::{sync::Arc, time::Duration};

/// Repeats of a request that a page waits for.
const RETRIES_WHILE_WAITING: u32 = 1;
/// How long a page waits for the contents of a torrent before it is shown without them.
const PATIENCE_FOR_CONTENTS: Duration = Duration::from_secs(8);

impl Application {
    /// One page of the library.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is out of range, or when the database fails.
    pub async fn files(&self, user: i64, query: &FileQuery) -> Result<FilePage, ApiError> {
        self.0.store.files(user, query).await
    }

    /// One entry with what is inside. The contents of a torrent are read from Real-Debrid the first time they are
    /// asked for; when that fails the entry is shown without them.
    ///
    /// # Errors
    /// `not_found` when the account has no such entry, or when the database fails.
    pub async fn file(&self, user: i64, id: i64) -> Result<FileDetails, ApiError> {
        let details = self.0.store.file(user, id).await?.ok_or_else(unknown)?;
        if details.file.kind == Kind::Download || details.contents_read_at.is_some() {
            return Ok(details);
        }
        let patience = tokio::time::timeout(PATIENCE_FOR_CONTENTS, self.read_contents(user, &details));
        match patience.await.unwrap_or_else(|_| Err(late())) {
            Ok(()) => self.0.store.file(user, id).await?.ok_or_else(unknown),
            Err(error) => {
                tracing::warn!(user, file = id, %error, "the contents of a torrent could not be read");
                Ok(details)
            }
        }
    }

    /// Changes what the user says of an entry; gives the entry as it is then.
    ///
    /// # Errors
    /// `not_found` when the account has no such entry, `invalid_request` when a field cannot be kept, or when the
    /// database fails; nothing is changed then.
    pub async fn organise(&self, user: i64, id: i64, patch: OrganisationPatch) -> Result<FileDetails, ApiError> {
        if !self.0.store.organise(user, id, patch, self.0.clock.now()).await? {
            return Err(unknown());
        }
        self.0.store.file(user, id).await?.ok_or_else(unknown)
    }

    /// How many entries an account has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_files(&self, user: i64) -> Result<i64, ApiError> {
        Ok(self.0.store.count_files(user).await?)
    }

    /// The folders of the library.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn folders(&self, user: i64) -> Result<Folders, ApiError> {
        Ok(self.0.store.folders(user).await?)
    }

    async fn read_contents(&self, user: i64, details: &FileDetails) -> Result<(), ApiError> {
        let access = self.0.accounts.access(user).await?;
        let client = Client::new(
            self.0.transport.clone(),
            Connection {
                api_url: access.api_url,
                token: access.token,
                max_retries: RETRIES_WHILE_WAITING,
                refusal_patience: Duration::ZERO,
                urgency: Urgency::Foreground,
                clock: self.0.clock.clone(),
                pacer: self.0.engine.pacer(user).await?,
                conductor: Arc::new(Unattended),
            },
        );
        let Some(task) = self.0.store.contents_task(user, details.file.id).await? else { return Ok(()) };
        let metrics = self.0.engine.metrics();
        match contents::read(&client, &self.0.store, &self.0.clock, metrics, user, &task).await {
            Ok(Read::Stored) if task.is_unread => self.0.engine.contents_were_read(user).await,
            Ok(_) => Ok(()),
            Err(error) => Err(ApiError::new(ErrorCode::RealDebridUnavailable, error.to_string())),
        }
    }
}

fn unknown() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such file in your library: it may have been deleted.")
}

fn late() -> ApiError {
    ApiError::new(ErrorCode::RealDebridUnavailable, "Real-Debrid did not answer in time: try again later.")
}
