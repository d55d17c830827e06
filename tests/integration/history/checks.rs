//! The promises, looked up in the database itself.

use super::{
    ledger::{Begun, Due, Entries, Stored, entries, is_noted},
    world::World,
};
use dmm::{
    domain::{Mode, State, SyncStatus},
    store::Store,
};
use std::collections::{BTreeMap, BTreeSet};

/// One statement, so that it is one moment: entries, what is said of their number, and the newest run.
const BOOKS: &str = "\
    select (select count(*) from files where user_id = $1), \
        (select coalesce(sum(files), 0) from file_counts where user_id = $1), \
        (select coalesce(sum(added) - sum(deleted), 0) from sync_runs where user_id = $1), \
        (select count(*) from sync_runs where user_id = $1 and state in ('running', 'paused')), \
        r.id, r.added, r.deleted, r.configuration \
    from sync_runs r where r.user_id = $1 order by r.id desc limit 1";
const IDS: &str = "select real_debrid_id from files where user_id = $1";
const NOTES: &str = "\
    select f.real_debrid_id, o.note from file_organisation o join files f on f.id = o.file_id where o.user_id = $1";
const STORED: &str = "\
    select f.real_debrid_id, f.kind, f.original_filename, f.file_size, f.sha1_hash, f.status, f.mime_type, \
        o.real_debrid_id \
    from files f left join files o on o.id = f.duplicate_of where f.user_id = $1";
const DETECTS: &str = "select configuration from sync_runs where user_id = $1 order by id desc limit 1";

type Books = (i64, i64, i64, i64, i64, i64, i64, String);
type StoredRow = (String, String, String, i64, Option<String>, String, Option<String>, Option<String>);

/// What need not be stored after the user has said yes to deletions while lists lied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Excuse {
    None,
    Downloads,
    All,
}

impl World {
    /// What must be stored of an account.
    pub(crate) fn entries(&self, member: usize) -> Entries {
        self.library(member, |library| entries(library, &self.plan.habits))
    }

    /// Holds a status that was shown, and what is stored at this moment, against the promises.
    pub(crate) async fn see(&self, member: usize, store: &Store, status: &SyncStatus) {
        let token = self.token(member);
        let library = || self.simulator.edit_account(&token, |account| entries(&account.library, &self.plan.habits));
        let Due { books, equality, moved, line, broken } = self.ledger(member).see(status, library);
        self.count_in(status, line.is_some());
        if let Some(line) = line {
            self.note(format!("account {member}: {line}"));
        }
        for what in broken {
            self.violate(format!("account {member}: {what}"));
        }
        let text = format!("{status:?}");
        if text.contains(&token) {
            self.violate(format!("account {member}: promise 6: the status shows the token: {text}"));
        }
        if text.contains("a defect in DMM") {
            self.violate(format!("account {member}: a run panicked"));
        }
        if books {
            self.check_books(member, store).await;
        }
        if let Some((epoch, expected, mode)) = equality.filter(|_| !self.lies()) {
            self.check_equality(member, store, epoch, &expected, mode).await;
        }
        if let Some(begun) = moved.filter(|begun| !self.lies() && self.ledger(member).lied <= begun.epoch) {
            self.check_moved(member, store, &begun).await;
        }
    }

    /// Promises 1 and 2 of a run under which the library moved: what was there all the while is stored, and what was gone
    /// before it began is gone.
    async fn check_moved(&self, member: usize, store: &Store, begun: &Begun) {
        let (stored, _) = self.stored(member, store).await;
        let at_real_debrid = self.ids(member);
        let lost: Vec<_> =
            begun.library.keys().filter(|id| at_real_debrid.contains(*id) && !stored.contains_key(*id)).collect();
        let is_ghost = |id: &&String| begun.ever.contains(*id) && !begun.library.contains_key(*id);
        let ghosts: Vec<_> = stored.keys().filter(is_ghost).filter(|id| !at_real_debrid.contains(*id)).collect();
        self.count("stored libraries compared that had moved");
        if !lost.is_empty() || !ghosts.is_empty() {
            self.violate(format!("account {member}: promise 1 of a moving library: lost {lost:?}, ghosts {ghosts:?}"));
        }
    }

    fn count_in(&self, status: &SyncStatus, is_news: bool) {
        if status.progress.current.contains("reading them again") {
            self.count("statuses of lists that moved while they were read");
        }
        if !is_news {
            return;
        }
        match status.status {
            State::Completed if status.held_deletions > 0 => self.count("runs that held deletions back"),
            State::Completed if is_noted(&status.progress.current) => {
                self.count("runs that completed with a reservation");
            }
            State::Completed if status.stats.deleted > 0 => self.count("runs that completed and deleted"),
            State::Completed => self.count("runs that completed"),
            State::Error => self.count("runs that failed"),
            State::Paused => self.count("runs that were paused"),
            State::Idle => self.count("runs that were cancelled"),
            State::Running => {}
        }
    }

    /// Promises 2, 3, 4 and 7, which hold at any moment.
    pub(crate) async fn check_books(&self, member: usize, store: &Store) {
        let user = self.ledger(member).user;
        let books: Option<Books> =
            sqlx::query_as(BOOKS).bind(user).fetch_optional(store.reader()).await.expect("the books");
        let Some((files, counted, by_runs, alive, run, added, deleted, configuration)) = books else { return };
        if files != by_runs {
            self.violate(format!("account {member}: promise 4: {files} entries, but the runs say {by_runs}"));
        }
        if files != counted {
            self.violate(format!("account {member}: {files} entries, but {counted} are counted"));
        }
        if alive > 1 {
            self.violate(format!("account {member}: D5: {alive} runs are alive"));
        }
        let confirmed = configuration_number(&configuration, "confirmedDeletions");
        // In numbers of its own: a guard that is broken must not be asked whether it works.
        if deleted > 50 && deleted * 5 > files - added + deleted && deleted > confirmed {
            self.violate(format!(
                "account {member}: promise 3: run {run} deleted {deleted} of {}, {confirmed} confirmed",
                files - added + deleted
            ));
        }
        let lied = self.ledger(member).has_lied_to_this_run();
        let excuse = match confirmed > 0 {
            true if self.lies() => Excuse::All,
            // Torrents are asked for by id, which tells the truth still; downloads cannot be.
            true if lied => Excuse::Downloads,
            _ => Excuse::None,
        };
        self.check_kept(member, store, excuse).await;
    }

    /// Promise 2: what was stored and is still at Real-Debrid is stored. Ids never come back there, so an entry that is
    /// there has always been. And promise 7: the same for the user's notes.
    async fn check_kept(&self, member: usize, store: &Store, excuse: Excuse) {
        let (user, ever, kept_notes) = {
            let ledger = self.ledger(member);
            (ledger.user, ledger.ever.clone(), ledger.notes.clone())
        };
        let ids: Vec<(String,)> = sqlx::query_as(IDS).bind(user).fetch_all(store.reader()).await.expect("the ids");
        let notes: Vec<(String, String)> =
            sqlx::query_as(NOTES).bind(user).fetch_all(store.reader()).await.expect("the notes");
        let at_real_debrid = self.ids(member);
        let stored: BTreeSet<String> = ids.into_iter().map(|(id,)| id).collect();
        let notes: BTreeMap<String, String> = notes.into_iter().collect();
        let lost: Vec<&String> =
            ever.iter().filter(|id| at_real_debrid.contains(*id) && !stored.contains(*id)).collect();
        let forgotten =
            kept_notes.iter().filter(|(id, note)| at_real_debrid.contains(*id) && notes.get(*id) != Some(note));
        // A note that was changed while the database answered is another matter.
        let forgotten = forgotten.filter(|(id, note)| self.ledger(member).notes.get(*id) == Some(note));
        let forgotten: Vec<&String> = forgotten.map(|(id, _)| id).collect();
        if !kept_notes.is_empty() {
            self.count("looks for the user's notes");
        }
        // The user has said yes to deletions while the lists lied.
        let downloads = self.downloads(member);
        let is_excused = |id: &String| match excuse {
            Excuse::None => false,
            Excuse::Downloads => downloads.contains(id),
            Excuse::All => true,
        };
        let (excused, lost): (Vec<&String>, Vec<&String>) = lost.into_iter().partition(|id| is_excused(id));
        let forgotten: Vec<&String> = forgotten.into_iter().filter(|id| !is_excused(id)).collect();
        if !lost.is_empty() {
            self.violate(format!("account {member}: promise 2: lost {lost:?}"));
        } else if !forgotten.is_empty() {
            self.violate(format!("account {member}: promise 7: the notes of {forgotten:?} are gone"));
        }
        let mut ledger = self.ledger(member);
        ledger.ever.retain(|id| !excused.contains(&id));
        ledger.notes.retain(|id, _| !excused.contains(&id));
        ledger.ever.extend(stored);
    }

    fn downloads(&self, member: usize) -> BTreeSet<String> {
        self.library(member, |library| library.downloads().iter().map(|download| download.id.to_string()).collect())
    }

    fn ids(&self, member: usize) -> BTreeSet<String> {
        self.library(member, |library| {
            let torrents = library.torrents().iter().map(|torrent| torrent.id.to_string());
            torrents.chain(library.downloads().iter().map(|download| download.id.to_string())).collect()
        })
    }

    /// Promise 1, entry by entry.
    async fn check_equality(&self, member: usize, store: &Store, epoch: u64, expected: &Entries, mode: Mode) {
        let (stored, detects) = self.stored(member, store).await;
        // Something may have changed while the database answered.
        if self.ledger(member).epoch != epoch || self.entries(member) != *expected {
            return;
        }
        self.count("stored libraries compared during a history");
        match difference(expected, &stored, detects) {
            Some(difference) => self.violate(format!("account {member}: promise 1: {difference}")),
            None if mode == Mode::Full => self.ledger(member).is_deep = false,
            None => {}
        }
    }

    /// The stored library, and whether the last run looked for duplicates.
    pub(crate) async fn stored(&self, member: usize, store: &Store) -> (Entries, bool) {
        let user = self.ledger(member).user;
        let rows: Vec<StoredRow> =
            sqlx::query_as(STORED).bind(user).fetch_all(store.reader()).await.expect("the entries");
        let settings: Option<(String,)> =
            sqlx::query_as(DETECTS).bind(user).fetch_optional(store.reader()).await.expect("the settings");
        let detects = settings.is_some_and(|(text,)| text.contains("\"enableDuplicateDetection\":true"));
        let entries = rows.into_iter().map(|(id, kind, name, size, hash, status, mime, original)| {
            (id, Stored { kind, name, size, hash, status, mime, original })
        });
        (entries.collect(), detects)
    }
}

/// How the stored library differs from Real-Debrid's, if it does.
pub(crate) fn difference(expected: &Entries, stored: &Entries, detects: bool) -> Option<String> {
    let lost: Vec<_> = expected.keys().filter(|id| !stored.contains_key(*id)).take(5).collect();
    let ghosts: Vec<_> = stored.keys().filter(|id| !expected.contains_key(*id)).take(5).collect();
    if !lost.is_empty() || !ghosts.is_empty() {
        return Some(format!("lost {lost:?}, ghosts {ghosts:?}"));
    }
    expected.iter().find_map(|(id, expected)| {
        let mut found = stored.get(id)?.clone();
        if !detects {
            found.original.clone_from(&expected.original);
        }
        (found != *expected).then(|| format!("{id} is stored as {found:?}, but is {expected:?}"))
    })
}

fn configuration_number(json: &str, field: &str) -> i64 {
    let json: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    json[field].as_i64().unwrap_or_default()
}
