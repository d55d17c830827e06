//! How the synchronisation of one account behaves.

use super::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Minutes between two automatic runs.
pub const SYNC_INTERVAL: RangeInclusive<i64> = 1..=10_080;
/// Files per database transaction.
pub const BATCH_SIZE: RangeInclusive<i64> = 25..=500;
/// Milliseconds without any progress after which a run fails.
pub const SYNC_TIMEOUT: RangeInclusive<i64> = 1_000..=86_400_000;
/// Retries of one request.
pub const MAX_RETRIES: RangeInclusive<i64> = 0..=10;

/// How the synchronisation of one account behaves.
// Values are in range wherever this exists; only those of a patch may be not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct SyncConfiguration {
    /// Whether runs start by themselves.
    pub auto_sync: bool,
    /// Minutes between two automatic runs.
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 10080))]
    pub sync_interval: i64,
    /// Files per database transaction.
    #[cfg_attr(feature = "ssr", schema(minimum = 25, maximum = 500))]
    pub batch_size: i64,
    /// Whether equal SHA-1 hashes are marked as duplicates.
    pub enable_duplicate_detection: bool,
    /// Milliseconds without any progress after which a run fails. Pauses and waits that limits on the number of requests
    /// impose do not count.
    #[cfg_attr(feature = "ssr", schema(minimum = 1000, maximum = 86_400_000))]
    pub sync_timeout: i64,
    /// How often one request is repeated before it counts as failed.
    #[cfg_attr(feature = "ssr", schema(minimum = 0, maximum = 10))]
    pub max_retries: i64,
}

impl Default for SyncConfiguration {
    fn default() -> Self {
        Self {
            auto_sync: true,
            sync_interval: 30,
            batch_size: 100,
            enable_duplicate_detection: true,
            sync_timeout: 300_000,
            max_retries: 3,
        }
    }
}

/// A change of some settings; fields that are absent stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SyncConfigurationPatch {
    /// Whether runs start by themselves.
    pub auto_sync: Option<bool>,
    /// Minutes between two automatic runs.
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 10080))]
    pub sync_interval: Option<i64>,
    /// Files per database transaction.
    #[cfg_attr(feature = "ssr", schema(minimum = 25, maximum = 500))]
    pub batch_size: Option<i64>,
    /// Whether equal SHA-1 hashes are marked as duplicates.
    pub enable_duplicate_detection: Option<bool>,
    /// Milliseconds without any progress after which a run fails.
    #[cfg_attr(feature = "ssr", schema(minimum = 1000, maximum = 86_400_000))]
    pub sync_timeout: Option<i64>,
    /// How often one request is repeated before it counts as failed.
    #[cfg_attr(feature = "ssr", schema(minimum = 0, maximum = 10))]
    pub max_retries: Option<i64>,
}

impl SyncConfiguration {
    /// These settings with `patch` laid over them.
    ///
    /// # Errors
    /// `invalid_configuration`, naming the first field that is out of range; nothing is changed then.
    pub fn patched(&self, patch: &SyncConfigurationPatch) -> Result<Self, ApiError> {
        Ok(Self {
            auto_sync: patch.auto_sync.unwrap_or(self.auto_sync),
            sync_interval: within("syncInterval", patch.sync_interval, &SYNC_INTERVAL, "minutes")?
                .unwrap_or(self.sync_interval),
            batch_size: within("batchSize", patch.batch_size, &BATCH_SIZE, "files")?.unwrap_or(self.batch_size),
            enable_duplicate_detection: patch.enable_duplicate_detection.unwrap_or(self.enable_duplicate_detection),
            sync_timeout: within("syncTimeout", patch.sync_timeout, &SYNC_TIMEOUT, "milliseconds")?
                .unwrap_or(self.sync_timeout),
            max_retries: within("maxRetries", patch.max_retries, &MAX_RETRIES, "retries")?.unwrap_or(self.max_retries),
        })
    }
}

fn within(field: &str, value: Option<i64>, range: &RangeInclusive<i64>, unit: &str) -> Result<Option<i64>, ApiError> {
    match value {
        Some(value) if !range.contains(&value) => Err(ApiError::new(
            ErrorCode::InvalidConfiguration,
            format!("{field} is {value}, but must be {}–{} {unit}.", range.start(), range.end()),
        )),
        value => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(patch: serde_json::Value) -> Result<SyncConfiguration, String> {
        let patch: SyncConfigurationPatch = serde_json::from_value(patch).map_err(|error| error.to_string())?;
        SyncConfiguration::default().patched(&patch).map_err(|error| error.error)
    }

    #[test]
    fn f4_absent_fields_keep_their_value() {
        let changed = patched(serde_json::json!({"batchSize": 500}));
        assert_eq!(changed, Ok(SyncConfiguration { batch_size: 500, ..SyncConfiguration::default() }));
    }

    #[test]
    fn f4_every_bound_is_kept_and_named() {
        for (field, below, above) in [
            ("syncInterval", 0, 10_081),
            ("batchSize", 24, 501),
            ("syncTimeout", 999, 86_400_001),
            ("maxRetries", -1, 11),
        ] {
            for value in [below, above] {
                let refusal = patched(serde_json::json!({field: value})).err().unwrap_or_default();
                assert!(refusal.contains(field) && refusal.contains(&value.to_string()), "{field} {value}: {refusal}");
            }
        }
    }

    #[test]
    fn f4_an_unknown_field_is_refused_by_name() {
        let refusal = patched(serde_json::json!({"batchsize": 100})).err().unwrap_or_default();
        assert!(refusal.contains("batchsize"), "{refusal}");
    }
}
