use super::*;
use crate::{
    domain::{Mode, StartedBy},
    store::{Counters, NewRun, RunEnd, Service},
};

async fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
    (folder, store)
}

async fn account(store: &Store, number: i64) -> i64 {
    store.put_user(Service::Demo, number, "somebody", None, Timestamp::from_millis(1)).await.unwrap().id
}

/// Runs of an account that completed and did nothing, a second apart, straight into the table.
async fn uneventful(store: &Store, user: i64, runs: i64) {
    sqlx::query(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < $2) \
         insert into sync_runs (user_id, mode, state, configuration, started_at, ended_at) \
         select $1, 'incremental', 'completed', '{}', i * 1000, i * 1000 + 1 from n",
    )
    .bind(user)
    .bind(runs)
    .execute(store.writer())
    .await
    .unwrap();
}

async fn run(store: &Store, user: i64, state: RunState, counters: Counters) -> i64 {
    let started = Timestamp::from_millis(5);
    let new =
        NewRun { user, mode: Mode::Full, configuration: "{}", started, started_by: StartedBy::Schedule, after: None };
    let run = store.create_run(new).await.unwrap().unwrap();
    let error = (state == RunState::Error).then(|| "It failed.".to_owned());
    let end = RunEnd { state, error, ..RunEnd::completed(Timestamp::from_millis(6)) };
    store.end_run(&run, &counters, &end).await.unwrap();
    run.id
}

async fn count(store: &Store, user: i64) -> i64 {
    sqlx::query_scalar("select count(*) from sync_runs where user_id = $1")
        .bind(user)
        .fetch_one(store.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn old_runs_that_found_nothing_are_forgotten_and_all_others_kept() {
    let (_folder, store) = open().await;
    let (user, other) = (account(&store, 1).await, account(&store, 2).await);
    let changed = Counters { added: 3, ..Counters::default() };
    let kept = [
        run(&store, user, RunState::Completed, changed).await,
        run(&store, user, RunState::Error, Counters::default()).await,
        run(&store, user, RunState::Cancelled, Counters::default()).await,
        run(&store, user, RunState::Completed, Counters { errors: 1, ..Counters::default() }).await,
    ];
    uneventful(&store, user, UNEVENTFUL + 150).await;
    uneventful(&store, other, UNEVENTFUL + 150).await;
    let last = run(&store, user, RunState::Completed, Counters::default()).await;
    assert_eq!(count(&store, user).await, UNEVENTFUL + 51 + 4, "a hundred are forgotten at once, and no more");
    let last = last.max(run(&store, user, RunState::Completed, Counters::default()).await);
    assert_eq!(count(&store, user).await, UNEVENTFUL + 4);
    for run in kept {
        assert!(store.run(user, run, Timestamp::from_millis(9)).await.unwrap().is_some(), "run {run} is gone");
    }
    assert_eq!(store.latest_run(user).await.unwrap().map(|run| run.id), Some(last));
    assert_eq!(store.last_sync(user).await.unwrap(), Some(Timestamp::from_millis(6)));
    assert_eq!(count(&store, other).await, UNEVENTFUL + 150, "another account's runs were forgotten");
}

#[tokio::test]
async fn the_last_completed_run_outlives_any_number_of_failures() {
    let (_folder, store) = open().await;
    let user = account(&store, 1).await;
    let completed = run(&store, user, RunState::Completed, Counters::default()).await;
    for _ in 0..5 {
        run(&store, user, RunState::Error, Counters::default()).await;
    }
    // As if only failures were among the newest.
    let purged = sqlx::query(sql::PURGE_RUNS).bind(user).bind(1_i64).execute(store.writer()).await.unwrap();
    assert_eq!(purged.rows_affected(), 0);
    assert!(store.run(user, completed, Timestamp::from_millis(9)).await.unwrap().is_some());
}

#[tokio::test]
async fn pages_of_runs_follow_each_other_without_gap_or_repetition() {
    let (_folder, store) = open().await;
    let (user, other) = (account(&store, 1).await, account(&store, 2).await);
    for _ in 0..3 {
        uneventful(&store, user, 4).await;
        uneventful(&store, other, 2).await;
    }
    let now = Timestamp::from_millis(9);
    let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.runs(user, &RunsQuery { before, limit: 5, errors: 0 }, now).await.unwrap();
        seen.extend(page.runs.iter().map(|run| run.id.parse::<i64>().unwrap()));
        pages += 1;
        match page.next_cursor {
            Some(cursor) => before = cursor.parse().ok(),
            None => break,
        }
    }
    assert_eq!((pages, seen.len()), (3, 12));
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "not newest first, or twice: {seen:?}");
    assert!(store.run(other, seen[0], now).await.unwrap().is_none(), "another account's run is shown");
    let exact = store.runs(other, &RunsQuery { before: None, limit: 6, errors: 0 }, now).await.unwrap();
    assert_eq!((exact.runs.len(), exact.next_cursor), (6, None), "a full last page promises another");
}
