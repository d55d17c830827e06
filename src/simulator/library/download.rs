//! A download as the simulator keeps it.

use super::{id::Id, torrent::Torrent};
use crate::{domain::Timestamp, simulator::percent};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// An entry of the download list. It has no hash of any kind; only its link can tie it to a torrent.
#[derive(Debug, Clone)]
pub struct Download {
    /// 13 characters of `[A-Z2-7]`.
    pub id: Id,
    /// The file's name.
    pub filename: String,
    /// None is shown as null, or not at all.
    pub mime_type: Option<Cow<'static, str>>,
    /// Bytes, 0 when unknown.
    pub filesize: i64,
    /// A hoster's link, or `https://real-debrid.com/d/<token>`.
    pub link: String,
    /// The hoster's domain.
    pub host: Cow<'static, str>,
    /// Orders the list; change it by [`super::Library::change_download`] only.
    pub generated: Timestamp,
    /// The quality, for sources with several.
    pub quality: Option<Cow<'static, str>>,
    /// Fields that the documentation does not know, shown with the others.
    pub extra: Option<Box<Map<String, Value>>>,
}

impl Download {
    /// What unrestricting the link of file `index` of `torrent` leaves behind.
    pub fn of_torrent(id: Id, torrent: &Torrent, index: usize, generated: Timestamp) -> Self {
        let path = torrent.file_path(index);
        let filename = path.rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            id,
            mime_type: mime_type(&filename).map(Cow::Borrowed),
            filename,
            filesize: torrent.file_bytes(index),
            link: torrent.link(index),
            host: Cow::Borrowed("real-debrid.com"),
            generated,
            quality: None,
            extra: None,
        }
    }

    /// The address it is fetched from. The list names servers by number, an unrestrict answer by place.
    pub fn address(&self, server: &str) -> String {
        format!("https://{server}.download.real-debrid.com/d/{}/{}", self.id, percent::encode(&self.filename))
    }

    /// The numbered server that the list shows for it.
    pub fn server(&self) -> String {
        let sum: u32 = self.id.as_str().bytes().map(u32::from).sum();
        format!("{}-4", 20 + sum % 110)
    }

    /// Whether the site can play it.
    pub fn is_streamable(&self) -> bool {
        self.mime_type.as_deref().is_some_and(|mime| mime.starts_with("video/") || mime.starts_with("audio/"))
    }
}

/// What Real-Debrid guesses from the extension; an unknown one has none.
pub(crate) fn mime_type(filename: &str) -> Option<&'static str> {
    let (_, extension) = filename.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "mkv" => "video/x-matroska",
        "mp4" => "video/mp4",
        "avi" => "video/x-msvideo",
        "flac" => "audio/flac",
        "mp3" => "audio/mpeg",
        "m4b" => "audio/mp4",
        "epub" => "application/epub+zip",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "rar" => "application/x-rar-compressed",
        "iso" => "application/x-iso9660-image",
        "exe" => "application/x-msdownload",
        "txt" => "text/plain",
        "jpg" => "image/jpeg",
        "srt" => "application/x-subrip",
        _ => return None,
    })
}
