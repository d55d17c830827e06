//! What leaves the library as a file: every entry, with what the user says of it.

use super::{File, Organisation};
use serde::{Deserialize, Serialize};

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// One JSON object a line.
    #[default]
    Ndjson,
    /// A table with a row of names, for spreadsheets.
    Csv,
}

impl ExportFormat {
    /// The word in addresses and file names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

/// The parameters of `GET /api/files/export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// How it is written; `ndjson` when absent.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", param(inline))]
    pub format: ExportFormat,
}

/// One entry of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedFile {
    /// The entry.
    #[serde(flatten)]
    pub file: File,
    /// What the user says of it.
    pub organisation: Organisation,
}
