use super::*;
use crate::{
    domain::{Entry, Mode, StartedBy},
    store::{Batch, Counters, LeasedRun, NewRun, Service, WriteEntry, search_name},
};

async fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
    (folder, store)
}

/// An entry by its place: every second a download, every third another status, every fifth a video, the size its place.
fn entry(id: &str, place: i64) -> WriteEntry {
    let entry = Entry {
        real_debrid_id: id.to_owned(),
        kind: if place % 2 == 0 { Kind::Torrent } else { Kind::Download },
        filename: "Harbour.Lights".to_owned(),
        file_size: place,
        mime_type: (place % 5 == 0).then(|| if place % 10 == 0 { "video/mp4" } else { "video/x-matroska" }.to_owned()),
        sha1_hash: None,
        status: if place % 3 == 0 { "dead" } else { "downloaded" }.to_owned(),
        progress: 100.0,
        download_url: None,
        link: None,
        added_at: Timestamp::from_millis(1),
        added_raw: "2025-02-18T18:30:19.000Z".to_owned(),
        ended_at: None,
    };
    WriteEntry { search_name: search_name(&entry.filename), entry, fingerprint: place, is_new: true }
}

async fn start(store: &Store, user: i64) -> LeasedRun {
    let started = Timestamp::from_millis(1);
    let new = NewRun { user, mode: Mode::Full, configuration: "{}", started, started_by: StartedBy::User, after: None };
    store.create_run(new).await.unwrap().unwrap()
}

async fn end(store: &Store, run: LeasedRun, millis: i64, counters: &Counters, library: LibraryCount) {
    let end = RunEnd { library, ..RunEnd::completed(Timestamp::from_millis(millis)) };
    store.end_run(&run, counters, &end).await.unwrap();
}

async fn put(store: &Store, account: i64, ids: &[String]) -> (i64, LeasedRun) {
    let now = Timestamp::from_millis(1);
    let user = store.put_user(Service::Demo, account, "somebody", None, now).await.unwrap().id;
    let run = start(store, user).await;
    let entries: Vec<WriteEntry> = (0..).zip(ids).map(|(place, id)| entry(id, place)).collect();
    let mut counters = Counters::default();
    for part in entries.chunks(500) {
        let batch = Batch { run, now, entries: part, hashes: &[], mark_duplicates: false };
        let outcome = store.write_batch(&batch, &counters).await.unwrap();
        assert_eq!(outcome.failed, []);
        counters = outcome.counters;
    }
    (user, run)
}

fn total(shares: &[Share]) -> Amount {
    shares.iter().fold(Amount::default(), |sum, share| sum.and(share.all))
}

#[tokio::test]
async fn every_entry_of_the_account_and_no_other_is_counted_once() {
    let (_folder, store) = open().await;
    // More than a portion; and an account that is picked out by ids, of which some are numbers and some are none.
    let many: Vec<String> = (0..PORTION + 7).map(|number| format!("M{number}")).collect();
    let few = ["9", "10", "A", "B7", "1234567890123", "Ü 1"].map(str::to_owned);
    let ((rich, _), (poor, _)) = (put(&store, 1, &many).await, put(&store, 2, &few).await);
    assert!(!store.is_sparse(rich).await.unwrap() && store.is_sparse(poor).await.unwrap());
    for (user, ids) in [(rich, many.as_slice()), (poor, &few)] {
        let shares = store.count_library(user).await.unwrap();
        let count = i64::try_from(ids.len()).unwrap();
        assert_eq!(total(&shares), Amount { files: count, bytes: count * (count - 1) / 2 });
        for share in &shares {
            let places: Vec<i64> = (0..count)
                .filter(|place| {
                    let kind = if place % 2 == 0 { Kind::Torrent } else { Kind::Download };
                    let status = if place % 3 == 0 { "dead" } else { "downloaded" };
                    let media = if place % 5 == 0 { Media::Video } else { Media::Unknown };
                    (kind, status, media) == (share.kind, share.status.as_str(), share.media)
                })
                .collect();
            let files = i64::try_from(places.len()).unwrap();
            assert_eq!(share.all, Amount { files, bytes: places.iter().sum() }, "{share:?}");
        }
    }
}

#[tokio::test]
async fn a_portion_of_ids_ends_at_the_last_of_them_also_where_some_are_numbers() {
    let (_folder, store) = open().await;
    let ids: Vec<String> = (0..12).map(|number| format!("M{number}")).collect();
    put(&store, 1, &ids).await;
    let few = ["9", "10", "A", "B7"].map(str::to_owned);
    let (user, _) = put(&store, 2, &few).await;
    let (mut after, mut seen) = (String::new(), 0);
    while seen < 99 {
        let groups: Vec<Group> = sqlx::query_as(sql::SHARES_BY_ID)
            .bind(user)
            .bind(&after)
            .bind(2_i64)
            .fetch_all(store.reader())
            .await
            .unwrap();
        let Some(end) = end_of(&groups, true) else { break };
        seen += groups.iter().map(|group| group.3).sum::<i64>();
        after = end;
    }
    assert_eq!(seen, 4);
}

#[tokio::test]
async fn what_was_counted_holds_until_another_run_has_changed_something() {
    let (_folder, store) = open().await;
    let (user, first) = put(&store, 1, &["A".to_owned(), "B".to_owned()]).await;
    assert!(!store.library_is_counted(user, first.id).await.unwrap(), "nothing was counted yet");
    let shares = store.count_library(user).await.unwrap();
    let added = Counters { added: 2, processed: 2, total: 2, ..Counters::default() };
    end(&store, first, 10, &added, LibraryCount::Counted(shares.clone())).await;

    let second = start(&store, user).await;
    assert!(store.library_is_counted(user, second.id).await.unwrap());
    end(&store, second, 20, &Counters { total: 2, ..Counters::default() }, LibraryCount::AsBefore).await;
    let (as_of, kept) = store.library_shares(user).await.unwrap();
    assert_eq!((as_of, &kept), (Some(Timestamp::from_millis(20)), &shares));

    // It stored something and did not complete: what it left behind has not been counted.
    let third = start(&store, user).await;
    end(&store, third, 30, &added, LibraryCount::Unknown).await;
    let fourth = start(&store, user).await;
    assert!(!store.library_is_counted(user, fourth.id).await.unwrap(), "a change since was overlooked");
    assert_eq!(store.library_shares(user).await.unwrap(), (as_of, shares));

    let growth = store.growth(user).await.unwrap();
    let sizes: Vec<_> = growth.iter().map(|size| (size.at.as_millis(), size.files, size.bytes)).collect();
    assert_eq!(sizes, [(10, 2, Some(1)), (20, 2, Some(1)), (30, 2, None)]);
}

#[tokio::test]
async fn growth_has_few_moments_however_many_runs_there_were_with_the_first_and_the_last() {
    let (_folder, store) = open().await;
    let (user, run) = put(&store, 1, &[]).await;
    end(&store, run, 1, &Counters::default(), LibraryCount::Unknown).await;
    sqlx::query(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000) \
         insert into sync_runs (user_id, mode, state, configuration, started_at, ended_at, total, added) \
         select $1, 'incremental', 'completed', '{}', i * 60000, i * 60000 + 1, i, 1 from n",
    )
    .bind(user)
    .execute(store.writer())
    .await
    .unwrap();
    let growth = store.growth(user).await.unwrap();
    assert!((100..=121).contains(&growth.len()), "{}", growth.len());
    assert_eq!((growth[0].files, growth.last().map(|size| size.files)), (0, Some(20_000)));
    assert!(growth.windows(2).all(|pair| pair[0].at < pair[1].at));
    let changes = store.changes(user, 3).await.unwrap();
    assert_eq!(changes.iter().map(|run| run.total).collect::<Vec<_>>(), [19_998, 19_999, 20_000]);
}
