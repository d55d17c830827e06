//! Entries with one name, in the order of their sizes, into clusters of nearly the same size; and why a cluster is shown.

use crate::{
    domain::{DuplicateEntry, File, Kind, LikelyGroup, duplicates::SHOWN_ENTRIES, entry::identity},
    store::duplicates::EntryRow,
};
use std::collections::HashSet;

/// Sizes are nearly the same when they differ by no more than one part in so many of the larger: 1 %.
const TOLERANCE: i128 = 100;

/// Whether nearly the same.
fn is_near(smaller: i64, larger: i64) -> bool {
    (i128::from(larger) - i128::from(smaller)) * TOLERANCE <= i128::from(larger)
}

/// Entries with one name whose sizes are all near the smallest.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    smallest: i64,
    /// The last size, and so the largest.
    pub(super) largest: i64,
    torrents: i64,
    downloads: i64,
    /// Downloads that were not made from a torrent.
    foreign: i64,
    /// SHA-1s that are there already. Where duplicates are not marked, a second entry with one of them is left out.
    hashes: HashSet<String>,
    /// What the downloads were made from.
    sources: HashSet<String>,
    entries: Vec<DuplicateEntry>,
}

impl Cluster {
    /// Whether an entry belongs to it. Sizes must not fall from one to the next.
    pub(super) fn fits(&self, row: &EntryRow) -> bool {
        self.is_empty() || is_near(self.smallest, row.place().0)
    }

    /// Takes an entry that fits.
    pub(super) fn take(&mut self, row: EntryRow) {
        self.largest = row.place().0;
        if self.is_empty() {
            self.smallest = self.largest;
        }
        let source = row.source().map(|(link, own)| (link.to_owned(), own));
        let entry = DuplicateEntry::from(row);
        match entry.file.kind {
            Kind::Torrent => {
                let hash = entry.file.sha1_hash.as_ref().map(ToString::to_string);
                if hash.is_some_and(|hash| !self.hashes.insert(hash)) {
                    return;
                }
                self.torrents += 1;
            }
            Kind::Download => {
                self.downloads += 1;
                self.foreign += i64::from(!source.as_ref().is_some_and(|(_, own)| *own));
                let link = source.as_ref().map(|(link, _)| link.as_str());
                let known_by =
                    identity(Kind::Download, None, link).map_or_else(|| entry.file.id.to_string(), str::to_owned);
                self.sources.insert(known_by);
            }
        }
        if self.entries.len() < SHOWN_ENTRIES {
            self.entries.push(entry);
        }
    }

    fn is_empty(&self) -> bool {
        self.torrents + self.downloads == 0
    }

    /// A torrent and the one download that was made from it.
    pub(super) fn is_companions(&self) -> bool {
        (self.torrents, self.downloads, self.foreign) == (1, 1, 0)
    }

    /// Whether it holds more than one entry.
    pub(super) fn is_group(&self) -> bool {
        self.torrents + self.downloads > 1
    }

    /// The group as it is shown.
    pub(super) fn into_group(mut self) -> LikelyGroup {
        let order = |File { kind, added_at, id, .. }: &File| (*kind, *added_at, *id);
        self.entries.sort_by_key(|entry| order(&entry.file));
        LikelyGroup {
            reason: self.reason(),
            companions: self.is_companions(),
            entries: self.torrents + self.downloads,
            files: self.entries,
        }
    }

    fn reason(&self) -> String {
        let sizes = self.sizes();
        match (self.torrents, self.downloads) {
            (_, 0) => format!("{sizes}, different SHA-1."),
            (0, _) if self.sources.len() == 1 => format!("{sizes}, made from the same link."),
            (0, _) => format!("{sizes}; downloads have no hash to compare."),
            (1, 1) if self.foreign == 0 => format!("{sizes}; the download was probably made from the torrent."),
            (torrents, downloads) => {
                let hashes = if torrents > 1 { " with different SHA-1" } else { "" };
                let from = if self.foreign > 0 { ", not all made from a torrent," } else { "" };
                let from = if (downloads, self.foreign) == (1, 1) { " from another host" } else { from };
                let (torrents, downloads) = (some(torrents, "torrent"), some(downloads, "download"));
                format!("{sizes}; {torrents}{hashes} and {downloads}{from} without a hash to compare.")
            }
        }
    }

    fn sizes(&self) -> String {
        if self.smallest == self.largest {
            return "Same name and size".to_owned();
        }
        let (smallest, largest) = (i128::from(self.smallest), i128::from(self.largest));
        match ((largest - smallest) * 1_000 + largest / 2) / largest.max(1) {
            0 => "Same name, sizes differ by less than 0.1 %".to_owned(),
            tenths => format!("Same name, sizes differ by {}.{} %", tenths / 10, tenths % 10),
        }
    }
}

fn some(count: i64, what: &str) -> String {
    if count == 1 { format!("a {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b8_sizes_are_nearly_the_same_up_to_one_per_cent_of_the_larger() {
        for (smaller, larger) in [(1, 1), (99, 100), (990_000_000, 1_000_000_000), (i64::MAX - 1, i64::MAX)] {
            assert!(is_near(smaller, larger), "{smaller} and {larger}");
        }
        for (smaller, larger) in [(98, 100), (1, 2), (989_999_999, 1_000_000_000), (1, i64::MAX)] {
            assert!(!is_near(smaller, larger), "{smaller} and {larger}");
        }
    }
}
