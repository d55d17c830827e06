use super::*;
use crate::{
    domain::{Entry, Mode, StartedBy, Timestamp},
    store::{Batch, Counters, NewRun, Service, WriteEntry, search_name},
};
use std::collections::BTreeMap;

/// Ids that are short, long, and made of what holds packed entries apart.
const IDS: [&str; 6] = ["A", "ABCDEFGHIJKLM", "ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOPQ", "7 torrent 1 2 3", "Ü 1 \u{1}’"];

async fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
    (folder, store)
}

/// Stores entries with these ids and, as fingerprints, their places.
async fn put(store: &Store, account: i64, ids: &[String]) -> i64 {
    let now = Timestamp::from_millis(1);
    let user = store.put_user(Service::Demo, account, "somebody", None, now).await.unwrap().id;
    let new =
        NewRun { user, mode: Mode::Full, configuration: "{}", started: now, started_by: StartedBy::User, after: None };
    let run = store.create_run(new).await.unwrap().unwrap();
    let entries: Vec<WriteEntry> = (0..).zip(ids).map(|(place, id)| write(id, place)).collect();
    let mut counters = Counters::default();
    for part in entries.chunks(500) {
        let batch = Batch { run, now, entries: part, hashes: &[], mark_duplicates: false };
        let outcome = store.write_batch(&batch, &counters).await.unwrap();
        assert_eq!(outcome.failed, []);
        counters = outcome.counters;
    }
    user
}

fn write(id: &str, fingerprint: i64) -> WriteEntry {
    let entry = Entry {
        real_debrid_id: id.to_owned(),
        kind: if fingerprint % 2 == 0 { Kind::Torrent } else { Kind::Download },
        filename: "Harbour.Lights".to_owned(),
        file_size: 7,
        mime_type: None,
        sha1_hash: None,
        status: "downloaded".to_owned(),
        progress: 100.0,
        download_url: None,
        link: None,
        added_at: Timestamp::from_millis(1),
        added_raw: "2025-02-18T18:30:19.000Z".to_owned(),
        ended_at: None,
    };
    WriteEntry { search_name: search_name(&entry.filename), entry, fingerprint, is_new: true }
}

async fn stored(store: &Store, user: i64) -> BTreeMap<String, (Kind, i64)> {
    let mut stored = BTreeMap::new();
    store
        .each_stored(user, |entry| {
            assert!(stored.insert(entry.id.to_owned(), (entry.kind, entry.fingerprint)).is_none(), "{entry:?} twice");
        })
        .await
        .unwrap();
    stored
}

#[tokio::test]
async fn every_entry_of_the_account_and_no_other_is_given_once() {
    let (_folder, store) = open().await;
    let many: Vec<String> = (0..PORTION + 7).map(|number| format!("M{number}")).collect();
    let odd: Vec<String> = IDS.iter().map(|id| (*id).to_owned()).collect();
    let (rich, poor) = (put(&store, 1, &many).await, put(&store, 2, &odd).await);
    for (user, ids) in [(rich, &many), (poor, &odd)] {
        let expected: BTreeMap<String, (Kind, i64)> = (0..)
            .zip(ids)
            .map(|(place, id)| (id.clone(), (if place % 2 == 0 { Kind::Torrent } else { Kind::Download }, place)))
            .collect();
        assert_eq!(stored(&store, user).await, expected);
        let known = store.known(user).await.unwrap();
        assert!((0..).zip(ids).all(|(place, id)| known.fingerprint(id) == Some(place)));
        assert_eq!(known.fingerprint("nobody"), None);
    }
}

#[tokio::test]
async fn only_what_is_not_present_is_missing() {
    let (_folder, store) = open().await;
    let odd: Vec<String> = IDS.iter().map(|id| (*id).to_owned()).collect();
    let user = put(&store, 1, &odd).await;
    let missing = store.missing(user, |kind, id| kind == Kind::Torrent || id == "ABCDEFGHIJKLM").await.unwrap();
    let mut ids: Vec<(&str, Kind)> = missing.iter().map(|one| (one.real_debrid_id.as_str(), one.kind())).collect();
    ids.sort_unstable_by_key(|(id, _)| *id);
    assert_eq!(ids, [("ABCDEFGHIJKLMNOPQ", Kind::Download), ("Ü 1 \u{1}’", Kind::Download)]);
}

#[test]
fn what_was_noted_counts_once_it_is_settled() {
    let mut known = Known::default();
    for (place, id) in (0..).zip(IDS) {
        known.note(id, place);
    }
    assert_eq!(known.fingerprint("A"), None);
    known.settle();
    known.note("A", 70);
    known.note("B", 80);
    known.settle();
    assert_eq!(known.fingerprint("A"), Some(70));
    assert_eq!(known.fingerprint("B"), Some(80));
    for (place, id) in (0..).zip(IDS).skip(1) {
        assert_eq!(known.fingerprint(id), Some(place), "{id}");
    }
}

#[test]
fn ids_of_any_length_are_told_apart() {
    let mut keys: Vec<IdKey> = IDS.iter().map(|id| IdKey::of(id)).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), IDS.len());
    assert_eq!(IdKey::of("ABCDEFGHIJKLM"), IdKey::of("ABCDEFGHIJKLM"));
}

#[test]
fn libraries_of_any_size_are_known_whole() {
    for count in 0..40 {
        let mut known = Known::default();
        for number in 0..count {
            known.note(&format!("ID{number}"), number);
        }
        known.settle();
        for number in 0..count {
            assert_eq!(known.fingerprint(&format!("ID{number}")), Some(number), "{number} of {count}");
        }
        assert_eq!(known.fingerprint("nobody"), None);
    }
}
