//! An entry of the library, as the contract shows it.

use super::{InfoHash, Organisation, Timestamp};
use serde::{Deserialize, Serialize};

/// What an entry is at Real-Debrid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A row of `/torrents`.
    Torrent,
    /// A row of `/downloads`.
    Download,
}

impl Kind {
    /// Both, in the order in which a sync reads them.
    pub const ALL: [Self; 2] = [Self::Torrent, Self::Download];

    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Torrent => "torrent",
            Self::Download => "download",
        }
    }

    /// The word for several of them.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Torrent => "torrents",
            Self::Download => "downloads",
        }
    }
}

/// One entry of the library: a torrent or a download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// DMM's own number, stable for the life of the entry.
    pub id: i64,
    /// Real-Debrid's id of the row.
    pub real_debrid_id: String,
    /// Torrent or download.
    pub kind: Kind,
    /// The name as Real-Debrid last sent it.
    pub filename: String,
    /// Bytes; 0 where Real-Debrid does not know.
    pub file_size: i64,
    /// Real-Debrid's for a download, guessed from the extension for a torrent; none for a folder.
    pub mime_type: Option<String>,
    /// The infohash of a torrent; downloads have none.
    pub sha1_hash: Option<InfoHash>,
    /// Real-Debrid's word, unknown ones kept as sent; a download is always `downloaded`.
    pub status: String,
    /// The generated link of a download.
    pub download_url: Option<String>,
    /// The `id` of the earliest entry with the same SHA-1, when that is another one.
    pub duplicate_of: Option<i64>,
    /// When it was added at Real-Debrid, as Real-Debrid says.
    pub added_at: Timestamp,
    /// When DMM first stored it.
    pub created_at: Timestamp,
    /// When DMM last changed it.
    pub updated_at: Timestamp,
}

/// One file inside a torrent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileContent {
    /// Real-Debrid's number of the file inside the torrent, from 1.
    pub index: i64,
    /// Path inside the torrent, starting with `/`.
    pub path: String,
    /// Bytes.
    pub bytes: i64,
    /// Guessed from the extension.
    pub mime_type: Option<String>,
    /// Whether it was selected for downloading.
    pub selected: bool,
    /// Its hoster link, where the link can be attributed to the file.
    pub link: Option<String>,
}

/// One entry with what is inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileDetails {
    /// The entry.
    #[serde(flatten)]
    pub file: File,
    /// What the user says of it.
    pub organisation: Organisation,
    /// When `contents` was last read from Real-Debrid; none while it is unknown.
    pub contents_read_at: Option<Timestamp>,
    /// Why the contents could not be read when that was last tried in the background; it is tried again by itself.
    pub contents_error: Option<String>,
    /// The files inside, by index; empty while unknown and for downloads.
    pub contents: Vec<FileContent>,
}

/// One page of a list of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FilePage {
    /// The entries, in the order asked for.
    pub files: Vec<File>,
    /// How many entries match the filters, on all pages.
    pub total: i64,
    /// Give it back as `cursor` for the next page; none on the last.
    pub next_cursor: Option<String>,
}
