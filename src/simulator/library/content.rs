//! What is inside a torrent, computed when asked for.
//!
//! A million torrents have about ten million files; kept as text they would fill a machine. The paths and sizes therefore
//! follow from the infohash, which also makes two entries with one infohash hold the same files, as they must.

use super::id::{Hash, Id};
use crate::simulator::dice::Dice;

/// What kind of release it is, which decides how the files are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One file, and the torrent is called like it.
    SingleFile,
    /// A film or an episode with small companions.
    Film,
    /// Episodes of a season, or the films of a collection.
    Season,
    /// Tracks.
    Album,
    /// Volumes.
    Books,
    /// An installer with its parts.
    Software,
}

/// The files of a torrent: `main` large ones that are worth selecting, and `extras`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) hash: Hash,
    pub(crate) shape: Shape,
    pub(crate) main: u16,
    pub(crate) extras: u8,
    /// Of the main files together.
    pub(crate) main_bytes: i64,
}

/// Companions of a release, with the most bytes one has.
const EXTRAS: &[(&str, i64)] = &[
    ("/{}.nfo", 9_000),
    ("/Subs/English.srt", 120_000),
    ("/Subs/Français (forcés).srt", 90_000),
    ("/cover.jpg", 900_000),
    ("/Sample/sample-{}.mkv", 60_000_000),
    ("/Read me ☂.txt", 400),
];

impl Content {
    pub(crate) fn count(&self) -> usize {
        usize::from(self.main) + usize::from(self.extras)
    }

    /// Companions come first in half of the torrents, so that a link's place is not by accident the file's number.
    fn extras_first(&self) -> bool {
        self.hash.seed() & 1 == 1
    }

    /// Whether file `index`, from 0, is a main one, and its place among its like.
    fn place(&self, index: usize) -> (bool, usize) {
        let (main, extras) = (usize::from(self.main), usize::from(self.extras));
        match (self.extras_first(), index) {
            (true, index) if index < extras => (false, index),
            (true, index) => (true, index - extras),
            (false, index) if index < main => (true, index),
            (false, index) => (false, index - main),
        }
    }

    pub(crate) fn is_main(&self, index: usize) -> bool {
        self.place(index).0
    }

    pub(crate) fn bytes(&self, index: usize) -> i64 {
        let (is_main, place) = self.place(index);
        if is_main {
            self.main_size(place)
        } else {
            let most = EXTRAS[self.extra_kind(place)].1;
            Dice::of(self.hash.seed(), 0x0E00 + place as u64).amount(0, most)
        }
    }

    /// The total is shared out evenly but for an eighth either way, and the last file takes what is left. What one file
    /// has more its neighbour has less, lest the last should get nothing.
    fn main_size(&self, place: usize) -> i64 {
        let count = i64::from(self.main.max(1));
        let even = self.main_bytes / count;
        let size = |place: usize| {
            let deviation = Dice::of(self.hash.seed(), 0x0F00 + place as u64 / 2).amount(0, even / 8);
            if place.is_multiple_of(2) { even + deviation } else { even - deviation }
        };
        if place + 1 < usize::from(self.main) {
            size(place)
        } else {
            self.main_bytes - (0..place).map(size).sum::<i64>()
        }
    }

    fn extra_kind(&self, place: usize) -> usize {
        let first = usize::try_from(self.hash.seed() >> 8 & 0xFF).unwrap_or(0);
        (first + place) % EXTRAS.len()
    }

    pub(crate) fn total_bytes(&self) -> i64 {
        let extras =
            (0..self.count()).filter(|index| !self.is_main(*index)).map(|index| self.bytes(index)).sum::<i64>();
        self.main_bytes + extras
    }

    /// Starts with `/`; `name` is the torrent's.
    pub(crate) fn path(&self, name: &str, index: usize) -> String {
        let (is_main, place) = self.place(index);
        if !is_main {
            return EXTRAS[self.extra_kind(place)].0.replace("{}", name);
        }
        let number = place + 1;
        let part = || {
            *super::words::PARTS[..]
                .get(Dice::of(self.hash.seed(), 0x0A00 + place as u64).index(super::words::PARTS.len()))
                .unwrap_or(&"Part")
        };
        match self.shape {
            Shape::SingleFile => format!("/{name}"),
            Shape::Film => format!("/{name}.mkv"),
            Shape::Season => match season_place(name) {
                Some(at) => format!("/{}E{number:02}{}.mkv", &name[..at], &name[at..]),
                None => format!("/{name} - {number:02}.mkv"),
            },
            Shape::Album => format!("/{number:02} - {}.flac", part()),
            Shape::Books => format!("/{number:02} {}.epub", part()),
            Shape::Software if place == 0 => "/setup.exe".to_owned(),
            Shape::Software => format!("/setup-{place}.bin"),
        }
    }

    /// The part of a link that stands for this file, whoever added the torrent and however often.
    pub(crate) fn identity(&self, index: usize) -> Id {
        Id::random(&mut Dice::of(self.hash.seed(), 0x1D00_0000 + index as u64))
    }
}

/// Where the number of an episode belongs: behind `S01`.
fn season_place(name: &str) -> Option<usize> {
    name.match_indices('S')
        .map(|(at, _)| at)
        .find(|at| {
            name.as_bytes().get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
                && name.as_bytes().get(at + 3).is_none_or(|next| !next.is_ascii_alphanumeric())
        })
        .map(|at| at + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(seed: u64, main: u16, extras: u8) -> Content {
        let hash = Hash::random(&mut Dice::new(seed));
        Content { hash, shape: Shape::Season, main, extras, main_bytes: 10_000_000_007 }
    }

    #[test]
    fn the_main_files_add_up_to_their_total_and_each_has_a_size() {
        for seed in 0..50 {
            let content = content(seed, 10, 3);
            let main: Vec<_> = (0..content.count()).filter(|index| content.is_main(*index)).collect();
            assert_eq!(main.len(), 10);
            assert_eq!(main.iter().map(|index| content.bytes(*index)).sum::<i64>(), 10_000_000_007);
            assert!(main.iter().all(|index| content.bytes(*index) > 0));
        }
    }

    #[test]
    fn companions_come_first_in_some_torrents_and_last_in_others() {
        let first: Vec<_> = (0..20).map(|seed| content(seed, 2, 2).is_main(0)).collect();
        assert!(first.contains(&true) && first.contains(&false));
    }

    #[test]
    fn episodes_are_numbered_where_people_expect_it() {
        let content = Content { extras: 0, ..content(1, 3, 0) };
        assert_eq!(content.path("Tin.Turnip.S02.720p-X", 2), "/Tin.Turnip.S02E03.720p-X.mkv");
        assert_eq!(content.path("Silver Collection", 0), "/Silver Collection - 01.mkv");
    }
}
