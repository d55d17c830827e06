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
    /// See [`identity`].
    pub fn identity(&self) -> Option<&str> {
        identity(self.kind, self.sha1_hash.as_ref().map(InfoHash::as_str), self.link.as_deref())
    }

    /// The statuses in which a torrent is still on its way and changes by itself (`filter=active`).
    pub const ACTIVE: [&'static str; 6] =
        ["magnet_conversion", "waiting_files_selection", "queued", "downloading", "compressing", "uploading"];

    /// Whether the entry is still on its way.
    pub fn is_active(&self) -> bool {
        Self::ACTIVE.contains(&self.status.as_str())
    }
}

/// Where Real-Debrid keeps the files it has itself.
const OWN_LINK: &str = "https://real-debrid.com/d/";
/// The characters of the token behind it that name the file; what follows is another in every entry.
const TOKEN: usize = 13;

/// Whether a download was made from a file that Real-Debrid has itself: one of a torrent.
pub fn is_own_link(link: &str) -> bool {
    link.starts_with(OWN_LINK)
}

/// What an entry is known by when it comes back under another id: a torrent's hash, a download's link. None for a
/// download without a link.
pub fn identity<'a>(kind: Kind, hash: Option<&'a str>, link: Option<&'a str>) -> Option<&'a str> {
    match kind {
        Kind::Torrent => hash,
        Kind::Download => link.filter(|link| !link.is_empty()).map(|link| {
            let named = if is_own_link(link) { link.get(..OWN_LINK.len() + TOKEN) } else { None };
            named.unwrap_or(link)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_known_by_the_part_of_its_link_that_names_the_file() {
        let of = |link| identity(Kind::Download, None, link);
        let named = Some("https://real-debrid.com/d/ABCDEFGHIJKLM");
        assert_eq!(of(named), named);
        assert_eq!(of(Some("https://real-debrid.com/d/ABCDEFGHIJKLMNOP")), named);
        for whole in ["https://real-debrid.com/d/SHORT", "https://hoster.example/d/ABCDEFGHIJKLMNOP"] {
            assert_eq!(of(Some(whole)), Some(whole));
        }
        assert_eq!((of(Some("")), of(None)), (None, None));
    }

    #[test]
    fn a_torrent_is_known_by_its_hash() {
        assert_eq!(identity(Kind::Torrent, Some("c39f"), Some("https://real-debrid.com/d/X")), Some("c39f"));
    }
}
