use crate::{
    domain::Timestamp,
    store::{Service, Store, StoreError, databases, sql, statement::Statement},
};
use std::time::Duration;

/// Turns of each server.
const TURNS: usize = 60;

async fn account(store: &Store, number: i64) -> i64 {
    store.put_user(Service::Demo, number, "somebody", None, Timestamp::from_millis(1)).await.unwrap().id
}

/// Adds one to the number that is written down.
async fn count(store: &Store, user: i64) -> Result<(), StoreError> {
    store.pace_turn(user, |text, _| (number(text) + 1).to_string()).await
}

fn number(text: Option<&str>) -> i64 {
    text.map_or(0, |text| text.parse().unwrap_or(i64::MIN))
}

/// What is written down, and the database's time; left as it is.
async fn look(store: &Store, user: i64) -> (Option<String>, i64) {
    let mut seen = (None, 0);
    let looked = store.pace_turn(user, |text, now| {
        seen = (text.map(str::to_owned), now);
        text.unwrap_or_default().to_owned()
    });
    looked.await.unwrap();
    seen
}

/// Two servers take turns of two accounts all at once.
async fn play(ours: &Store, theirs: &Store) {
    let accounts = [account(ours, 1).await, account(ours, 2).await];
    let turns = (0..TURNS).flat_map(|_| [ours, theirs]).flat_map(|store| accounts.map(|user| count(store, user)));
    for taken in futures::future::join_all(turns).await {
        taken.unwrap();
    }
    let before = look(ours, accounts[0]).await.1;
    for user in accounts {
        assert_eq!(look(theirs, user).await.0, Some((2 * TURNS).to_string()), "a turn was lost");
    }
    let after = look(ours, accounts[0]).await.1;
    assert!(before > 1_700_000_000_000 && (before..before + 60_000).contains(&after), "{before}, {after}");
}

#[tokio::test]
async fn no_turn_of_two_servers_on_one_sqlite_file_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let url = databases::sqlite(folder.path());
    play(&Store::open(&url).await.unwrap(), &Store::open(&url).await.unwrap()).await;
}

#[tokio::test]
async fn no_turn_of_two_servers_on_one_postgresql_is_lost_and_one_may_come_through_a_pooler() {
    let url = databases::postgres().await;
    let ours = Store::open(&url).await.unwrap();
    play(&ours, &Store::open(&url).await.unwrap()).await;
    let url = databases::postgres().await;
    let (pooler, name) = (databases::pooler(), url.rsplit_once('/').unwrap().1);
    let theirs = format!("{}/{name}", pooler.rsplit_once('/').unwrap().0);
    play(&Store::open(&url).await.unwrap(), &Store::open(&theirs).await.unwrap()).await;
}

#[tokio::test]
async fn no_request_waits_for_a_batch_of_its_account_nor_for_those_who_wait_for_it() {
    let store = Store::open(&databases::postgres().await).await.unwrap();
    let user = account(&store, 1).await;
    let batch = store.begin(user).await.unwrap();
    let next = futures::future::join_all((0..20).map(|_| store.begin(user)));
    tokio::select! {
        biased;
        _ = next => panic!("a second batch began"),
        taken = async { for _ in 0..20 { count(&store, user).await.unwrap(); } } => taken,
    }
    batch.commit().await.unwrap();
    assert_eq!(look(&store, user).await.0.as_deref(), Some("20"));
}

#[tokio::test]
async fn a_turn_that_is_held_up_fails_soon_and_holds_up_no_other_account() {
    let url = databases::postgres().await;
    let store = Store::open(&url).await.unwrap();
    let [ours, theirs] = [account(&store, 1).await, account(&store, 2).await];
    let held = store.turn(ours).await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { count(&store, ours).await }
    });
    for _ in 0..20 {
        count(&store, theirs).await.unwrap();
    }
    assert!(!waiting.is_finished(), "two turns at once");
    let failed = tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap();
    assert!(matches!(failed, Err(StoreError::Contended)), "{failed:?}");
    drop(held);
    count(&store, ours).await.unwrap();
    // Who takes a turn and vanishes in it, without a word and without hanging up, is cut off.
    let _held = store.turn(ours).await.unwrap();
    let mut attempts = 0;
    while count(&store, ours).await.is_err() {
        attempts += 1;
        assert!(attempts < 10, "it is held for ever");
    }
}

#[tokio::test]
async fn a_turn_meets_its_own_account_only() {
    let url = databases::postgres().await;
    let store = Store::open(&url).await.unwrap();
    let [ours, theirs] = [account(&store, 1).await, account(&store, 2).await];
    for user in [ours, theirs, theirs] {
        count(&store, user).await.unwrap();
    }
    let seen: Vec<String> = Statement::new("select state from paces").scalars(store.reading(ours)).await.unwrap();
    assert_eq!(seen, ["1"]);
    let mut turn = store.turn(ours).await.unwrap();
    let put = Statement::new(sql::PUT_PACE).bind(theirs).bind("spoilt");
    assert_eq!(put.execute(&mut turn).await.unwrap(), 0);
    assert_eq!(Statement::new("update paces set state = 'spoilt'").execute(&mut turn).await.unwrap(), 1);
    turn.commit().await.unwrap();
    assert_eq!(look(&store, theirs).await.0.as_deref(), Some("2"));
}

#[tokio::test]
async fn of_an_account_that_is_gone_nothing_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    for url in [databases::sqlite(folder.path()), databases::postgres().await] {
        let store = Store::open(&url).await.unwrap();
        let user = account(&store, 1).await;
        count(&store, user).await.unwrap();
        store.depart(user, Timestamp::from_millis(2)).await.unwrap();
        while !store.purge_departed(user, 50).await.unwrap() {}
        assert_eq!(databases::number(&url, "select count(*) from paces").await, 0);
        count(&store, user).await.unwrap();
        assert_eq!(look(&store, user).await.0, None);
    }
}
