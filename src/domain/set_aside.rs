//! Torrents whose contents could not be read.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The torrents set aside, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAside {
    /// How many there are, counted up to [`SetAside::MOST`].
    pub total: i64,
    /// Those that are tried again first.
    pub files: Vec<SetAsideFile>,
}

impl SetAside {
    /// So far is counted; an account in which more fail has another trouble than their number.
    pub const MOST: i64 = 1_000;
    /// So many are named.
    pub const NAMED: i64 = 5;
}

/// A torrent whose contents could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAsideFile {
    /// DMM's number of the entry.
    pub id: i64,
    /// Its name.
    pub filename: String,
    /// Why, in a sentence.
    pub error: String,
    /// When it is tried again.
    pub retry_at: Timestamp,
}
