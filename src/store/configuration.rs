//! The settings of an account.

use super::{Store, StoreError, database::On, sql, statement::Statement};
use crate::domain::{ApiError, SyncConfiguration, SyncConfigurationPatch, Timestamp};

#[derive(sqlx::FromRow)]
struct ConfigurationRow {
    auto_sync: bool,
    sync_interval: i64,
    batch_size: i64,
    enable_duplicate_detection: bool,
    sync_timeout: i64,
    max_retries: i64,
}

impl Store {
    /// The settings of an account; the defaults until some are stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn configuration(&self, user: i64) -> Result<SyncConfiguration, StoreError> {
        read(self.reading(user), user).await
    }

    /// Changes some settings of an account, so that of two changes at once none is lost; gives all as they are then, or why
    /// a value is not taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_configuration(
        &self,
        user: i64,
        patch: &SyncConfigurationPatch,
        now: Timestamp,
    ) -> Result<Result<SyncConfiguration, ApiError>, StoreError> {
        let mut tx = self.begin(user).await?;
        let configuration = match read(&mut tx, user).await?.patched(patch) {
            Ok(configuration) => configuration,
            Err(error) => return Ok(Err(error)),
        };
        write(&mut tx, user, &configuration, now).await?;
        self.announce(&mut tx, user).await?;
        tx.commit().await?;
        Ok(Ok(configuration))
    }
}

async fn read<'c>(on: impl Into<On<'c>>, user: i64) -> Result<SyncConfiguration, StoreError> {
    let row: Option<ConfigurationRow> = Statement::new(sql::CONFIGURATION).bind(user).fetch_optional(on).await?;
    Ok(row.map_or_else(SyncConfiguration::default, |row| SyncConfiguration {
        auto_sync: row.auto_sync,
        sync_interval: row.sync_interval,
        batch_size: row.batch_size,
        enable_duplicate_detection: row.enable_duplicate_detection,
        sync_timeout: row.sync_timeout,
        max_retries: row.max_retries,
    }))
}

async fn write<'c>(
    on: impl Into<On<'c>>,
    user: i64,
    configuration: &SyncConfiguration,
    now: Timestamp,
) -> Result<(), StoreError> {
    Statement::new(sql::PUT_CONFIGURATION)
        .bind(user)
        .bind(configuration.auto_sync)
        .bind(configuration.sync_interval)
        .bind(configuration.batch_size)
        .bind(configuration.enable_duplicate_detection)
        .bind(configuration.sync_timeout)
        .bind(configuration.max_retries)
        .bind(now.as_millis())
        .execute(on)
        .await?;
    Ok(())
}
