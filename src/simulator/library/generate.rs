//! A believable library from a seed.
//!
//! Rarities (duplicates, failures, archives, long names, …) come by quota, not by chance, so that a library of forty has
//! its share of them as well as one of a million.

use super::{
    Download, Hash, Id, Library, Links, Selection, Torrent,
    content::Content,
    download::mime_type,
    names::{self, Release, Wish},
    torrent::{Derived, Files},
};
use crate::{domain::Timestamp, simulator::dice::Dice};
use std::borrow::Cow;

/// 2026-10-31T21:17:04Z: fixed, because a library must not depend on the day it is made.
const NEWEST: i64 = 1_793_481_424_000;
/// About seven years, over which the entries are spread.
const SPAN_SECONDS: i64 = 220_000_000;

impl Library {
    /// `torrents` and `downloads` entries that look like years of use; always the same for the same three numbers.
    pub fn generate(seed: u64, torrents: usize, downloads: usize) -> Self {
        let mut library = Self::empty(seed);
        library.torrents.reserve(torrents);
        library.torrent_times.reserve(torrents);
        library.downloads.reserve(downloads);
        library.download_times.reserve(downloads);
        let mut times = Times::new(torrents);
        for index in 0..torrents {
            let added = times.next(&mut library.dice);
            let torrent = library.seeded_torrent(index, added);
            library.torrent_times.insert(torrent.id, added);
            library.torrents.push_back(torrent);
        }
        let mut times = Times::new(downloads);
        for index in 0..downloads {
            let generated = times.next(&mut library.dice);
            let download = library.seeded_download(index, generated);
            library.download_times.insert(download.id, generated);
            library.downloads.push_back(download);
        }
        library
    }

    /// One more downloaded torrent, a few minutes newer than the newest.
    pub fn add_random_torrent(&mut self) -> Id {
        let newest = self.torrents.front().map_or(Timestamp::from_millis(NEWEST), |torrent| torrent.added);
        let added = newest.plus_millis(1000 * self.dice.amount(60, 900));
        let release = names::release(&mut self.dice, Wish::Any);
        let hash = Hash::random(&mut self.dice);
        let torrent = self.finished(hash, release, added);
        self.add_torrent(torrent)
    }

    /// One more download, a few minutes newer than the newest.
    pub fn add_random_download(&mut self) -> Id {
        let newest = self.downloads.front().map_or(Timestamp::from_millis(NEWEST), |download| download.generated);
        let generated = newest.plus_millis(1000 * self.dice.amount(60, 900));
        let download = self.seeded_download(3, generated);
        self.add_download(download)
    }

    /// The torrent `id` once more, added a minute after the newest; None when there is no such torrent.
    pub fn add_again(&mut self, id: Id) -> Option<Id> {
        let newest = self.torrents.front()?.added;
        let copy = Torrent { id: self.new_id(), added: newest.plus_millis(60_000), ..self.torrent(id)?.clone() };
        Some(self.add_torrent(copy))
    }

    fn seeded_torrent(&mut self, index: usize, added: Timestamp) -> Torrent {
        let earlier = self.dice.index(self.torrents.len());
        let earlier =
            self.torrents.get(earlier).map(|torrent| (torrent.hash, torrent.name.clone(), torrent.files.clone()));
        let mut torrent = match earlier {
            Some((hash, name, files @ Files::Derived(_))) if index % 25 == 11 => {
                let release = names::release(&mut self.dice, Wish::Tiny);
                Torrent { name, files, ..self.finished(hash, release, added) }
            }
            Some((_, name, Files::Derived(Derived(content)))) if index % 50 == 29 => {
                let Content { shape, main, extras, main_bytes, .. } = content;
                let hash = Hash::random(&mut self.dice);
                self.finished(hash, Release { name, shape, main, extras, main_bytes }, added)
            }
            _ => {
                let release = names::release(&mut self.dice, wish(index));
                let hash = Hash::random(&mut self.dice);
                self.finished(hash, release, added)
            }
        };
        match index % 100 {
            3 => self.set_unfinished(&mut torrent),
            17 => self.set_failed(&mut torrent),
            14 | 54 => {
                torrent.selection = Selection::All;
                torrent.links = Links::Archive;
            }
            33 if index % 200 == 33 => torrent.links = Links::None,
            34 if index % 400 == 34 => torrent.links = Links::First(1),
            _ => {}
        }
        torrent
    }

    fn finished(&mut self, hash: Hash, release: Release, added: Timestamp) -> Torrent {
        let Release { name, shape, main, extras, main_bytes } = release;
        // Half of all content was cached, and then ended before it was added.
        let took = if self.dice.chance(500) { self.dice.amount(60, 90_000) } else { -self.dice.amount(1, 40_000_000) };
        Torrent {
            id: self.new_id(),
            hash,
            name,
            status: Cow::Borrowed("downloaded"),
            progress: 100.0,
            added,
            ended: Some(added.plus_millis(1000 * took)),
            speed: 0,
            seeders: 0,
            selection: if self.dice.chance(150) { Selection::All } else { Selection::Main },
            links: Links::PerFile,
            files: Files::Derived(Derived(Content { hash, shape, main, extras, main_bytes })),
            extra: None,
        }
    }

    fn set_unfinished(&mut self, torrent: &mut Torrent) {
        torrent.ended = None;
        torrent.progress = 0.0;
        torrent.speed = self.dice.amount(90_000, 38_000_000);
        torrent.seeders = self.dice.amount(0, 140);
        torrent.status = Cow::Borrowed(match self.dice.below(10) {
            0..5 => {
                torrent.progress = f64::from(u32::try_from(self.dice.between(1, 995)).unwrap_or(0)) / 10.0;
                "downloading"
            }
            5..7 => "queued",
            7..9 => {
                torrent.selection = Selection::Nothing;
                "waiting_files_selection"
            }
            _ => {
                torrent.selection = Selection::Nothing;
                torrent.files = Files::Unknown;
                torrent.name = torrent.hash.to_string();
                "magnet_conversion"
            }
        });
    }

    fn set_failed(&mut self, torrent: &mut Torrent) {
        torrent.ended = None;
        torrent.progress = f64::from(u32::try_from(self.dice.below(80)).unwrap_or(0));
        torrent.status = Cow::Borrowed(self.dice.pick(&["dead", "dead", "error", "virus", "magnet_error"]));
        if torrent.status == "magnet_error" {
            torrent.progress = 0.0;
            torrent.selection = Selection::Nothing;
            torrent.files = Files::Unknown;
        }
    }

    /// Three of four downloads came from a torrent of this library.
    fn seeded_download(&mut self, index: usize, generated: Timestamp) -> Download {
        let id = self.new_id();
        let torrent = self.dice.index(self.torrents.len());
        if let Some(torrent) =
            self.torrents.get(torrent).filter(|torrent| index % 4 != 1 && torrent.status == "downloaded")
        {
            let chosen = self.dice.index(torrent.selected().count());
            if let Some(file) = torrent.selected().nth(chosen) {
                return Download::of_torrent(id, torrent, file, generated);
            }
        }
        self.hoster_download(id, index, generated)
    }

    fn hoster_download(&mut self, id: Id, index: usize, generated: Timestamp) -> Download {
        let host =
            self.dice.pick(&["bigfilebarn.example", "upturnip.example", "videotube.example", "sharecrate.example"]);
        let release = names::release(&mut self.dice, Wish::Any);
        let video = host == "videotube.example";
        let filename = match index % 8 {
            1 if video => format!("{}.mp4", release.name),
            1 => format!("{}.part1.rar", release.name),
            5 => format!("{}.{}", release.name, self.dice.pick(&["r00", "mobiX", "sfv2", "backup"])),
            _ => format!("{}.zip", release.name),
        };
        Download {
            id,
            mime_type: mime_type(&filename).map(Cow::Borrowed),
            filename,
            filesize: if video { 0 } else { release.main_bytes },
            link: format!("https://{host}/{}", Id::random(&mut self.dice).as_str().to_lowercase()),
            host: Cow::Borrowed(host),
            generated,
            quality: video.then(|| Cow::Borrowed(self.dice.pick(&["1920x1080", "1280x720", "426x240", "mp3"]))),
            extra: None,
        }
    }
}

fn wish(index: usize) -> Wish {
    match index {
        _ if index % 200 == 21 => Wish::LongName,
        _ if index % 250 == 37 => Wish::Huge,
        _ if index % 60 == 25 => Wish::Tiny,
        _ if index % 60 == 5 => Wish::Decomposed,
        _ if matches!(index % 100, 14 | 34 | 54) => Wish::SeveralFiles,
        _ => Wish::Any,
    }
}

/// Falling times over [`SPAN_SECONDS`], with bursts, as people add things in sittings.
struct Times {
    at: i64,
    mean_gap: i64,
}

impl Times {
    fn new(count: usize) -> Self {
        Self { at: NEWEST, mean_gap: SPAN_SECONDS / i64::try_from(count.max(1)).unwrap_or(i64::MAX).max(1) }
    }

    fn next(&mut self, dice: &mut Dice) -> Timestamp {
        // Most gaps are small and one in eight is large. Strictly falling: a tie would have to be ordered by id, and ids
        // are thrown after the times.
        let gap = if dice.chance(125) { dice.amount(0, 12 * self.mean_gap) } else { dice.amount(0, self.mean_gap / 2) };
        self.at -= 1000 * (gap + 1);
        Timestamp::from_millis(self.at)
    }
}
