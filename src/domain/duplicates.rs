//! What is there more than once: certain duplicates by SHA-1, and likely ones by name and size.

use super::{File, InfoHash};
use serde::{Deserialize, Serialize};

/// Entries of one group that are shown; further ones are only counted.
pub const SHOWN_ENTRIES: usize = 100;

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DuplicateList {
    /// Groups by SHA-1.
    Groups,
    /// Likely duplicates.
    Likely,
}

/// The parameters of `GET /api/duplicates`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DuplicateQuery {
    /// Groups on a page of either list; 50 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(minimum = 1, maximum = 500))]
    pub limit: Option<i64>,
    /// Only one of the lists; the other is not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(inline))]
    pub only: Option<DuplicateList>,
    /// `nextCursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// `nextLikelyCursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely_cursor: Option<String>,
}

/// An entry of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DuplicateEntry {
    /// The entry.
    #[serde(flatten)]
    pub file: File,
    /// The folder the user has put it into.
    pub folder: Option<String>,
}

/// Entries with one SHA-1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DuplicateGroup {
    /// The hash they share; every original has one.
    pub sha1_hash: Option<InfoHash>,
    /// The sizes of all but the original together: what the list would be shorter by if only the original stayed.
    pub reclaimable_bytes: i64,
    /// How many entries have it.
    pub entries: i64,
    /// The original, then the others from the earliest added; at most 100.
    pub files: Vec<DuplicateEntry>,
}

/// What all groups by SHA-1 come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DuplicateTotals {
    /// How many groups there are.
    pub total_groups: i64,
    /// How many entries are the duplicate of another.
    pub total_duplicates: i64,
    /// The reclaimable bytes of all groups.
    pub total_reclaimable_bytes: i64,
}

/// One page of groups by SHA-1, those with the most reclaimable bytes first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DuplicateGroups {
    /// The groups.
    pub groups: Vec<DuplicateGroup>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
}

/// Entries that look like the same without having the same SHA-1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LikelyGroup {
    /// Why they are thought to be the same: one sentence.
    pub reason: String,
    /// A torrent and the download that was made from it, which belong together rather than being there twice.
    pub companions: bool,
    /// How many entries it are.
    pub entries: i64,
    /// Torrents before downloads, each from the earliest added; at most 100.
    pub files: Vec<DuplicateEntry>,
}

/// One page of likely duplicates by name, companions last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LikelyGroups {
    /// The groups.
    pub likely: Vec<LikelyGroup>,
    /// Where the next page begins; none on the last.
    pub next_likely_cursor: Option<String>,
}

/// Whether the groups by SHA-1 are those of the library as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Detection {
    /// Every sync marks duplicates.
    On,
    /// No sync does: what came or changed since is not compared.
    Off,
    /// It was off in the last sync, and the next one marks everything.
    Due,
}

/// The body of `GET /api/duplicates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Duplicates {
    /// Whether the groups can be believed to be complete.
    pub detection: Detection,
    /// What all groups come to, on whatever page.
    #[serde(flatten)]
    pub totals: DuplicateTotals,
    /// Groups by SHA-1.
    #[serde(flatten)]
    pub certain: DuplicateGroups,
    /// Likely duplicates.
    #[serde(flatten)]
    pub likely: LikelyGroups,
}
