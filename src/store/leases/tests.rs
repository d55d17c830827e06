//! What is written under an old lease is not written, on either database.

use super::*;
use crate::{
    domain::{Kind, Mode, StartedBy, Timestamp},
    store::{Batch, Counters, Deletion, FailedEntry, Listing, NewRun, RunEnd, Service, Successors, databases},
};

const NOW: Timestamp = Timestamp::from_millis(1);

/// A store on each database, with an account.
async fn stores() -> (tempfile::TempDir, Vec<(Store, i64)>) {
    let folder = tempfile::tempdir().unwrap();
    let mut stores = Vec::new();
    for url in [databases::sqlite(folder.path()), databases::postgres().await] {
        let store = Store::open(&url).await.unwrap();
        let user = store.put_user(Service::RealDebrid, 7, "somebody", None, NOW).await.unwrap().id;
        stores.push((store, user));
    }
    (folder, stores)
}

fn new_run(user: i64, after: Option<i64>) -> NewRun<'static> {
    NewRun { user, mode: Mode::Full, configuration: "{}", started: NOW, started_by: StartedBy::User, after }
}

fn end() -> RunEnd {
    RunEnd::completed(NOW)
}

/// Everything that a run writes, as whoever holds it like this.
async fn write_everything(store: &Store, run: &LeasedRun) -> Vec<Result<(), StoreError>> {
    let counters = Counters { processed: 9, ..Counters::default() };
    let batch = Batch { run: *run, now: NOW, entries: &[], hashes: &[], mark_duplicates: true };
    let successors = Successors::default();
    let deletion = Deletion { run: *run, now: NOW, gone: &[], successors: &successors, mark_duplicates: true };
    let failed = [FailedEntry { real_debrid_id: Some("X".to_owned()), message: "It is odd.".to_owned() }];
    let listing = Listing { total: 7, read_at: NOW, duplicates_marked: true };
    let noted = Counters { errors: 1, ..counters };
    vec![
        store.write_batch(&batch, &counters).await.map(drop),
        store.delete_entries(&deletion, &counters).await.map(drop),
        store.note_unreadable(run, &failed, &counters).await.map(drop),
        store.forget_listing(run, Kind::Torrent).await,
        store.put_listings(run, &noted, &[Kind::Torrent], &[(Kind::Torrent, listing)]).await,
        store.leave_run(run, 3).await,
        store.note_premium(run, Some(NOW.plus_millis(run.lease)), NOW).await,
    ]
}

#[tokio::test]
async fn whoever_has_lost_a_run_writes_nothing_of_it_any_more() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let old = store.create_run(new_run(user, None)).await.unwrap().unwrap();
        let (new, record) = store.take_run(user, old.id, Sight::ANY).await.unwrap().unwrap();
        assert!(new.lease > old.lease && new.id == old.id && record.state == RunState::Running, "{new:?}");
        for (what, written) in write_everything(&store, &old).await.into_iter().enumerate() {
            assert!(matches!(written, Err(StoreError::Superseded)), "{what}: {written:?}");
        }
        let ended = store.end_run(&old, &Counters { added: 9, ..Counters::default() }, &end()).await;
        assert!(matches!(ended, Err(StoreError::Superseded)), "{ended:?}");
        assert!(store.listing(user, Kind::Torrent).await.unwrap().is_none());
        assert_eq!(store.settled_counters(user, old.id).await.unwrap(), Some(Counters::default()));
        assert_eq!(store.living_state(user, old.id).await.unwrap(), Some(RunState::Running));
        assert_eq!(store.beat(old.lease(), Some(old.id), None).await.unwrap(), None, "it learns of it");

        for (what, written) in write_everything(&store, &new).await.into_iter().enumerate() {
            assert!(written.is_ok(), "{what}: {written:?}");
        }
        assert!(store.listing(user, Kind::Torrent).await.unwrap().is_some());
    }
}

/// A standby that takes over may have lost that another server took the run, and so gives the same number again.
#[tokio::test]
async fn of_two_with_the_same_number_whoever_does_not_hold_the_run_writes_nothing() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let run = store.create_run(new_run(user, None)).await.unwrap().unwrap();
        let hold = |holder: &'static str| Statement::new("update leases set holder = $1").bind(holder);
        hold("another").execute(store.writing(user)).await.unwrap();
        for (what, written) in write_everything(&store, &run).await.into_iter().enumerate() {
            assert!(matches!(written, Err(StoreError::Superseded)), "{what}: {written:?}");
        }
        let ended = store.end_run(&run, &Counters::default(), &end()).await;
        assert!(matches!(ended, Err(StoreError::Superseded)), "{ended:?}");
        assert_eq!(store.beat(run.lease(), Some(run.id), None).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_a_database_has_lost_of_a_run_is_noticed_before_more_is_written() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let run = store.create_run(new_run(user, None)).await.unwrap().unwrap();
        let counters = [
            Counters { added: 5, ..Counters::default() },
            Counters { updated: 5, ..Counters::default() },
            Counters { deleted: 5, ..Counters::default() },
            Counters { errors: 5, ..Counters::default() },
        ];
        for counters in counters {
            let batch = Batch { run, now: NOW, entries: &[], hashes: &[], mark_duplicates: true };
            let written = store.write_batch(&batch, &counters).await;
            assert!(matches!(written, Err(StoreError::Rewound)), "{counters:?}: {written:?}");
            let settled = store.put_listings(&run, &counters, &[Kind::Torrent], &[]).await;
            assert!(matches!(settled, Err(StoreError::Rewound)), "{counters:?}: {settled:?}");
        }
        assert_eq!(store.settled_counters(user, run.id).await.unwrap(), Some(Counters::default()));
        let batch = Batch { run, now: NOW, entries: &[], hashes: &[], mark_duplicates: true };
        store.write_batch(&batch, &Counters { processed: 5, requests: 7, ..Counters::default() }).await.unwrap();
    }
}

#[tokio::test]
async fn a_cancel_that_comes_late_does_not_take_the_place_of_that_of_a_later_run() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let first = store.create_run(new_run(user, None)).await.unwrap().unwrap();
        store.end_run(&first, &Counters::default(), &end()).await.unwrap();
        let second = store.create_run(new_run(user, Some(first.id))).await.unwrap().unwrap();
        store.ask_to_cancel(user, second.id).await.unwrap();
        store.ask_to_cancel(user, first.id).await.unwrap();
        assert!(store.is_cancelled(user, second.id).await.unwrap());
    }
}

#[tokio::test]
async fn a_run_that_has_ended_ends_once_more_but_not_into_the_next_one() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let first = store.create_run(new_run(user, None)).await.unwrap().unwrap();
        assert_eq!(store.create_run(new_run(user, None)).await.unwrap(), None, "two at once");
        let counters = Counters { added: 3, ..Counters::default() };
        for _ in 0..2 {
            store.end_run(&first, &counters, &end()).await.unwrap();
        }
        assert_eq!(store.create_run(new_run(user, Some(first.id - 1))).await.unwrap(), None, "after an older one");
        let second = store.create_run(new_run(user, Some(first.id))).await.unwrap().unwrap();
        let late = store.end_run(&first, &Counters::default(), &end()).await;
        assert!(matches!(late, Err(StoreError::Superseded)), "{late:?}");
        assert_eq!(store.settled_counters(user, first.id).await.unwrap(), Some(counters));
        assert_eq!(store.living_state(user, second.id).await.unwrap(), Some(RunState::Running));
        assert_eq!(store.take_run(user, first.id, Sight::ANY).await.unwrap(), None, "one that is over was taken up");
        assert!(
            store.beat(second.lease(), Some(second.id), None).await.unwrap().is_some(),
            "and cost the next its lease"
        );
    }
}

#[tokio::test]
async fn a_lease_is_taken_from_who_is_silent_and_from_nobody_else() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let free = Sight { number: 0, beat: 0 };
        let lease = store.take_lease(user, Task::Contents, free).await.unwrap().unwrap();
        assert_eq!(store.take_lease(user, Task::Contents, free).await.unwrap(), None, "it is held");
        let (seen, holder) = store.lease_seen(user, Task::Contents).await.unwrap().unwrap();
        assert_eq!(holder.as_deref(), Some(store.name()));
        store.beat(lease, None, Some("{}")).await.unwrap().unwrap();
        assert_eq!(store.take_lease(user, Task::Contents, seen).await.unwrap(), None, "its holder lives");
        let (seen, holder) = store.lease_seen(user, Task::Contents).await.unwrap().unwrap();
        assert_eq!(holder.as_deref(), Some(store.name()));
        let other = store.take_lease(user, Task::Contents, seen).await.unwrap().unwrap();
        assert_eq!(store.beat(lease, None, None).await.unwrap(), None);
        store.release(lease).await.unwrap();
        assert!(store.beat(other, None, None).await.unwrap().is_some(), "whoever lost it gave it away");
        store.release(other).await.unwrap();
        assert!(store.contents_under_way().await.unwrap().is_empty());
        assert!(store.take_lease(user, Task::Contents, free).await.unwrap().is_some(), "it is free");
    }
}

#[tokio::test]
async fn whoever_works_on_a_run_hears_what_is_asked_of_it() {
    let (_folder, stores) = stores().await;
    for (store, user) in stores {
        let run = store.create_run(new_run(user, None)).await.unwrap().unwrap();
        let orders = async || store.beat(run.lease(), Some(run.id), Some("{\"id\":1}")).await.unwrap().unwrap();
        assert_eq!(orders().await, Orders { is_cancelled: false, state: Some(RunState::Running) });
        assert!(store.set_run_state(user, run.id, RunState::Paused).await.unwrap());
        assert_eq!(orders().await, Orders { is_cancelled: false, state: Some(RunState::Paused) });
        store.ask_to_cancel(user, run.id).await.unwrap();
        assert!(orders().await.is_cancelled && store.is_cancelled(user, run.id).await.unwrap());
        assert_eq!(store.run_shown(user).await.unwrap().as_deref(), Some("{\"id\":1}"));
        // Left, it is still to be cancelled by whoever takes it up.
        store.leave_run(&run, 3).await.unwrap();
        let under_way = store.runs_under_way().await.unwrap();
        assert!(under_way.len() == 1 && under_way[0].holder.is_none(), "{under_way:?}");
        let (run, _) = store.take_run(user, run.id, under_way[0].sight).await.unwrap().unwrap();
        assert!(store.is_cancelled(user, run.id).await.unwrap());
        store.end_run(&run, &Counters::default(), &end()).await.unwrap();
        assert!(!store.set_run_state(user, run.id, RunState::Paused).await.unwrap(), "it is over");
        assert_eq!(store.newest_runs(&[user, user + 1]).await.unwrap(), [(user, run.id)]);
    }
}

/// PostgreSQL alone passes announcements on.
#[tokio::test]
async fn servers_on_one_database_hear_each_other_and_not_themselves() {
    let url = databases::postgres().await;
    let (here, there) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
    assert_ne!(here.name(), there.name());
    let user = here.put_user(Service::RealDebrid, 7, "somebody", None, NOW).await.unwrap().id;
    let mut neighbours = here.neighbours().await.unwrap().unwrap();
    let run = here.create_run(new_run(user, None)).await.unwrap().unwrap();
    let other = there.put_user(Service::RealDebrid, 8, "another", None, NOW).await.unwrap().id;
    there.create_run(new_run(other, None)).await.unwrap().unwrap();
    assert_eq!(neighbours.next().await.unwrap(), other, "it heard itself");
    assert!(run.lease > 0);
    let pooled = url
        .replace(databases::server().trim_end_matches("/postgres"), databases::pooler().trim_end_matches("/postgres"));
    let behind = Store::open(&pooled).await.unwrap();
    assert!(behind.neighbours().await.unwrap().is_none(), "it listens on a connection that is not its own");
}
