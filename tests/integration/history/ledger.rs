//! What the harness remembers of an account, to hold the program to it.

use dmm::{
    domain::{Mode, State, SyncStatus, Timestamp},
    simulator::{Knobs, Library},
};
use std::collections::{BTreeMap, BTreeSet};

/// An entry as it must be stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) hash: Option<String>,
    pub(crate) status: String,
    pub(crate) mime: Option<String>,
    /// Real-Debrid's id of the entry that it is a duplicate of.
    pub(crate) original: Option<String>,
}

pub(crate) type Entries = BTreeMap<String, Stored>;

/// One account.
pub(crate) struct Ledger {
    pub(crate) token: String,
    /// The program's number of the account.
    pub(crate) user: i64,
    /// Rises with everything that a run under way need not have seen.
    pub(crate) epoch: u64,
    /// The epoch in which Real-Debrid last said what was not so.
    pub(crate) lied: u64,
    /// An entry changed where an incremental run does not look.
    pub(crate) is_deep: bool,
    /// Faults were scripted for it.
    pub(crate) has_faults: bool,
    /// What was stored at any time.
    pub(crate) ever: BTreeSet<String>,
    /// Notes of the user, by Real-Debrid's id.
    pub(crate) notes: BTreeMap<String, String>,
    pub(crate) runs: BTreeMap<i64, Seen>,
    pub(crate) last_sync: Option<Timestamp>,
    /// Whether the stored one is the one that was shown.
    pub(crate) trusts_last_sync: bool,
    /// What was shown last in this life.
    pub(crate) shown: Option<SyncStatus>,
}

/// A run as far as it was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The epoch in which it was first seen, in whatever life.
    pub(crate) since: u64,
    /// When it began to read in this life.
    pub(crate) begun: Option<Begun>,
    pub(crate) percentage: u8,
    pub(crate) processed: i64,
    /// Added, updated, deleted, errors.
    pub(crate) counts: [i64; 4],
    pub(crate) is_over: bool,
}

/// What there was when a run began to read.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    pub(crate) epoch: u64,
    /// At Real-Debrid.
    pub(crate) library: Entries,
    /// Everything stored before, and at any time.
    pub(crate) ever: BTreeSet<String>,
}

/// What has to be looked up after a status was shown.
#[derive(Debug, Default)]
pub(crate) struct Due {
    pub(crate) books: bool,
    /// The stored library must now equal this one, read at this epoch.
    pub(crate) equality: Option<(u64, Entries, Mode)>,
    /// The library moved under a run that believed its lists all the same.
    pub(crate) moved: Option<Begun>,
    /// A line for the history.
    pub(crate) line: Option<String>,
    pub(crate) broken: Vec<String>,
}

impl Ledger {
    pub(crate) fn of(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            user: 0,
            epoch: 1,
            lied: 0,
            is_deep: false,
            has_faults: false,
            ever: BTreeSet::new(),
            notes: BTreeMap::new(),
            runs: BTreeMap::new(),
            last_sync: None,
            trusts_last_sync: true,
            shown: None,
        }
    }

    /// A new life shows everything anew, from what was stored.
    pub(crate) fn begin_life(&mut self, disk_failed: bool) {
        self.shown = None;
        self.trusts_last_sync = !disk_failed;
        for run in self.runs.values_mut() {
            run.begun = None;
            // An end that could not be stored comes again.
            run.is_over = false;
            (run.percentage, run.processed) = (0, 0);
        }
    }

    /// Whether Real-Debrid has said what is not so since the last run began.
    pub(crate) fn has_lied_to_this_run(&self) -> bool {
        self.runs.values().next_back().is_some_and(|run| self.lied > run.since)
    }

    /// Takes in a status that was shown; `library` is Real-Debrid's at this moment.
    pub(crate) fn see(&mut self, status: &SyncStatus, library: impl FnOnce() -> Entries) -> Due {
        let mut due = Due::default();
        let Some(id) = status.id.as_deref().and_then(|id| id.parse::<i64>().ok()) else { return due };
        let is_first = !self.runs.contains_key(&id);
        let since = self.epoch;
        let run = self.runs.entry(id).or_insert_with(|| Seen { since, ..Seen::default() });
        let is_alive = matches!(status.status, State::Running | State::Paused);
        let broken = &mut due.broken;
        let progress = &status.progress;
        if progress.percentage < run.percentage {
            broken.push(format!("the percentage of run {id} fell from {} to {}", run.percentage, progress.percentage));
        }
        if (progress.percentage == 100) != (status.status == State::Completed) {
            broken.push(format!("run {id} shows {} % in the state {:?}", progress.percentage, status.status));
        }
        if progress.processed > progress.total || (is_alive && progress.processed < run.processed) {
            broken.push(format!("run {id} shows {}/{} after {}", progress.processed, progress.total, run.processed));
        }
        let done = &status.stats;
        let counts = [done.added, done.updated, done.deleted, done.errors];
        if counts.iter().zip(run.counts).any(|(now, before)| *now < before) {
            broken.push(format!("the counters of run {id} fell from {:?} to {counts:?}", run.counts));
        }
        if run.is_over && is_alive {
            broken.push(format!("run {id} is alive after its end"));
        }
        if status.last_sync != self.last_sync {
            if !self.trusts_last_sync || (status.status == State::Completed && status.last_sync == status.timing.ended)
            {
                self.last_sync = status.last_sync;
            } else {
                broken.push(format!("lastSync moved in the state {:?}", status.status));
            }
        }
        self.trusts_last_sync = true;
        let ends = !is_alive && !run.is_over;
        let state_changed = self.shown.as_ref().is_none_or(|shown| shown.status != status.status);
        due.books = is_first || ends || state_changed || counts != run.counts;
        if is_alive && run.begun.is_none() {
            run.begun = Some(Begun { epoch: self.epoch, library: library(), ever: self.ever.clone() });
        } else if ends {
            let quiet = status.status == State::Completed
                && status.held_deletions == 0
                && done.errors == 0
                && !is_noted(&progress.current);
            if let (true, Some(begun)) = (quiet, run.begun.take()) {
                if begun.epoch == self.epoch && begun.library == library() {
                    let mode = status.mode.unwrap_or_default();
                    let sees_all = mode == Mode::Full || !self.is_deep;
                    due.equality = sees_all.then_some((begun.epoch, begun.library, mode));
                } else {
                    due.moved = Some(begun);
                }
            }
        }
        if ends || is_first || state_changed {
            let reason = status.error.as_deref().unwrap_or(&progress.current);
            due.line = Some(format!(
                "run {id} {:?} {:?} {counts:?} held {}: {reason}",
                status.mode.unwrap_or_default(),
                status.status,
                status.held_deletions
            ));
        }
        run.percentage = run.percentage.max(progress.percentage);
        run.processed = progress.processed;
        run.counts = counts;
        run.is_over |= !is_alive;
        self.shown = Some(status.clone());
        due
    }
}

/// Whether a run says more than what it did: that it could not believe a list, for instance.
pub(crate) fn is_noted(summary: &str) -> bool {
    summary.trim_end_matches('.').contains(". ")
}

/// What Real-Debrid has, in the form in which it must be stored.
pub(crate) fn entries(library: &Library, knobs: &Knobs) -> Entries {
    let mut entries = Entries::new();
    // Real-Debrid's times are whole seconds, so those of one second are settled by the id.
    let mut originals: BTreeMap<String, (i64, String)> = BTreeMap::new();
    for torrent in library.torrents() {
        let key = (torrent.added.as_millis().div_euclid(1000), torrent.id.to_string());
        let first = originals.entry(torrent.hash.to_string()).or_insert_with(|| key.clone());
        *first = key.min(first.clone());
    }
    for torrent in library.torrents() {
        let name = torrent.filename();
        let hash = torrent.hash.to_string();
        let id = torrent.id.to_string();
        let stored = Stored {
            kind: "torrent".to_owned(),
            size: if knobs.shape.list_shows_original_bytes { torrent.original_bytes() } else { torrent.bytes() },
            original: originals.get(&hash).map(|(_, first)| first.clone()).filter(|first| *first != id),
            hash: Some(hash),
            status: torrent.status.clone().into_owned(),
            mime: mime_guess::from_path(&name).first().map(|mime| mime.to_string()),
            name,
        };
        entries.insert(id, stored);
    }
    for download in library.downloads() {
        let stored = Stored {
            kind: "download".to_owned(),
            name: download.filename.clone(),
            size: download.filesize,
            hash: None,
            status: "downloaded".to_owned(),
            mime: download.mime_type.as_deref().map(str::to_owned),
            original: None,
        };
        entries.insert(download.id.to_string(), stored);
    }
    entries
}
