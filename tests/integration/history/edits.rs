//! How a library changes at Real-Debrid.

use super::chance::Chance;
use dmm::{
    domain::InfoHash,
    simulator::{Hash, Id, Library, Selection},
};

/// One change of a library. Which entries it is about is thrown when it happens.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    AddTorrents(usize),
    AddDownloads(usize),
    /// Torrents that are on their way.
    AddMagnets(usize),
    /// Torrents that are there already, once more under another id.
    AddAgain(usize),
    /// Anywhere in both lists.
    Delete(usize),
    /// So many per cent of both lists.
    DeleteMass(usize),
    /// As many go as come, so that the count stays.
    Exchange(usize),
    /// Deleted and added again: another id, the same hash.
    Readd(usize),
    /// Finished torrents get another status or name.
    Change(usize),
    /// Torrents on their way move one step on.
    Step,
    ClearTorrents,
    ClearDownloads,
}

/// What an edit did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// An entry changed where an incremental run does not look, see ARCHITECTURE.md, "How incremental reading decides".
    pub(crate) is_deep: bool,
    pub(crate) words: String,
}

/// The newest rows, in which an incremental run sees every change.
const WATCHED: usize = 100;

impl Edit {
    /// Any edit. Some services cannot say that a list is empty, and then at least one entry stays in each.
    pub(crate) fn any(chance: &mut Chance, never_empty: bool) -> Self {
        let few = chance.count(1, 6);
        match chance.between(0, 19) {
            0..=2 => Self::AddTorrents(few),
            3 => Self::AddTorrents(chance.count(20, 60)),
            4 => Self::AddDownloads(few),
            5 => Self::AddMagnets(few.min(3)),
            6 | 7 => Self::AddAgain(few.min(3)),
            8..=10 => Self::Delete(few),
            11 => Self::Delete(chance.count(20, 50)),
            12 => Self::DeleteMass(chance.count(25, 90)),
            13 => Self::Exchange(few),
            14 | 15 => Self::Readd(few.min(4)),
            16 => Self::Change(few),
            17 | 18 => Self::Step,
            _ if never_empty => Self::Exchange(few),
            _ => chance.pick(&[Self::ClearTorrents, Self::ClearDownloads]),
        }
    }

    pub(crate) fn apply(&self, library: &mut Library, chance: &mut Chance, now: dmm::domain::Timestamp) -> Done {
        let mut done = Done::default();
        let before = (library.torrents().len(), library.downloads().len());
        match *self {
            Self::AddTorrents(count) => add_torrents(library, count),
            Self::AddDownloads(count) => {
                for _ in 0..count {
                    library.add_random_download();
                }
            }
            Self::AddMagnets(count) => {
                for _ in 0..count {
                    let id = library.add_magnet(any_hash(chance), None, now);
                    if chance.percent(50)
                        && let Some(torrent) = library.torrent_mut(id)
                    {
                        torrent.learn_metadata();
                        torrent.selection = Selection::All;
                        torrent.status = "queued".into();
                    }
                }
            }
            Self::AddAgain(count) => {
                for id in some_torrents(library, chance, count) {
                    library.add_again(id);
                }
            }
            Self::Delete(count) => delete(library, chance, count),
            Self::DeleteMass(percent) => {
                let all = library.torrents().len() + library.downloads().len();
                delete(library, chance, all * percent / 100);
            }
            Self::Exchange(count) => {
                delete(library, chance, count);
                add_torrents(library, count);
            }
            Self::Readd(count) => {
                for id in some_torrents(library, chance, count) {
                    library.add_again(id);
                    library.remove_torrent(id);
                }
            }
            Self::Change(count) => {
                for id in some_torrents(library, chance, count) {
                    let place = library.torrents().iter().position(|torrent| torrent.id == id).unwrap_or_default();
                    let Some(torrent) = library.torrent_mut(id).filter(|torrent| torrent.progress >= 100.0) else {
                        continue;
                    };
                    done.is_deep |= place >= WATCHED;
                    if chance.percent(50) {
                        torrent.name.push_str(" renamed");
                    }
                    torrent.status = if torrent.status == "downloaded" { "error" } else { "downloaded" }.into();
                }
            }
            Self::Step => {
                library.step(now);
            }
            Self::ClearTorrents => {
                let ids: Vec<Id> = library.torrents().iter().map(|torrent| torrent.id).collect();
                for id in ids {
                    library.remove_torrent(id);
                }
            }
            Self::ClearDownloads => {
                let ids: Vec<Id> = library.downloads().iter().map(|download| download.id).collect();
                for id in ids {
                    library.remove_download(id);
                }
            }
        }
        let after = (library.torrents().len(), library.downloads().len());
        done.words = format!("{before:?} → {after:?} torrents and downloads");
        done
    }
}

fn add_torrents(library: &mut Library, count: usize) {
    for _ in 0..count {
        library.add_random_torrent();
    }
}

fn any_hash(chance: &mut Chance) -> Hash {
    let digits = format!("{:016x}{:016x}{:08x}", chance.next(), chance.next(), chance.next() & 0xFFFF_FFFF);
    Hash::from(&digits.parse::<InfoHash>().expect("forty digits"))
}

fn some_torrents(library: &Library, chance: &mut Chance, count: usize) -> Vec<Id> {
    let length = library.torrents().len();
    let mut ids: Vec<Id> = (0..count.min(length))
        .filter_map(|_| library.torrents().get(chance.count(0, length - 1)))
        .map(|torrent| torrent.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Deletes anywhere in both lists, and leaves the last entry of each.
fn delete(library: &mut Library, chance: &mut Chance, count: usize) {
    for _ in 0..count {
        let (torrents, downloads) = (library.torrents().len(), library.downloads().len());
        let place = chance.count(0, torrents + downloads);
        if place < torrents && torrents > 1 {
            let id = library.torrents()[place].id;
            library.remove_torrent(id);
        } else if downloads > 1 {
            let id = library.downloads()[place.saturating_sub(torrents).min(downloads - 1)].id;
            library.remove_download(id);
        }
    }
}
