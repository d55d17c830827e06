//! What the library is made of, and how it came to be so.

use super::{Kind, Timestamp};
use serde::{Deserialize, Serialize};

/// The sort of content that a MIME type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Media {
    /// `video/…`.
    Video,
    /// `audio/…`.
    Audio,
    /// `image/…`.
    Image,
    /// Text, subtitles and books.
    Document,
    /// Packed files.
    Archive,
    /// Any other type.
    Other,
    /// No type is known: most torrents' names end in none.
    Unknown,
}

impl Media {
    /// Every sort, in the order of the list above.
    pub const ALL: [Self; 7] =
        [Self::Video, Self::Audio, Self::Image, Self::Document, Self::Archive, Self::Other, Self::Unknown];

    /// The sort that a MIME type belongs to.
    pub fn of(mime_type: Option<&str>) -> Self {
        let Some(mime_type) = mime_type else { return Self::Unknown };
        match mime_type.split_once('/') {
            Some(("video", _)) => Self::Video,
            Some(("audio", _)) => Self::Audio,
            Some(("image", _)) => Self::Image,
            Some(("text", _)) => Self::Document,
            Some(("application", what)) if has(what, &["pdf", "epub", "ebook", "word", "subrip", "json", "xml"]) => {
                Self::Document
            }
            Some(("application", what)) if has(what, &["zip", "rar", "7z", "tar", "compress", "iso9660"]) => {
                Self::Archive
            }
            _ => Self::Other,
        }
    }

    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Image => "image",
            Self::Document => "document",
            Self::Archive => "archive",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

fn has(what: &str, any: &[&str]) -> bool {
    any.iter().any(|part| what.contains(part))
}

/// How many entries, and the bytes they are said to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Amount {
    /// Entries.
    pub files: i64,
    /// Bytes; an entry whose size Real-Debrid does not know yet has 0.
    pub bytes: i64,
}

impl Amount {
    /// Both together; saturates.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { files: self.files.saturating_add(other.files), bytes: self.bytes.saturating_add(other.bytes) }
    }
}

/// The entries of one kind, status and sort of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Share {
    /// Torrents or downloads.
    pub kind: Kind,
    /// Real-Debrid's word for their state.
    pub status: String,
    /// What is in them.
    pub media: Media,
    /// All of them.
    #[serde(flatten)]
    pub all: Amount,
    /// Those that are marked as duplicates.
    pub duplicates: Amount,
}

/// The library as it was when a run had completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LibrarySize {
    /// When.
    pub at: Timestamp,
    /// Entries.
    pub files: i64,
    /// Their bytes; not known of runs before these were counted.
    pub bytes: Option<i64>,
    /// Those marked as duplicates.
    pub duplicates: Option<Amount>,
}

/// What one run changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunChanges {
    /// Its id in the history.
    pub run: String,
    /// When it ended.
    pub ended: Timestamp,
    /// Entries in the library after it.
    pub total: i64,
    /// New entries.
    pub added: i64,
    /// Changed entries.
    pub updated: i64,
    /// Entries that were gone.
    pub deleted: i64,
}

/// Everything there is to say about a library.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// The end of the last run as of which `library` holds; none before one has counted.
    pub as_of: Option<Timestamp>,
    /// What the library is made of.
    pub library: Vec<Share>,
    /// Its size over time, earliest first: at most 121 moments, evenly spread from the first sync to the last.
    pub growth: Vec<LibrarySize>,
    /// The newest runs that changed anything, earliest first.
    pub changes: Vec<RunChanges>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mime_type_belongs_to_one_sort() {
        for (mime_type, media) in [
            (None, Media::Unknown),
            (Some("video/x-matroska"), Media::Video),
            (Some("audio/flac"), Media::Audio),
            (Some("image/png"), Media::Image),
            (Some("text/srt"), Media::Document),
            (Some("application/x-subrip"), Media::Document),
            (Some("application/epub+zip"), Media::Document),
            (Some("application/x-rar-compressed"), Media::Archive),
            (Some("application/octet-stream"), Media::Other),
            (Some("nonsense"), Media::Other),
        ] {
            assert_eq!(Media::of(mime_type), media, "{mime_type:?}");
        }
    }
}
