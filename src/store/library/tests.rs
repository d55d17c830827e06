//! What a batch costs in statements, as many for a hundred entries as for five, and what it does beside storing.

use crate::{
    domain::{Amount, Entry, InfoHash, Kind, Media, Mode, OrganisationPatch, Share, StartedBy, Timestamp},
    store::{
        Batch, Counters, Deletion, FailedEntry, LeasedRun, LibraryCount, NewRun, RunEnd, Service, Store, WriteEntry,
        databases,
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

/// Counts what the driver says it has sent.
#[derive(Default)]
struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The number of statements that are sent meanwhile. A test has one thread, on which PostgreSQL's driver does all its work.
async fn sent(work: impl Future<Output = ()>) -> usize {
    let counter = Counter::default();
    let count = Arc::clone(&counter.0);
    let _counting = tracing::subscriber::set_default(tracing_subscriber::registry().with(counter));
    work.await;
    count.load(Ordering::Relaxed)
}

const NOW: Timestamp = Timestamp::from_millis(1_740_000_000_000);

/// A torrent with an id of its own and the hash of its place.
fn torrent(id: &str, place: usize) -> WriteEntry {
    let entry = Entry {
        real_debrid_id: format!("{id}{place}"),
        kind: Kind::Torrent,
        filename: "Harbour.Lights".to_owned(),
        file_size: 1,
        mime_type: None,
        sha1_hash: Some(format!("{place:040x}").parse::<InfoHash>().unwrap()),
        status: "downloaded".to_owned(),
        progress: 100.0,
        download_url: None,
        link: None,
        added_at: NOW,
        added_raw: "2025-02-18T18:30:19.000Z".to_owned(),
        ended_at: None,
    };
    WriteEntry { search_name: "harbour lights".to_owned(), entry, fingerprint: 1, is_new: true }
}

/// A library and its run.
struct Scene {
    store: Store,
    run: LeasedRun,
    counters: Counters,
}

impl Scene {
    async fn at(url: &str) -> Self {
        let store = Store::open(url).await.unwrap();
        let user = store.put_user(Service::Demo, 1, "somebody", None, NOW).await.unwrap().id;
        let new = NewRun {
            user,
            mode: Mode::Full,
            configuration: "{}",
            started: NOW,
            started_by: StartedBy::User,
            after: None,
        };
        let run = store.create_run(new).await.unwrap().unwrap();
        Self { store, run, counters: Counters::default() }
    }

    async fn write(&mut self, entries: &[WriteEntry]) -> Vec<FailedEntry> {
        let batch = Batch { run: self.run, now: NOW, entries, hashes: &[], mark_duplicates: true };
        let outcome = self.store.write_batch(&batch, &self.counters).await.unwrap();
        self.counters = outcome.counters;
        outcome.failed
    }

    /// As a run does when the list shows only entries whose id begins with `kept`.
    async fn delete_all_but(&mut self, kept: &str) {
        let user = self.run.user;
        let gone = self.store.missing(user, |_, id| id.starts_with(kept)).await.unwrap();
        let successors = self.store.successors(user, &gone).await.unwrap();
        let deletion =
            Deletion { run: self.run, now: NOW, gone: &gone, successors: &successors, mark_duplicates: true };
        self.counters = self.store.delete_entries(&deletion, &self.counters).await.unwrap();
    }

    /// Of all that is stored the hash, the number and the folder.
    async fn records(&self) -> Vec<(String, i64, Option<String>)> {
        let user = self.run.user;
        let mut records = Vec::new();
        for file in self.store.missing(user, |_, _| false).await.unwrap() {
            let folder = self.store.organisation(user, file.id).await.unwrap().folder;
            records.push((file.sha1_hash.unwrap(), file.id, folder));
        }
        records.sort_unstable();
        records
    }
}

/// The statements of: new entries, half of which get a folder; their deletion; the same come back under other ids; those
/// deleted and added again between two syncs; what could not be read; the end of a run.
async fn costs(url: &str, number: usize) -> [usize; 6] {
    let mut scene = Scene::at(url).await;
    let user = scene.run.user;
    let of = |id: &str| (0..number).map(|place| torrent(id, place)).collect::<Vec<_>>();
    let (first, second, third) = (of("A"), of("B"), of("C"));
    let new = sent(async { assert!(scene.write(&first).await.is_empty()) }).await;
    for (_, id, _) in scene.records().await.into_iter().step_by(2) {
        let patch: OrganisationPatch = serde_json::from_str(r#"{"folder": "Films"}"#).unwrap();
        assert!(scene.store.organise(user, id, patch, NOW).await.unwrap());
    }
    let records = scene.records().await;
    assert_eq!(records.len(), number);

    let deleted = sent(scene.delete_all_but("-")).await;
    assert_eq!(scene.store.count_files(user).await.unwrap(), 0);
    let revived = sent(async { assert!(scene.write(&second).await.is_empty()) }).await;
    assert_eq!(scene.records().await, records, "they are not the same records");

    scene.store.put_listings(&scene.run, &scene.counters, &[Kind::Torrent], &[]).await.unwrap();
    scene.write(&third).await;
    let inherited = sent(scene.delete_all_but("C")).await;
    assert_eq!(scene.records().await, records, "they are not the same records");

    let failed: Vec<FailedEntry> = (0..number)
        .map(|place| FailedEntry { real_debrid_id: Some(place.to_string()), message: "It cannot be read.".to_owned() })
        .collect();
    let noted = sent(async {
        let after = scene.store.note_unreadable(&scene.run, &failed, &scene.counters).await.unwrap();
        let again = scene.store.note_unreadable(&scene.run, &failed, &after).await.unwrap();
        assert_eq!((usize::try_from(after.errors), usize::try_from(again.errors)), (Ok(number), Ok(number)));
        scene.counters = again;
    })
    .await;

    let one = Amount { files: 1, bytes: 1 };
    let share = |place| Share {
        kind: Kind::Torrent,
        status: format!("{place}"),
        media: Media::Video,
        all: one,
        duplicates: one,
    };
    let library = LibraryCount::Counted((0..number).map(share).collect());
    let end = RunEnd { library, ..RunEnd::completed(NOW) };
    let ended = sent(async { scene.store.end_run(&scene.run, &scene.counters, &end).await.unwrap() }).await;
    assert_eq!(scene.store.library_shares(user).await.unwrap().1.len(), number);
    [new, deleted, revived, inherited, noted, ended]
}

#[tokio::test]
async fn no_batch_sends_a_statement_for_each_row() {
    let few = costs(&databases::postgres().await, 5).await;
    assert!(few.iter().all(|sent| *sent > 3), "nothing was counted: {few:?}");
    let many = costs(&databases::postgres().await, 100).await;
    // A connection that the pool opens or looks after meanwhile sends some of its own.
    let grown = many.iter().zip(&few).any(|(many, few)| *many > few + 10);
    assert!(!grown, "{few:?} statements for five, and {many:?} for a hundred");
}

/// Its driver sends nothing from the thread of the test, so that nothing is counted; what comes of it is the same.
#[tokio::test]
async fn on_sqlite_entries_that_come_back_together_are_the_same_records_too() {
    let folder = tempfile::tempdir().unwrap();
    costs(&databases::sqlite(folder.path()), 100).await;
}

#[tokio::test]
async fn entries_that_the_schema_refuses_are_found_by_dividing() {
    let mut scene = Scene::at(&databases::postgres().await).await;
    let mut entries: Vec<WriteEntry> = (0..400).map(|place| torrent("A", place)).collect();
    for place in [7, 399] {
        entries[place].entry.file_size = -1;
    }
    let sent = sent(async {
        let failed: Vec<_> = scene.write(&entries).await.into_iter().filter_map(|it| it.real_debrid_id).collect();
        assert_eq!(failed, ["A7", "A399"]);
    })
    .await;
    assert!(sent < 200, "one statement for each entry would be {sent}");
    assert_eq!((scene.counters.added, scene.counters.errors), (398, 2));
    assert_eq!(scene.store.count_files(scene.run.user).await.unwrap(), 398);
}

/// An id that is there already, or twice in one list, is no reason to lose anything.
#[tokio::test]
async fn entries_that_only_together_are_refused_are_all_stored() {
    let mut scene = Scene::at(&databases::postgres().await).await;
    let entries: Vec<WriteEntry> = [1, 2, 3, 2, 4].map(|place| torrent("A", place)).into();
    assert!(scene.write(&entries).await.is_empty());
    let records = scene.records().await;
    assert_eq!(records.len(), 4);
    assert!(scene.write(&entries[..2]).await.is_empty());
    assert_eq!(scene.records().await, records);
    // Nor when they have been there before, under this id and another.
    scene.delete_all_but("-").await;
    let other = torrent("B", 2);
    assert!(scene.write(&[other]).await.is_empty());
    scene.delete_all_but("-").await;
    assert!(scene.write(&entries).await.is_empty());
    assert_eq!(scene.store.count_files(scene.run.user).await.unwrap(), 4);
}
