//! A person's library: torrents and downloads, newest first, as Real-Debrid lists them.
//!
//! It promises the order of the lists (newest first, ties by id) and unique ids after every change, and that a seed
//! always gives the same library. Entries stay small and everything that can be computed from them is; a million fit.

mod content;
mod download;
mod generate;
mod id;
mod life_cycle;
mod names;
mod torrent;
mod words;

pub(crate) use download::mime_type;
pub use {
    content::Shape,
    download::Download,
    id::{Hash, Id, NotAnId},
    torrent::{Derived, Files, Links, Selection, Torrent},
};

use super::dice::Dice;
use crate::domain::Timestamp;
use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque},
};

/// The torrents and downloads of one account.
#[derive(Debug, Clone)]
pub struct Library {
    torrents: VecDeque<Torrent>,
    downloads: VecDeque<Download>,
    /// When each was added, which finds it in its list.
    torrent_times: HashMap<Id, Timestamp>,
    download_times: HashMap<Id, Timestamp>,
    dice: Dice,
}

impl Library {
    /// Without entries. `seed` decides what [`Library::add_random_torrent`] will add.
    pub fn empty(seed: u64) -> Self {
        Self {
            torrents: VecDeque::new(),
            downloads: VecDeque::new(),
            torrent_times: HashMap::new(),
            download_times: HashMap::new(),
            dice: Dice::of(seed, 1),
        }
    }

    /// Newest first.
    pub fn torrents(&self) -> &VecDeque<Torrent> {
        &self.torrents
    }

    /// Newest first.
    pub fn downloads(&self) -> &VecDeque<Download> {
        &self.downloads
    }

    /// The torrent `id`.
    pub fn torrent(&self, id: Id) -> Option<&Torrent> {
        self.torrents.get(self.torrent_index(id)?)
    }

    /// The torrent `id`, to be changed; its place in the list is kept, so leave `id` and `added` alone.
    pub fn torrent_mut(&mut self, id: Id) -> Option<&mut Torrent> {
        let index = self.torrent_index(id)?;
        self.torrents.get_mut(index)
    }

    /// The download `id`.
    pub fn download(&self, id: Id) -> Option<&Download> {
        self.downloads.get(self.download_index(id)?)
    }

    /// The download `id`, to be changed; its place in the list is kept, so leave `id` and `generated` alone.
    pub fn download_mut(&mut self, id: Id) -> Option<&mut Download> {
        let index = self.download_index(id)?;
        self.downloads.get_mut(index)
    }

    /// Puts it in its place; one with the same id is replaced.
    pub fn add_torrent(&mut self, torrent: Torrent) -> Id {
        let id = torrent.id;
        self.remove_torrent(id);
        self.torrent_times.insert(id, torrent.added);
        let key = (Reverse(torrent.added), id);
        let index = self.torrents.partition_point(|other| (Reverse(other.added), other.id) < key);
        self.torrents.insert(index, torrent);
        id
    }

    /// Puts it in its place; one with the same id is replaced.
    pub fn add_download(&mut self, download: Download) -> Id {
        let id = download.id;
        self.remove_download(id);
        self.download_times.insert(id, download.generated);
        let key = (Reverse(download.generated), id);
        let index = self.downloads.partition_point(|other| (Reverse(other.generated), other.id) < key);
        self.downloads.insert(index, download);
        id
    }

    /// Takes it out; its downloads stay, as at Real-Debrid.
    pub fn remove_torrent(&mut self, id: Id) -> Option<Torrent> {
        let index = self.torrent_index(id)?;
        self.torrent_times.remove(&id);
        self.torrents.remove(index)
    }

    /// Takes the `count` newest torrents out.
    pub fn remove_newest(&mut self, count: usize) {
        for torrent in self.torrents.drain(..count.min(self.torrents.len())) {
            self.torrent_times.remove(&torrent.id);
        }
    }

    /// Takes it out.
    pub fn remove_download(&mut self, id: Id) -> Option<Download> {
        let index = self.download_index(id)?;
        self.download_times.remove(&id);
        self.downloads.remove(index)
    }

    /// Any change, also of `id` and `added`; false when there is no such torrent.
    pub fn change_torrent(&mut self, id: Id, change: impl FnOnce(&mut Torrent)) -> bool {
        self.remove_torrent(id)
            .map(|mut torrent| {
                change(&mut torrent);
                self.add_torrent(torrent);
            })
            .is_some()
    }

    /// Any change, also of `id` and `generated`; false when there is no such download.
    pub fn change_download(&mut self, id: Id, change: impl FnOnce(&mut Download)) -> bool {
        self.remove_download(id)
            .map(|mut download| {
                change(&mut download);
                self.add_download(download);
            })
            .is_some()
    }

    /// Takes everything out, as an account without content has it.
    pub fn clear(&mut self) {
        *self = Self { dice: self.dice.clone(), ..Self::empty(0) };
    }

    /// Takes out the downloads generated before `time`, as they age at Real-Debrid by themselves.
    pub fn forget_downloads_before(&mut self, time: Timestamp) {
        while let Some(oldest) = self.downloads.pop_back_if(|download| download.generated < time) {
            self.download_times.remove(&oldest.id);
        }
    }

    /// An id that no entry has.
    pub fn new_id(&mut self) -> Id {
        loop {
            let id = Id::random(&mut self.dice);
            if !self.torrent_times.contains_key(&id) && !self.download_times.contains_key(&id) {
                return id;
            }
        }
    }

    fn torrent_index(&self, id: Id) -> Option<usize> {
        let key = (Reverse(*self.torrent_times.get(&id)?), id);
        self.torrents.binary_search_by_key(&key, |torrent| (Reverse(torrent.added), torrent.id)).ok()
    }

    fn download_index(&self, id: Id) -> Option<usize> {
        let key = (Reverse(*self.download_times.get(&id)?), id);
        self.downloads.binary_search_by_key(&key, |download| (Reverse(download.generated), download.id)).ok()
    }
}
