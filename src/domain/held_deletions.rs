//! Deletions that wait for the user's word, with what would go.

use super::File;
use serde::{Deserialize, Serialize};

/// One page of what would go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HeldDeletions {
    /// The run that holds them back; none when none wait.
    pub run: Option<String>,
    /// How many deletions wait, on all pages; 0 when none do.
    pub held_deletions: i64,
    /// The entries that would go, in the order in which they were first stored.
    pub files: Vec<File>,
    /// Give it back as `cursor` for the next page; none on the last.
    pub next_cursor: Option<String>,
}

/// The deletions that were shown to whoever answers for them. Where there is nothing, whatever waits is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownDeletions {
    /// The run that held them back.
    pub run: Option<String>,
    /// How many waited.
    pub number: Option<i64>,
}
