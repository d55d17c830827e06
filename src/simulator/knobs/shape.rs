//! How bodies look.

use crate::simulator::{json::Layout, library::Links};
use serde_json::{Map, Value};

/// How bodies look.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, and any mixture can occur")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyShape {
    /// [pretty]
    pub layout: Layout,
    /// Minutes that local time at Real-Debrid is ahead of UTC [60].
    pub utc_offset: i16,
    /// `added` and `ended` are local time wearing a `Z` [true].
    pub added_is_local: bool,
    /// So is `generated` [false].
    pub generated_is_local: bool,
    /// `progress` is a float where it is no whole number [false].
    pub float_progress: bool,
    /// `bytes` of a list row is the size of all files, not of the selected ones [false].
    pub list_shows_original_bytes: bool,
    /// The links of every downloaded torrent: one archive, fewer than files, none [each torrent's own].
    pub links: Option<Links>,
    /// `/torrents/info` leaves `files` out before they are known, instead of showing none [false].
    pub unknown_files_absent: bool,
    /// A status, and the word shown in its place, for words that nobody has seen yet [none].
    pub renamed_status: Option<(String, String)>,
    /// Fields that nobody has seen yet, on every row, information and user [none].
    pub extra_fields: Map<String, Value>,
    /// An unknown MIME type leaves the field out instead of null [false].
    pub mime_type_absent: bool,
    /// Download rows lack `host_icon` and `streamable`, as in 2015 [false].
    pub old_downloads: bool,
    /// `error_details` of every refusal [absent].
    pub error_details: Option<String>,
    /// `ETag`, and 304 for an `If-None-Match` with it [true, as documented; no client is known to use it].
    pub etag: bool,
    /// The `ETag` follows from the address alone: it stays though the body is another [false].
    pub etag_is_stale: bool,
    /// Compresses for clients that accept it [false].
    pub gzip: bool,
}

impl Default for BodyShape {
    fn default() -> Self {
        Self {
            layout: Layout::Pretty,
            utc_offset: 60,
            added_is_local: true,
            generated_is_local: false,
            float_progress: false,
            list_shows_original_bytes: false,
            links: None,
            unknown_files_absent: false,
            renamed_status: None,
            extra_fields: Map::new(),
            mime_type_absent: false,
            old_downloads: false,
            error_details: None,
            etag: true,
            etag_is_stale: false,
            gzip: false,
        }
    }
}
