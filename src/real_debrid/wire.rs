//! Bodies as Real-Debrid sends them. The client reads them, the simulator writes them.
//!
//! Source: the official page and public clients, gathered in `real-debrid-api.md` of the project's shared notes.
//! Field names are Real-Debrid's; unknown fields are ignored; what may be absent or null is an [`Option`]. Numbers are
//! read by [`lenient`], because they are not always sent as documented.

use super::lenient;
use serde::{Deserialize, Serialize};

/// A row of `GET /torrents`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Torrent {
    /// 13 characters of `[A-Z2-7]`; the only unique key.
    pub id: String,
    /// The torrent's name, or the file's own once exactly one file is selected.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub filename: String,
    /// v1 infohash; several rows may share one.
    pub hash: String,
    /// Size of the selected files.
    #[serde(deserialize_with = "lenient::whole")]
    pub bytes: i64,
    /// `real-debrid.com`.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub host: String,
    /// Part size in GB.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub split: i64,
    /// 0–100; documented as whole, seen as a float.
    #[serde(default, deserialize_with = "lenient::number")]
    pub progress: f64,
    /// One of Real-Debrid's words; unknown ones are possible.
    pub status: String,
    /// `YYYY-MM-DDTHH:MM:SS.000Z`.
    pub added: String,
    /// Hoster links, empty until done.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub links: Vec<String>,
    /// Only when finished; can be earlier than `added`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Bytes per second; only while downloading, compressing or uploading.
    #[serde(default, deserialize_with = "lenient::optional_whole", skip_serializing_if = "Option::is_none")]
    pub speed: Option<i64>,
    /// Only while downloading or converting a magnet.
    #[serde(default, deserialize_with = "lenient::optional_whole", skip_serializing_if = "Option::is_none")]
    pub seeders: Option<i64>,
}

/// `GET /torrents/info/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TorrentInfo {
    /// What the list shows too.
    #[serde(flatten)]
    pub torrent: Torrent,
    /// The torrent's name, whatever is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_filename: Option<String>,
    /// Size of all files.
    #[serde(default, deserialize_with = "lenient::optional_whole", skip_serializing_if = "Option::is_none")]
    pub original_bytes: Option<i64>,
    /// Missing or empty before the metadata is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<TorrentFile>>,
}

/// A file inside a torrent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TorrentFile {
    /// From 1.
    #[serde(deserialize_with = "lenient::whole")]
    pub id: i64,
    /// Starts with `/`.
    pub path: String,
    /// Size.
    #[serde(deserialize_with = "lenient::whole")]
    pub bytes: i64,
    /// 0 or 1.
    #[serde(deserialize_with = "lenient::whole")]
    pub selected: i64,
}

/// A row of `GET /downloads`. There is no hash of any kind on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// 13 characters of `[A-Z2-7]`.
    pub id: String,
    /// The file's name.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub filename: String,
    /// Guessed by Real-Debrid from the extension; null or absent when unknown.
    #[serde(default, rename = "mimeType")]
    pub mime_type: Option<String>,
    /// Bytes, 0 when unknown.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub filesize: i64,
    /// The original link, or `https://real-debrid.com/d/<token>`.
    #[serde(deserialize_with = "lenient::null_as_empty")]
    pub link: String,
    /// The hoster's main domain.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub host: String,
    /// Undocumented, in every modern sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_icon: Option<String>,
    /// Connections allowed.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub chunks: i64,
    /// The generated URL; its host is not stable.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub download: String,
    /// 0 or 1.
    #[serde(default, deserialize_with = "lenient::optional_whole", skip_serializing_if = "Option::is_none")]
    pub streamable: Option<i64>,
    /// `YYYY-MM-DDTHH:MM:SS.000Z`.
    pub generated: String,
    /// The quality, for sources with several.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
}

/// `GET /user`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Number of the account.
    #[serde(deserialize_with = "lenient::whole")]
    pub id: i64,
    /// User name.
    pub username: String,
    /// Masked.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub email: String,
    /// Fidelity points.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub points: i64,
    /// Undocumented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// URL.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub avatar: String,
    /// `premium` or `free`.
    #[serde(default, deserialize_with = "lenient::null_as_empty", rename = "type")]
    pub kind: String,
    /// Seconds of premium left; when 0, `expiration` means nothing.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub premium: i64,
    /// End of the subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<String>,
}

/// Any refusal. On OAuth both fields may be null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Free text for people.
    #[serde(default)]
    pub error: Option<String>,
    /// Number for programs.
    #[serde(default, deserialize_with = "lenient::optional_whole")]
    pub error_code: Option<i64>,
    /// On some errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_details: Option<String>,
}

/// `GET /device/code` of OAuth.
#[derive(Deserialize)]
pub struct DeviceCode {
    /// For the application.
    pub device_code: String,
    /// For the user.
    pub user_code: String,
    /// Seconds between two polls.
    #[serde(default, deserialize_with = "lenient::optional_whole")]
    pub interval: Option<i64>,
    /// Seconds.
    #[serde(default, deserialize_with = "lenient::optional_whole")]
    pub expires_in: Option<i64>,
    /// Where the code is typed in.
    #[serde(default)]
    pub verification_url: Option<String>,
    /// Undocumented: the same with the code in it.
    #[serde(default)]
    pub direct_verification_url: Option<String>,
}

/// `GET /device/credentials` of OAuth; nulls for a code that is unknown or has expired.
#[derive(Deserialize)]
pub struct DeviceCredentials {
    /// Of this application for this user.
    #[serde(deserialize_with = "lenient::nullable")]
    pub client_id: Option<String>,
    /// Its secret.
    #[serde(deserialize_with = "lenient::nullable")]
    pub client_secret: Option<String>,
}

/// `POST /token` of OAuth.
#[derive(Deserialize)]
pub struct Tokens {
    /// For the REST API.
    pub access_token: String,
    /// For the next renewal; may differ from the one before.
    #[serde(default, deserialize_with = "lenient::null_as_empty")]
    pub refresh_token: String,
    /// Seconds.
    #[serde(default, deserialize_with = "lenient::optional_whole")]
    pub expires_in: Option<i64>,
}
