//! The same things done to a library in SQLite and to one in PostgreSQL, and the same answers from both, whatever is
//! asked. Only DMM's own numbers may differ: PostgreSQL skips some.

use crate::databases;
use dmm::{
    domain::{
        DuplicateFilter, Entry, FileContent, FileQuery, Kind, Mode, Order, OrganisationPatch, RunState, Sort,
        StartedBy, SyncConfigurationPatch, Timestamp,
    },
    store::{
        Batch, ContentsTimes, Counters, Deletion, FailedEntry, Failure, LeasedRun, LibraryCount, Listing, Missing,
        NewRun, RunEnd, RunsQuery, Service, Store, WriteEntry,
    },
    sync::plan::plan,
};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Libraries that are played; another number for each.
const SEEDS: std::ops::Range<u64> = 1..5;
/// Things that happen to a library.
const STEPS: usize = 60;
/// Names that meet each other, and what databases have stumbled over.
const NAMES: [&str; 12] = [
    "Harbour.Lights.2020.1080p.mkv",
    "harbour lights 2020 1080p.mkv",
    "紙の家.S01E01.mkv",
    "بيت من ورق.2019.mp4",
    "Straße & Co.pdf",
    "100%_[real]'quoted\".iso",
    "İstanbul.ΣΑΣ.ẞ.flac",
    "a\u{0}b.zip",
    "🦔.webm",
    "zebra.rar",
    "Ärger.txt",
    "_underscore_.mkv",
];
const STATUSES: [&str; 4] = ["downloaded", "downloading", "error", "magnet_conversion"];

/// One library in one database.
struct Side {
    store: Store,
    user: i64,
    neighbour: i64,
    run: LeasedRun,
    counters: Counters,
    _folder: tempfile::TempDir,
}

impl Side {
    async fn open(url: impl AsyncFnOnce(&std::path::Path) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&url(folder.path()).await).await.expect("the database opens");
        let now = Timestamp::from_millis(1);
        let neighbour = store.put_user(Service::Demo, 1, "neighbour", None, now).await.expect("an account").id;
        let user = store.put_user(Service::RealDebrid, 1, "somebody", Some(now), now).await.expect("an account").id;
        let mut side =
            Self { store, user, neighbour, run: LeasedRun::default(), counters: Counters::default(), _folder: folder };
        side.begin(now).await;
        side
    }

    async fn begin(&mut self, started: Timestamp) {
        let new = NewRun {
            user: self.user,
            mode: Mode::Full,
            configuration: "{}",
            started,
            started_by: StartedBy::User,
            after: None,
        };
        self.run = self.store.create_run(new.clone()).await.expect("a run").expect("no other lives");
        assert_eq!(self.store.create_run(new).await.expect("an answer"), None, "one run at a time");
        self.counters = Counters::default();
    }

    async fn write(&mut self, entries: &[WriteEntry], now: Timestamp, mark_duplicates: bool) -> Value {
        let batch = Batch { run: self.run, now, entries, hashes: &[], mark_duplicates };
        let outcome = self.store.write_batch(&batch, &self.counters).await.expect("a batch");
        self.counters = outcome.counters;
        json!([format!("{:?}", outcome.counters), outcome.failed.len()])
    }

    async fn missing(&self, gone: &BTreeSet<String>) -> Vec<Missing> {
        let mut missing = self.store.missing(self.user, |_, id| !gone.contains(id)).await.expect("what is missing");
        missing.sort_by(|a, b| a.real_debrid_id.cmp(&b.real_debrid_id));
        missing
    }

    async fn delete(&mut self, gone: &BTreeSet<String>, now: Timestamp, mark_duplicates: bool) -> Value {
        let missing = self.missing(gone).await;
        let successors = self.store.successors(self.user, &missing).await.expect("successors");
        let deletion = Deletion { run: self.run, now, gone: &missing, successors: &successors, mark_duplicates };
        self.counters = self.store.delete_entries(&deletion, &self.counters).await.expect("it deletes");
        json!([format!("{:?}", self.counters), missing.len()])
    }

    async fn organise(&self, id: &str, patch: &OrganisationPatch, now: Timestamp) -> Value {
        let file = self.number(id).await;
        json!(self.store.organise(self.user, file, patch.clone(), now).await.expect("it is organised"))
    }

    async fn read(&self, id: &str, contents: &[FileContent], now: Timestamp) -> Value {
        let file = self.number(id).await;
        let Some(task) = self.store.contents_task(self.user, file).await.expect("a task") else { return Value::Null };
        if contents.is_empty() {
            let failed = self.store.note_contents_failure(self.user, &task, "It failed.", now.plus_millis(5_000));
            failed.await.expect("a note");
            return json!("failed");
        }
        json!(self.store.put_contents(self.user, &task, contents, now).await.expect("contents"))
    }

    async fn end(&mut self, now: Timestamp, state: RunState, held: &BTreeSet<String>) -> Value {
        let failed = [FailedEntry { real_debrid_id: Some("X".to_owned()), message: "It is odd.".to_owned() }];
        self.counters = self.store.note_unreadable(&self.run, &failed, &self.counters).await.expect("it is noted");
        let listing = Listing { total: 7, read_at: now, duplicates_marked: true };
        let remembered = [(Kind::Torrent, listing)];
        self.store.put_listings(&self.run, &self.counters, &Kind::ALL, &remembered).await.expect("listings");
        let shares = self.store.count_library(self.user).await.expect("it is counted");
        let end = RunEnd {
            state,
            ended: now,
            held: self.missing(held).await.iter().map(|entry| entry.id).collect(),
            summary: "Done.".to_owned(),
            error: (state == RunState::Error).then(|| "It failed.".to_owned()),
            failure: (state == RunState::Error).then_some(Failure::Temporary),
            library: LibraryCount::Counted(shares.clone()),
        };
        self.store.end_run(&self.run, &self.counters, &end).await.expect("the end");
        let shares = serde_json::to_value(shares).expect("JSON");
        self.begin(now).await;
        shares
    }

    async fn number(&self, id: &str) -> i64 {
        self.numbers().await.into_iter().find(|(_, of)| of == id).map_or(-1, |(number, _)| number)
    }

    async fn numbers(&self) -> HashMap<i64, String> {
        let all = self.store.export(self.user, 0, 100_000).await.expect("an export");
        all.into_iter().map(|entry| (entry.file.id, entry.file.real_debrid_id)).collect()
    }

    /// Everything that can be asked, without DMM's own numbers.
    async fn answers(&self, now: Timestamp) -> Vec<(String, Value)> {
        let (store, user) = (&self.store, self.user);
        let mut answers = Vec::new();
        let mut say = |what: &str, value: Value| answers.push((what.to_owned(), value));
        for query in queries() {
            let mut pages = Vec::new();
            let mut cursor = None;
            loop {
                let page = store.files(user, &FileQuery { cursor, ..query.clone() }).await.expect("a page");
                pages.push(json!([page.total, page.files]));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            say(&format!("{query:?}"), json!(pages));
        }
        let mut cursor = None;
        loop {
            let page = store.duplicate_groups(user, Some(3), cursor.as_deref()).await.expect("groups");
            say("duplicates", json!(page.groups));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let mut cursor = None;
        loop {
            let page = store.likely_duplicates(user, Some(2), cursor.as_deref()).await.expect("likely ones");
            say("likely", json!(page.likely));
            cursor = page.next_likely_cursor;
            if cursor.is_none() {
                break;
            }
        }
        say("totals", json!(store.duplicate_totals(user).await.expect("totals")));
        say("export", json!(store.export(user, 0, 100_000).await.expect("an export")));
        say("folders", json!(store.folders(user).await.expect("folders")));
        for number in store.export(user, 0, 5).await.expect("an export").iter().map(|entry| entry.file.id) {
            say("details", json!(store.file(user, number).await.expect("details")));
        }
        say("contents", json!(store.contents_progress(user).await.expect("progress")));
        let times = ContentsTimes { now, last_retry: now.plus_millis(60_000), stale_before: now.plus_millis(-20_000) };
        let due = store.contents_due(user, times, 50).await.expect("tasks").into_iter();
        say("due", json!(due.map(|task| (task.real_debrid_id, task.is_unread, task.attempts)).collect::<Vec<_>>()));
        say("aside", json!(store.set_aside(user).await.expect("those set aside")));
        let runs = RunsQuery { before: None, limit: 20, errors: 10 };
        say("runs", json!(store.runs(user, &runs, now).await.expect("runs").runs));
        say("growth", json!(store.growth(user).await.expect("growth")));
        say("changes", json!(store.changes(user, 50).await.expect("changes")));
        say("shares", json!(store.library_shares(user).await.expect("shares").1));
        let active: BTreeMap<_, _> =
            store.active_fingerprints(user).await.expect("those on their way").into_iter().collect();
        say("active", json!(active));
        let known = store.known(user).await.expect("what is known");
        let ids = self.numbers().await;
        let fingerprints: BTreeMap<_, _> = ids.values().map(|id| (id, known.fingerprint(id))).collect();
        say("known", json!(fingerprints));
        say("of nobody", json!(store.files(self.neighbour, &FileQuery::default()).await.expect("a page").total));
        let configuration = store.configuration(user).await.expect("settings");
        say("settings", json!(configuration));
        answers.into_iter().map(|(what, value)| (what, without_numbers(value, &ids))).collect()
    }
}

/// Puts Real-Debrid's ids in the place of DMM's numbers.
fn without_numbers(value: Value, ids: &HashMap<i64, String>) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(|value| without_numbers(value, ids)).collect(),
        Value::Object(fields) => {
            let named = |(name, value): (String, Value)| {
                let number = value.as_i64().filter(|_| name == "id" || name == "duplicateOf");
                let value = match number {
                    // The number of a run.
                    None if value.is_string() && (name == "id" || name == "run") => Value::Null,
                    Some(number) => ids.get(&number).map_or(Value::Null, |id| json!(id)),
                    None => without_numbers(value, ids),
                };
                (name, value)
            };
            fields.into_iter().map(named).collect()
        }
        // PostgreSQL has no such character.
        Value::String(text) => json!(text.replace('\0', "\u{fffd}")),
        other => other,
    }
}

/// Lists in every order and with every filter.
fn queries() -> Vec<FileQuery> {
    let mut queries = Vec::new();
    for sort in [Sort::Name, Sort::Size, Sort::Added] {
        for order in [Order::Asc, Order::Desc] {
            let of = FileQuery { sort: Some(sort), order: Some(order), limit: Some(7), ..FileQuery::default() };
            queries.push(FileQuery { query: Some("harbour 2020".to_owned()), ..of.clone() });
            queries.push(FileQuery { query: Some("100%_[".to_owned()), ..of.clone() });
            queries.push(FileQuery { kind: Some(Kind::Torrent), status: Some("downloaded".to_owned()), ..of.clone() });
            queries.push(FileQuery { duplicates: Some(DuplicateFilter::Only), ..of.clone() });
            queries.push(FileQuery {
                duplicates: Some(DuplicateFilter::Hide),
                kind: Some(Kind::Download),
                ..of.clone()
            });
            queries.push(FileQuery { folder: Some("Films".to_owned()), ..of.clone() });
            queries.push(of);
        }
    }
    queries
}

fn entry(dice: &mut StdRng, id: &str, now: Timestamp) -> Entry {
    let kind = if id.starts_with('D') { Kind::Download } else { Kind::Torrent };
    let name = if dice.random_bool(0.05) { long_name(dice) } else { (*NAMES.choose(dice).expect("a name")).to_owned() };
    let hash = format!("{:040x}", dice.random_range(0..12_u64));
    let added_at = now.plus_millis(-dice.random_range(0..5_000_i64));
    Entry {
        real_debrid_id: id.to_owned(),
        kind,
        file_size: *[0, 1_000, 1_001, 1_000_000_000, 1 << 52].choose(dice).expect("a size"),
        mime_type: [None, Some("video/x-matroska"), Some("application/zip")]
            .choose(dice)
            .expect("a type")
            .map(str::to_owned),
        sha1_hash: (kind == Kind::Torrent).then(|| hash.parse().expect("a hash")),
        status: (*STATUSES.choose(dice).expect("a status")).to_owned(),
        progress: dice.random_range(0.0..100.0),
        download_url: (kind == Kind::Download).then(|| "https://example.org/x".to_owned()),
        link: (kind == Kind::Download).then(|| {
            if dice.random_bool(0.2) {
                format!("https://hoster.example/{}", long_name(&mut StdRng::seed_from_u64(dice.random_range(0..3))))
            } else {
                format!("https://real-debrid.com/d/{:013}", dice.random_range(0..6))
            }
        }),
        added_at,
        added_raw: "2020-01-01T00:00:00.000Z".to_owned(),
        ended_at: dice.random_bool(0.5).then_some(now),
        filename: name,
    }
}

/// Longer than an index of PostgreSQL takes, and not to be compressed; without the letter before the character that
/// PostgreSQL has not, whose place in an order it takes.
fn long_name(dice: &mut StdRng) -> String {
    (0..4_000).map(|_| char::from(dice.random_range(b'b'..=b'z'))).collect()
}

/// Some of what is there.
fn some(dice: &mut StdRng, of: &BTreeSet<String>, share: f64) -> BTreeSet<String> {
    of.iter().filter(|_| dice.random_bool(share)).cloned().collect()
}

async fn play(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut sides = [
        Side::open(async |folder| databases::sqlite(folder)).await,
        Side::open(async |_| databases::postgres().await).await,
    ];
    for side in &sides {
        let patch = SyncConfigurationPatch { auto_sync: Some(false), batch_size: Some(77), ..Default::default() };
        let changed = side.store.change_configuration(side.user, &patch, Timestamp::from_millis(1)).await;
        assert_eq!(changed.expect("settings").map(|changed| changed.batch_size), Ok(77));
    }
    let mut here: BTreeSet<String> = BTreeSet::new();
    let mut now = Timestamp::from_millis(1_000_000);
    for step in 0..STEPS {
        now = now.plus_millis(dice.random_range(1..20_000));
        let marks = dice.random_bool(0.9);
        let mut said = Vec::new();
        let what = dice.random_range(0..10);
        match what {
            0..4 => {
                let mut batch = BTreeMap::new();
                for _ in 0..dice.random_range(1..40) {
                    let id = format!("{}{}", if dice.random_bool(0.6) { 'T' } else { 'D' }, dice.random_range(0..90));
                    batch.insert(id.clone(), entry(&mut dice, &id, now));
                }
                let entries = plan(batch.into_values().collect(), |id| here.contains(id).then_some(0)).writes;
                here.extend(entries.iter().map(|write| write.entry.real_debrid_id.clone()));
                for side in &mut sides {
                    said.push(side.write(&entries, now, marks).await);
                }
            }
            4..6 => {
                let gone = some(&mut dice, &here, 0.15);
                here.retain(|id| !gone.contains(id));
                for side in &mut sides {
                    said.push(side.delete(&gone, now, marks).await);
                }
            }
            6 | 7 => {
                let Some(id) = here.iter().nth(dice.random_range(0..here.len().max(1))).cloned() else { continue };
                let folder = ["Films", "Films/2020", "Films0", "Música/Ö", ""].choose(&mut dice).expect("a folder");
                let patch = json!({"folder": folder, "name": "Mine", "note": if dice.random_bool(0.3) { Value::Null } else { json!("said") }});
                let patch: OrganisationPatch = serde_json::from_value(patch).expect("a patch");
                for side in &sides {
                    said.push(side.organise(&id, &patch, now).await);
                }
            }
            8 => {
                let Some(id) = here.iter().nth(dice.random_range(0..here.len().max(1))).cloned() else { continue };
                let contents: Vec<FileContent> = (0..dice.random_range(0..4))
                    .map(|index| FileContent {
                        index,
                        path: format!("/{index}.mkv"),
                        bytes: 5,
                        mime_type: None,
                        selected: index % 2 == 0,
                        link: Some("x".to_owned()),
                    })
                    .collect();
                for side in &sides {
                    said.push(side.read(&id, &contents, now).await);
                }
            }
            _ => {
                let state =
                    *[RunState::Completed, RunState::Error, RunState::Cancelled].choose(&mut dice).expect("a state");
                let held = some(&mut dice, &here, 0.1);
                for side in &mut sides {
                    said.push(side.end(now, state, &held).await);
                }
            }
        }
        assert_eq!(said[0], said[1], "seed {seed}, step {step}: {what}");
        if step % 6 != 5 {
            continue;
        }
        let [ours, theirs] = [sides[0].answers(now).await, sides[1].answers(now).await];
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs, "seed {seed}, step {step}: {what}");
        }
        assert_eq!(ours.len(), theirs.len(), "seed {seed}, step {step}: {what}");
    }
    assert!(here.len() > 20, "seed {seed}: so few entries were left that nothing was proved");
}

#[tokio::test]
async fn both_databases_give_the_same_answers() {
    for seed in SEEDS {
        play(seed).await;
    }
}
