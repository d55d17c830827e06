//! What a list of files is asked for.

use super::Kind;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Rows on one page.
pub const LIMIT: RangeInclusive<i64> = 1..=500;
/// Rows on a page when nothing is asked.
pub const DEFAULT_LIMIT: i64 = 50;

/// Whether duplicates are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DuplicateFilter {
    /// Only entries marked as the duplicate of another.
    Only,
    /// All but those.
    Hide,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// The name, without regard to case.
    Name,
    /// The size in bytes.
    Size,
    /// When it was added at Real-Debrid.
    #[default]
    Added,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Smallest, earliest or A first.
    Asc,
    /// Largest, latest or Z first.
    Desc,
}

/// The parameters of `GET /api/files`, and of the library page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct FileQuery {
    /// Text that the name contains, without regard to case; words may stand in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Only torrents, or only downloads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(inline))]
    pub kind: Option<Kind>,
    /// Only duplicates, or none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(inline))]
    pub duplicates: Option<DuplicateFilter>,
    /// Only entries with this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Only entries in this folder or below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The key of the order; `added` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(inline))]
    pub sort: Option<Sort>,
    /// The direction; `asc` for names, `desc` otherwise, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(inline))]
    pub order: Option<Order>,
    /// Rows on the page; 50 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(minimum = 1, maximum = 500))]
    pub limit: Option<i64>,
    /// `nextCursor` of the page before; valid for the same sort and order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl FileQuery {
    /// The sort in force.
    pub fn sort_or_default(&self) -> Sort {
        self.sort.unwrap_or_default()
    }

    /// The order in force.
    pub fn order_or_default(&self) -> Order {
        self.order.unwrap_or(match self.sort_or_default() {
            Sort::Name => Order::Asc,
            Sort::Size | Sort::Added => Order::Desc,
        })
    }
}
