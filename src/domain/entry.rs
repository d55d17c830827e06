//! What Real-Debrid's lists say of one entry, before it is stored.

use super::{InfoHash, Kind, Timestamp};

/// One row of `/torrents` or `/downloads` in the words of the subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Real-Debrid's id of the row; the only unique key.
    pub real_debrid_id: String,
    /// Torrent or download.
    pub kind: Kind,
    /// The name, never empty.
    pub filename: String,
    /// Bytes, 0 when unknown, never negative.
    pub file_size: i64,
    /// As sent for a download, guessed from the extension for a torrent.
    pub mime_type: Option<String>,
    /// The infohash of a torrent.
    pub sha1_hash: Option<InfoHash>,
    /// Real-Debrid's word; `downloaded` for a download.
    pub status: String,
    /// Per cent 0–100 of a torrent on its way; 100 for what is done.
    pub progress: f64,
    /// The generated URL of a download. Its host changes by itself and is no sign of a change.
    pub download_url: Option<String>,
    /// The link a download was made from; its first 13 token characters tie it to a torrent's file.
    pub link: Option<String>,
    /// `added` or `generated`.
    pub added_at: Timestamp,
    /// The same as sent: its zone may be a lie, so the text is kept.
    pub added_raw: String,
    /// When a torrent was finished; can be earlier than `added_at`.
    pub ended_at: Option<Timestamp>,
}

impl Entry {
    /// The statuses in which a torrent is still on its way and changes by itself (`filter=active`).
    pub const ACTIVE: [&'static str; 6] =
        ["magnet_conversion", "waiting_files_selection", "queued", "downloading", "compressing", "uploading"];

    /// Whether the entry is still on its way.
    pub fn is_active(&self) -> bool {
        Self::ACTIVE.contains(&self.status.as_str())
    }
}
