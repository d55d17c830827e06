//! A believable library from a seed.
//!
//! Rarities (duplicates, failures, archives, long names, …) come by quota, not by chance, so that a library of forty has
//! its share of them as well as one of a million.

use super::{
    Download, Hash, Id, Library, Links, Selection, Torrent,
    content::{Content, Shape},
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
                // Half of those who add something again find it written in another way.
                let name = if index % 100 == 79 { respelled(&name, shape) } else { name };
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

    /// Three of four downloads came from a torrent of this library, half of them soon after it was added.
    fn seeded_download(&mut self, index: usize, generated: Timestamp) -> Download {
        let id = self.new_id();
        if index % 40 == 21 {
            return self.download_from_elsewhere(id, index, generated);
        }
        let older = self.torrents.partition_point(|torrent| torrent.added >= generated);
        let choice = self.torrents.len() - older;
        let choice = if self.dice.chance(500) { choice.min(20) } else { choice };
        let torrent = self.torrents.get(older + self.dice.index(choice));
        if let Some(torrent) = torrent.filter(|torrent| index % 4 != 1 && torrent.status == "downloaded") {
            let chosen = self.dice.index(torrent.selected().count());
            if let Some(file) = torrent.selected().nth(chosen) {
                return Download::of_torrent(id, torrent, file, generated);
            }
        }
        self.hoster_download(id, index, generated)
    }

    /// A file that another host has as well as a torrent of this library.
    fn download_from_elsewhere(&mut self, id: Id, index: usize, generated: Timestamp) -> Download {
        let download = self.hoster_download(id, index, generated);
        let is_whole = |torrent: &&Torrent| torrent.status == "downloaded" && torrent.selected().count() == 1;
        match self.torrents.iter().skip(index % 97).find(is_whole) {
            Some(torrent) => {
                let filename = torrent.filename();
                let mime_type = mime_type(&filename).map(Cow::Borrowed);
                Download { mime_type, filesize: torrent.bytes(), filename, quality: None, ..download }
            }
            None => download,
        }
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

/// The same name with spaces for dots, or with dots for spaces; a file keeps its extension.
fn respelled(name: &str, shape: Shape) -> String {
    let extension = if shape == Shape::SingleFile { name.rfind('.').unwrap_or(name.len()) } else { name.len() };
    let (stem, extension) = name.split_at(extension);
    let stem = if stem.contains(' ') { stem.replace(' ', ".") } else { stem.replace('.', " ") };
    stem + extension
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unicode_normalization::is_nfc;

    fn names(library: &Library) -> Vec<String> {
        library.torrents().iter().map(Torrent::filename).collect()
    }

    #[test]
    fn a_seed_always_gives_the_same_library_and_another_seed_another() {
        let (one, again, other) =
            (Library::generate(1, 300, 50), Library::generate(1, 300, 50), Library::generate(2, 300, 50));
        assert_eq!(names(&one), names(&again));
        assert_eq!(format!("{:?}", one.downloads()), format!("{:?}", again.downloads()));
        assert_ne!(names(&one), names(&other));
    }

    #[test]
    fn the_lists_are_newest_first_and_every_id_is_found() {
        let library = Library::generate(3, 2_000, 2_000);
        assert!(library.torrents().iter().is_sorted_by(|newer, older| newer.added > older.added));
        assert!(library.downloads().iter().is_sorted_by(|newer, older| newer.generated > older.generated));
        let ids: HashSet<Id> = library.torrents().iter().map(|torrent| torrent.id).collect();
        assert_eq!(ids.len(), 2_000);
        for torrent in library.torrents() {
            assert_eq!(library.torrent(torrent.id).map(|found| found.hash), Some(torrent.hash));
        }
    }

    #[test]
    fn four_in_a_hundred_repeat_an_infohash_and_then_hold_the_same_files() {
        let library = Library::generate(4, 2_000, 0);
        let mut seen = std::collections::HashMap::new();
        let mut repeated = 0;
        for torrent in library.torrents() {
            if let Some(first) = seen.insert(torrent.hash, torrent) {
                repeated += 1;
                let paths = |torrent: &Torrent| {
                    (0..torrent.file_count()).map(|file| torrent.file_path(file)).collect::<Vec<_>>()
                };
                if first.file_count() > 0 && torrent.file_count() > 0 {
                    assert_eq!(paths(torrent), paths(first));
                    assert_eq!(torrent.link(0)[..39], first.link(0)[..39]);
                }
            }
        }
        assert!((70..=82).contains(&repeated), "{repeated}");
    }

    #[test]
    fn a_library_of_a_thousand_has_every_rarity() {
        let library = Library::generate(5, 1_000, 400);
        let torrents = library.torrents();
        let any = |test: &dyn Fn(&Torrent) -> bool| torrents.iter().any(test);
        assert!(any(&|torrent| torrent.name.len() > 255));
        assert!(any(&|torrent| !is_nfc(&torrent.name)), "no decomposed name");
        for letter in ['é', 'ж', '紙', 'م', '🦔'] {
            assert!(any(&|torrent| torrent.name.contains(letter)), "{letter}");
        }
        assert!(any(&|torrent| torrent.bytes() > 1 << 40) && any(&|torrent| torrent.bytes() < 50_000));
        assert!(any(&|torrent| torrent.links == Links::Archive && torrent.selected().count() > 1));
        assert!(any(&|torrent| torrent.links == Links::None && torrent.status == "downloaded"));
        assert!(any(&|torrent| torrent.ended.is_some_and(|ended| ended < torrent.added)));
        let count =
            |statuses: &[&str]| torrents.iter().filter(|torrent| statuses.contains(&torrent.status.as_ref())).count();
        assert_eq!(count(&["downloading", "queued", "waiting_files_selection", "magnet_conversion"]), 10);
        assert_eq!(count(&["dead", "error", "virus", "magnet_error"]), 10);
        let lengths: HashSet<usize> =
            torrents.iter().flat_map(Torrent::link_list).map(|link| link.len() - 26).collect();
        assert_eq!(lengths, HashSet::from([13, 16, 26]));
        assert!(torrents.iter().all(|torrent| !torrent.name.chars().any(char::is_control)));
        let downloads = library.downloads();
        assert!(downloads.iter().any(|download| download.filesize == 0 && download.quality.is_some()));
        assert!(downloads.iter().any(|download| download.mime_type.is_none()));
        let links: HashSet<String> =
            torrents.iter().flat_map(Torrent::link_list).map(|link| link[..39].to_owned()).collect();
        let tied = downloads
            .iter()
            .filter(|download| download.link.get(..39).is_some_and(|link| links.contains(link)))
            .count();
        assert!((200..=320).contains(&tied), "{tied}");
    }

    #[test]
    fn adding_and_changing_keep_the_order() {
        let mut library = Library::generate(6, 20, 0);
        let (oldest, newest) = (library.torrents()[19].id, library.torrents()[0].added);
        let twin = library.add_again(oldest).unwrap();
        assert_eq!(library.torrents()[0].id, twin);
        assert!(library.change_torrent(oldest, |torrent| torrent.added = newest.plus_millis(1_000)));
        assert_eq!((library.torrents()[1].id, library.torrents().len()), (oldest, 21));
        let tied = library.add_again(twin).unwrap();
        library.change_torrent(tied, |torrent| torrent.added = newest.plus_millis(60_000));
        let order = [library.torrents()[0].id, library.torrents()[1].id];
        assert_eq!(order, [tied.min(twin), tied.max(twin)], "a tie is not ordered by id");
        assert!(library.remove_torrent(oldest).is_some() && library.torrent(oldest).is_none());
    }
}
