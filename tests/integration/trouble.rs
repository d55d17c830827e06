//! Issue 7, point 4: the database in trouble. A run waits for it and goes on, the page says so, `/readyz` tells the truth,
//! and no batch is stored by half.
//!
//! PostgreSQL is hurt from outside: its connections, its tables, its process. What SQLite does on a full or failing disk
//! is played by the histories, since only its own connection can be told to be full.

#[path = "trouble/scene.rs"]
mod scene;
#[path = "trouble/standby.rs"]
mod standby;

use crate::{
    cut::Cable,
    databases::{self, Cluster, postgres_connection},
    house::{rest, within},
};
use futures::future::join_all;
use reqwest::StatusCode;
use scene::{BATCHES, PATIENCE, Scene, waits};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;

async fn let_go(holder: PgConnection) {
    holder.close().await.expect("it closes");
}

#[tokio::test]
async fn a_run_whose_connections_break_in_the_middle_of_a_batch_waits_and_goes_on_and_no_batch_is_stored_by_half() {
    let url = databases::postgres().await;
    let cable = Cable::to(&url).await;
    let scene = Scene::of(cable.url(), &url, json!({})).await;
    for outage in 0..4 {
        rest(Duration::from_millis(rand::random_range(0..300))).await;
        scene.assert_alive().await;
        let held = if outage % 2 == 0 { Some(scene.in_mid_batch().await) } else { None };
        let before = scene.told_so_far();
        cable.reset();
        scene.told(before, "").await;
        scene.assert_whole().await;
        if let Some(held) = held {
            let_go(held).await;
        }
        rest(Duration::from_millis(rand::random_range(500..2_500))).await;
        scene.assert_whole().await;
        let stored = scene.stored().await;
        cable.heal();
        scene.stored_more(stored, 1).await;
    }
    scene.assert_completed().await;
}

#[tokio::test]
async fn a_run_goes_on_after_a_crash_of_its_database_server_and_readyz_tells_when_it_is_back() {
    let cluster = Cluster::new();
    let url = cluster.start();
    let mut scene = Scene::of(&url, &url, json!({})).await;
    let held = scene.in_mid_batch().await;
    let before = scene.told_so_far();
    cluster.stop();
    drop(held);
    scene.told(before, "the database does not answer").await;
    let ready = scene.house.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{ready:?}");
    assert_eq!(cluster.start(), url, "it is started somewhere else");
    scene.assert_whole().await;
    scene.assert_alive().await;
    scene.ready_again().await;
    scene.assert_completed().await;
    // Before its database goes for good.
    scene.house.close().await;
}

/// Changes of these tables fail for so long, in the middle of a run.
async fn a_run_outlasts(tables: &[&str], code: &str, cause: &str, settings: Value, time: Duration) {
    let scene = Scene::on_postgres(settings).await;
    let before = scene.told_so_far();
    for table in tables {
        databases::fail(&scene.url, table, code).await;
    }
    scene.told(before, cause).await;
    let stored = scene.stored().await;
    rest(time).await;
    scene.assert_whole().await;
    assert_eq!(scene.stored().await, stored, "something was stored, so nothing is proved");
    scene.assert_alive().await;
    for table in tables {
        databases::allow(&scene.url, table).await;
    }
    scene.assert_completed().await;
}

/// It lasts for longer than the run may stand still.
#[tokio::test]
async fn a_run_waits_until_the_full_disk_of_its_database_has_space_and_that_is_no_standstill() {
    let settings = json!({"syncTimeout": 5_000});
    a_run_outlasts(
        &["files"],
        "53100",
        "the disk of the database is full, free some space",
        settings,
        Duration::from_secs(7),
    )
    .await;
}

#[tokio::test]
async fn a_run_waits_until_its_database_takes_changes_again() {
    let tables = ["paces", "leases", "listings", "sync_runs", "files"];
    a_run_outlasts(&tables, "25006", "the database takes no changes at the moment", json!({}), Duration::from_secs(2))
        .await;
}

/// As PostgreSQL says of one that took longer than it may.
#[tokio::test]
async fn a_run_repeats_statements_that_its_database_gives_up() {
    a_run_outlasts(&["files"], "57014", "the database does not answer", json!({}), Duration::from_secs(2)).await;
}

#[tokio::test]
async fn a_run_waits_until_a_deadlock_is_over() {
    a_run_outlasts(&["files"], "40P01", "the database is busy with something else", json!({}), Duration::from_secs(1))
        .await;
}

/// A run whose table somebody else has for himself, from now on until the connection is closed.
async fn in_front_of_a_locked_table(settings: Value) -> (Scene, PgConnection) {
    let scene = Scene::on_postgres(settings).await;
    let mut rival = postgres_connection(&scene.url).await;
    let lock = "begin; lock table files in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut rival).await.expect("the table is locked");
    (scene, rival)
}

#[tokio::test]
async fn a_run_waits_while_somebody_else_holds_its_table_and_says_that_the_database_is_busy() {
    let (scene, rival) = in_front_of_a_locked_table(json!({})).await;
    let before = scene.told_so_far();
    scene.told(before, "the database is busy with something else").await;
    let_go(rival).await;
    scene.assert_completed().await;
}

/// Asking again takes its time, too: a lock is waited for for 8 s.
#[tokio::test]
async fn that_a_run_waits_for_its_database_is_said_until_the_database_has_answered() {
    let (scene, rival) = in_front_of_a_locked_table(json!({})).await;
    scene.told(scene.told_so_far(), "the database is busy with something else").await;
    rest(Duration::from_secs(4)).await;
    let status = scene.house.status().await;
    assert!(
        waits(&status, "the database is busy with something else"),
        "it is asked again, and nobody is told: {status:#}"
    );
    let_go(rival).await;
    scene.stored_more(scene.stored().await, 1).await;
    let status = scene.house.status().await;
    assert!(!waits(&status, ""), "it has answered, and is still waited for: {status:#}");
    scene.assert_completed().await;
}

#[tokio::test]
async fn a_database_that_is_busy_for_longer_than_a_run_may_stand_still_does_not_fail_it() {
    let (scene, rival) = in_front_of_a_locked_table(json!({"syncTimeout": 12_000})).await;
    scene.told(scene.told_so_far(), "the database is busy with something else").await;
    rest(Duration::from_secs(8)).await;
    let_go(rival).await;
    scene.assert_completed().await;
}

#[tokio::test]
async fn on_sqlite_too_a_run_waits_while_another_program_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = databases::sqlite(folder.path());
    let mut scene = Scene::of(&url, &url, json!({})).await;
    let mut rival = databases::sqlite_connection(&url).await;
    sqlx::raw_sql("begin immediate").execute(&mut rival).await.expect("it writes");
    let (before, stored) = (scene.told_so_far(), scene.stored().await);
    scene.told(before, "the database is busy with something else").await;
    assert_eq!(scene.stored().await, stored, "something was stored, so nothing is proved");
    scene.assert_whole().await;
    sqlx::raw_sql("rollback").execute(&mut rival).await.expect("it writes no more");
    scene.assert_completed().await;
    scene.house.close().await;
}

#[tokio::test]
async fn a_run_goes_on_when_others_have_taken_every_connection_and_let_go_of_them() {
    let url = databases::postgres().await;
    let name = url.rsplit_once('/').expect("a name").1.to_owned();
    let role = format!("{name}_owner");
    // The tests' own role is a superuser, for whom no limit holds.
    let admin = async |statement: String| {
        let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut postgres_connection(&url).await).await;
        done.expect("it is done");
    };
    admin(format!("create role {role} login")).await;
    admin(format!("alter database {name} owner to {role}")).await;
    let theirs = url.replace("dmm_owner@", &format!("{role}@"));
    let scene = Scene::of(&theirs, &url, json!({})).await;
    let others = join_all((0..5).map(|_| postgres_connection(&theirs))).await;
    let held = scene.in_mid_batch().await;
    admin(format!("alter database {name} connection limit {}", others.len())).await;
    let before = scene.told_so_far();
    let ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
        where datname = current_database() and application_name = 'dmm'";
    assert!(scene.number(ended).await > 0, "the server has no connections");
    scene.told(before, "the database does not answer").await;
    let_go(held).await;
    let stored = scene.stored().await;
    let ready = scene.house.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{ready:?}");
    scene.assert_whole().await;
    assert_eq!(scene.stored().await, stored, "it has a connection left, so nothing is proved");
    scene.assert_alive().await;
    join_all(others.into_iter().map(let_go)).await;
    admin(format!("alter database {name} connection limit -1")).await;
    scene.ready_again().await;
    scene.assert_completed().await;
}

#[tokio::test]
async fn a_run_that_waits_for_its_database_can_be_paused_resumed_and_cancelled() {
    let scene = Scene::on_postgres(json!({})).await;
    let before = scene.told_so_far();
    databases::fail(&scene.url, "files", "53100").await;
    scene.told(before, "the disk of the database is full").await;
    let paused = scene.act("pause").await;
    assert_eq!((paused.status, &paused.body["status"]["status"]), (StatusCode::OK, &json!("paused")), "{paused:?}");
    // Longer than the wait that it was in.
    rest(Duration::from_secs(2)).await;
    assert_eq!(scene.house.status().await["status"], "paused", "a paused run went on by itself");
    let before = scene.told_so_far();
    let resumed = scene.act("resume").await;
    assert_eq!((resumed.status, &resumed.body["status"]["status"]), (StatusCode::OK, &json!("running")), "{resumed:?}");
    scene.told(before, "the disk of the database is full").await;
    let cancelled = scene.act("cancel").await;
    let state = &cancelled.body["status"]["status"];
    assert_eq!((cancelled.status, state), (StatusCode::OK, &json!("idle")), "{cancelled:?}");
    assert_eq!(scene.number("select count(*) from sync_runs where state = 'cancelled'").await, 1);
    scene.assert_whole().await;
    databases::allow(&scene.url, "files").await;
    let next = scene.house.sync(json!({})).await;
    assert_eq!((&next["status"], &next["error"]), (&json!("completed"), &Value::Null), "{next:#}");
    scene.assert_sound().await;
}

#[tokio::test]
async fn a_wait_for_the_database_is_said_once_however_often_the_run_is_paused_in_it() {
    let scene = Scene::on_postgres(json!({})).await;
    let before = scene.told_so_far();
    databases::fail(&scene.url, "files", "53100").await;
    scene.told(before, "the disk of the database is full").await;
    for _ in 0..2 {
        assert_eq!(scene.act("pause").await.status, StatusCode::OK);
        let before = scene.told_so_far();
        assert_eq!(scene.act("resume").await.status, StatusCode::OK);
        scene.told(before, "the disk of the database is full").await;
    }
    for status in scene.stream.of(&scene.run) {
        let current = status["progress"]["current"].as_str().unwrap_or_default();
        assert!(current.matches("the disk of the database").count() <= 1, "{current}");
    }
    databases::allow(&scene.url, "files").await;
    scene.assert_completed().await;
}

#[tokio::test]
async fn a_batch_whose_commit_was_not_answered_is_neither_stored_nor_counted_twice() {
    let url = databases::postgres().await;
    let cable = Cable::to(&url).await;
    let scene = Scene::of(cable.url(), &url, json!({})).await;
    for _ in 0..5 {
        let before = scene.told_so_far();
        let lost = within(PATIENCE, cable.swallow_next_commit()).await;
        assert!(lost.is_some(), "the run is too short for this test, or stores nothing more");
        scene.told(before, "the database does not answer").await;
        scene.assert_whole().await;
        // Some batches are answered before the next is not.
        scene.stored_more(scene.stored().await, 3 * BATCHES).await;
    }
    scene.assert_alive().await;
    scene.assert_completed().await;
}
