//! How a torrent comes into being: magnet, conversion, selection, queue, download, done.

use super::{
    Hash, Id, Library, Links, Selection, Torrent,
    content::Content,
    names::{self, Wish},
    torrent::{Derived, Files},
};
use crate::{
    domain::{Entry, Timestamp},
    real_debrid::wire,
    simulator::dice::Dice,
};
use std::borrow::Cow;

impl Torrent {
    /// One step on, at `now`; false when it is finished or waits for a selection.
    pub fn step(&mut self, now: Timestamp) -> bool {
        let mut dice = Dice::of(self.hash.seed(), self.progress.to_bits());
        match self.status.as_ref() {
            "magnet_conversion" => {
                self.learn_metadata();
                self.status = Cow::Borrowed("waiting_files_selection");
            }
            "queued" => {
                self.status = Cow::Borrowed("downloading");
                self.speed = dice.amount(400_000, 38_000_000);
                self.seeders = dice.amount(1, 180);
            }
            "downloading" => {
                self.progress = (self.progress + 17.5).min(100.0);
                self.speed = dice.amount(400_000, 38_000_000);
                if self.progress >= 100.0 {
                    self.status = Cow::Borrowed("compressing");
                }
            }
            "compressing" => self.status = Cow::Borrowed("uploading"),
            "uploading" => self.finish(now),
            _ => return false,
        }
        true
    }

    /// Downloaded, at `ended`; that is earlier than `added` for what was cached.
    pub fn finish(&mut self, ended: Timestamp) {
        self.progress = 100.0;
        self.status = Cow::Borrowed("downloaded");
        self.ended = Some(ended);
    }

    /// What a magnet does not tell: name and files, which follow from the infohash.
    pub fn learn_metadata(&mut self) {
        if self.files == Files::Unknown {
            let release = names::release(&mut Dice::of(self.hash.seed(), 2), Wish::Any);
            self.files = Files::Derived(Derived(Content {
                hash: self.hash,
                shape: release.shape,
                main: release.main,
                extras: release.extras,
                main_bytes: release.main_bytes,
            }));
            self.name = release.name;
        }
    }
}

impl Library {
    /// What addMagnet leaves behind: a torrent without metadata, named `name` or like its hash.
    pub fn add_magnet(&mut self, hash: Hash, name: Option<&str>, now: Timestamp) -> Id {
        let id = self.new_id();
        self.add_torrent(Torrent {
            id,
            hash,
            name: name.map_or_else(|| hash.to_string(), str::to_owned),
            status: Cow::Borrowed("magnet_conversion"),
            progress: 0.0,
            added: now,
            ended: None,
            speed: 0,
            seeders: 0,
            selection: Selection::Nothing,
            links: Links::PerFile,
            files: Files::Unknown,
            extra: None,
        })
    }

    /// What addTorrent leaves behind: a torrent that waits for a selection, as its file told all there is to know.
    pub fn add_described(&mut self, hash: Hash, name: String, files: Vec<wire::TorrentFile>, now: Timestamp) -> Id {
        let id = self.add_magnet(hash, Some(&name), now);
        let known = self.described(hash);
        if let Some(torrent) = self.torrent_mut(id) {
            (torrent.name, torrent.files) = known.unwrap_or((name, Files::Listed(files)));
            torrent.status = Cow::Borrowed("waiting_files_selection");
        }
        id
    }

    /// Name and files of `hash`, if an entry knows them already: the same infohash has the same files.
    fn described(&self, hash: Hash) -> Option<(String, Files)> {
        let knows = |torrent: &&Torrent| torrent.hash == hash && torrent.files != Files::Unknown;
        self.torrents.iter().find(knows).map(|torrent| (torrent.name.clone(), torrent.files.clone()))
    }

    /// One step on with the torrent `id`; false when it stands still or is unknown.
    pub fn step_torrent(&mut self, id: Id, now: Timestamp) -> bool {
        let converts = |torrent: &Torrent| torrent.files == Files::Unknown && torrent.status == "magnet_conversion";
        let known = self.torrent(id).filter(|torrent| converts(torrent)).map(|torrent| torrent.hash);
        let known = known.and_then(|hash| self.described(hash));
        self.torrent_mut(id).is_some_and(|torrent| {
            if let Some(known) = known {
                (torrent.name, torrent.files) = known;
            }
            torrent.step(now)
        })
    }

    /// One step on with every torrent that is on its way; tells how many moved.
    pub fn step(&mut self, now: Timestamp) -> usize {
        let active = |torrent: &&Torrent| Entry::ACTIVE.contains(&torrent.status.as_ref());
        let ids: Vec<Id> = self.torrents.iter().filter(active).map(|torrent| torrent.id).collect();
        ids.into_iter().filter(|id| self.step_torrent(*id, now)).count()
    }

    /// Whether Real-Debrid has the content of `hash` already, as far as this library can tell.
    pub fn is_cached(&self, hash: Hash) -> bool {
        self.torrents.iter().any(|torrent| torrent.hash == hash && torrent.status == "downloaded")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magnet_waits_for_a_selection_and_then_goes_through_every_status_to_downloaded() {
        let mut library = Library::empty(1);
        let hash = Hash::random(&mut Dice::new(9));
        let id = library.add_magnet(hash, None, Timestamp::from_millis(1_000));
        let torrent = library.torrent_mut(id).unwrap();
        assert_eq!((torrent.filename(), torrent.file_count()), (hash.to_string(), 0));
        assert!(torrent.step(Timestamp::from_millis(2_000)));
        assert_eq!(torrent.status, "waiting_files_selection");
        assert!(!torrent.step(Timestamp::from_millis(3_000)), "it went on without a selection");
        torrent.selection = Selection::All;
        torrent.status = "queued".into();
        let mut seen = Vec::new();
        while torrent.step(Timestamp::from_millis(4_000)) {
            if seen.last() != Some(&torrent.status) {
                seen.push(torrent.status.clone());
            }
        }
        assert_eq!(seen, ["downloading", "compressing", "uploading", "downloaded"]);
        assert_eq!(torrent.link_list().len(), torrent.file_count());
        assert_eq!(torrent.ended, Some(Timestamp::from_millis(4_000)));
    }
}
