//! A torrent as the simulator keeps it: small, with open fields, so that a test can bring it into any state.

use super::{
    content::Content,
    id::{Hash, Id},
};
use crate::{domain::Timestamp, real_debrid::wire, simulator::dice::Dice};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// An entry of the torrent list. What the API shows of it is derived when asked for.
#[derive(Debug, Clone)]
pub struct Torrent {
    /// The only unique key.
    pub id: Id,
    /// Several torrents may share one, and then have the same files.
    pub hash: Hash,
    /// The torrent's own name; what is shown may be its only selected file's, see [`Torrent::filename`].
    pub name: String,
    /// Any word, known to the documentation or not.
    pub status: Cow<'static, str>,
    /// 0–100.
    pub progress: f64,
    /// Orders the list; change it by [`super::Library::change_torrent`] only.
    pub added: Timestamp,
    /// Shown in the status `downloaded` only; earlier than `added` when it was cached.
    pub ended: Option<Timestamp>,
    /// Bytes per second; shown only in the statuses that have one.
    pub speed: i64,
    /// Shown only in the statuses that have them.
    pub seeders: i64,
    /// Which files were chosen.
    pub selection: Selection,
    /// Which links are shown.
    pub links: Links,
    /// The files.
    pub files: Files,
    /// Fields that the documentation does not know, shown with the others.
    pub extra: Option<Box<Map<String, Value>>>,
}

/// The files chosen by selectFiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Before selection.
    Nothing,
    /// The large ones, what most people choose.
    Main,
    /// All.
    All,
    /// By number, from 1, ascending.
    Some(Box<[u16]>),
}

/// How many links a downloaded torrent shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Links {
    /// One for each selected file, in file order.
    PerFile,
    /// One for all of them, a RAR archive.
    Archive,
    /// Only the first so many: a broken torrent.
    First(u16),
    /// None although downloaded: a broken torrent.
    None,
    /// Exactly these.
    Listed(Vec<String>),
}

/// Where the files come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    /// Not known yet, as for a magnet under conversion.
    Unknown,
    /// Computed from the infohash.
    Derived(Derived),
    /// Exactly these, with ids from 1; `selected` in them is ignored in favour of [`Torrent::selection`].
    Listed(Vec<wire::TorrentFile>),
}

/// Files that follow from the infohash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived(pub(crate) Content);

/// Stands for the archive in place of a file's index.
const ARCHIVE: usize = 0xFFFF;

impl Torrent {
    /// Number of files.
    pub fn file_count(&self) -> usize {
        match &self.files {
            Files::Unknown => 0,
            Files::Derived(Derived(content)) => content.count(),
            Files::Listed(files) => files.len(),
        }
    }

    /// Whether file `index`, from 0, is selected.
    pub fn is_selected(&self, index: usize) -> bool {
        match &self.selection {
            Selection::Nothing => false,
            Selection::All => true,
            Selection::Main => match &self.files {
                Files::Derived(Derived(content)) => content.is_main(index),
                Files::Unknown | Files::Listed(_) => true,
            },
            Selection::Some(numbers) => numbers.iter().any(|number| usize::from(*number) == index + 1),
        }
    }

    /// Indexes of the selected files, from 0, in file order.
    pub fn selected(&self) -> impl Iterator<Item = usize> {
        (0..self.file_count()).filter(|index| self.is_selected(*index))
    }

    /// Size of file `index`.
    pub fn file_bytes(&self, index: usize) -> i64 {
        match &self.files {
            Files::Unknown => 0,
            Files::Derived(Derived(content)) => content.bytes(index),
            Files::Listed(files) => files.get(index).map_or(0, |file| file.bytes),
        }
    }

    /// Path of file `index`, starting with `/`.
    pub fn file_path(&self, index: usize) -> String {
        match &self.files {
            Files::Unknown => String::new(),
            Files::Derived(Derived(content)) => content.path(&self.name, index),
            Files::Listed(files) => files.get(index).map(|file| file.path.clone()).unwrap_or_default(),
        }
    }

    /// All files as the API shows them.
    pub fn file_list(&self) -> Vec<wire::TorrentFile> {
        (0..self.file_count())
            .map(|index| wire::TorrentFile {
                id: i64::try_from(index + 1).unwrap_or(0),
                path: self.file_path(index),
                bytes: self.file_bytes(index),
                selected: i64::from(self.is_selected(index)),
            })
            .collect()
    }

    /// Size of all files.
    pub fn original_bytes(&self) -> i64 {
        match &self.files {
            Files::Unknown => 0,
            Files::Derived(Derived(content)) => content.total_bytes(),
            Files::Listed(files) => files.iter().map(|file| file.bytes).sum(),
        }
    }

    /// Size of the selected files; of all while nothing is selected.
    pub fn bytes(&self) -> i64 {
        match (&self.selection, &self.files) {
            (Selection::Main, Files::Derived(Derived(content))) => content.main_bytes,
            (Selection::Nothing | Selection::All, _) => self.original_bytes(),
            _ => self.selected().map(|index| self.file_bytes(index)).sum(),
        }
    }

    /// The name that is shown: the file's own once exactly one is selected, else the torrent's.
    pub fn filename(&self) -> String {
        let mut selected = self.selected();
        match (selected.next(), selected.next()) {
            (Some(only), None) => {
                let path = self.file_path(only);
                path.rsplit('/').next().unwrap_or_default().to_owned()
            }
            _ => self.name.clone(),
        }
    }

    /// The links that are shown, none before the torrent is downloaded.
    pub fn link_list(&self) -> Vec<String> {
        self.links_as(&self.links)
    }

    /// The links that are shown if `links` says which, none before the torrent is downloaded.
    pub fn links_as(&self, links: &Links) -> Vec<String> {
        if self.status != "downloaded" {
            return Vec::new();
        }
        match links {
            Links::None => Vec::new(),
            Links::Archive => vec![self.link(ARCHIVE)],
            Links::PerFile => self.selected().map(|index| self.link(index)).collect(),
            Links::First(count) => self.selected().take(usize::from(*count)).map(|index| self.link(index)).collect(),
            Links::Listed(links) => links.clone(),
        }
    }

    /// Index of the file that the link in place `place` stands for; None for an archive of all of them.
    pub(crate) fn file_of_link(&self, place: usize, links: &Links) -> Option<usize> {
        if *links == Links::Archive { None } else { self.selected().nth(place) }
    }

    /// The link of file `index` in this entry. Its first 13 characters are the file's; the rest, of 0, 3 or 13
    /// characters, is another in every entry.
    pub fn link(&self, index: usize) -> String {
        let identity = match &self.files {
            Files::Derived(Derived(content)) => content.identity(index),
            Files::Unknown | Files::Listed(_) => {
                Id::random(&mut Dice::of(self.hash.seed(), 0x1D00_0000 + index as u64))
            }
        };
        let entry = self.id.as_str().bytes().fold(index as u64, |mixed, byte| mixed.wrapping_mul(31) + u64::from(byte));
        let mut dice = Dice::new(entry);
        let tail = [0, 3, 13][dice.index(3)];
        let rest = Id::random(&mut dice);
        format!("https://real-debrid.com/d/{identity}{}", &rest.as_str()[..tail])
    }
}
