//! A database that may not be written, or that has lost what was written: what a failover brings.

use super::scene::{BATCHES, Scene};
use crate::{
    databases::{self, Cluster, postgres_connection},
    house::House,
};
use dmm::sync::EngineOptions;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

const WAITS: &str = "the database takes no changes at the moment";

async fn order(url: &str, statement: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut postgres_connection(url).await).await;
    done.expect("it is done");
}

#[tokio::test]
async fn a_run_waits_while_a_standby_answers_and_goes_on_when_it_has_taken_over() {
    let cluster = Cluster::new();
    let url = cluster.start();
    let mut scene = Scene::of(&url, &url, json!({})).await;
    let before = scene.told_so_far();
    cluster.stop();
    cluster.demote();
    assert_eq!(cluster.start(), url, "it is started somewhere else");
    scene.told(before, WAITS).await;
    let ready = scene.house.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{ready:?}");
    scene.assert_whole().await;
    scene.assert_alive().await;
    order(&url, "select pg_promote()".to_owned()).await;
    scene.ready_again().await;
    scene.assert_completed().await;
    // Before its database goes for good.
    scene.house.close().await;
}

/// As whoever looks after a database does before they move it, and some hosts do when its disk is nearly full.
#[tokio::test]
async fn a_run_waits_while_its_database_is_set_to_read_only_and_goes_on_when_it_is_not() {
    let scene = Scene::on_postgres(json!({})).await;
    let name = scene.url.rsplit_once('/').expect("a name").1.to_owned();
    let before = scene.told_so_far();
    order(&scene.url, format!("alter database {name} set default_transaction_read_only = on")).await;
    // It holds for connections that are made from now on.
    let ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
        where datname = current_database() and application_name = 'dmm'";
    assert!(scene.number(ended).await > 0, "the server has no connections");
    scene.told(before, WAITS).await;
    let ready = scene.house.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{ready:?}");
    scene.assert_whole().await;
    scene.assert_alive().await;
    // A word of its own, since a transaction that has begun stays what it is.
    let mut admin = postgres_connection(&scene.url).await;
    for statement in [
        "set default_transaction_read_only = off",
        &format!("alter database {name} reset default_transaction_read_only"),
    ] {
        let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut admin).await;
        done.expect("it is done");
    }
    scene.assert_completed().await;
}

/// The run ends with a sentence that says so, and the next one brings everything back.
async fn a_loss_is_noticed(loss: &str) {
    let scene = Scene::on_postgres(json!({})).await;
    order(&scene.url, loss.to_owned()).await;
    let status = scene.house.until(|status| !matches!(status["status"].as_str(), Some("running" | "paused"))).await;
    let error = status["error"].as_str().unwrap_or_default();
    assert!(status["status"] == "error" && error.contains("lost what it had stored"), "{status:#}");
    let next = scene.house.sync(json!({})).await;
    assert_eq!((&next["status"], &next["error"]), (&json!("completed"), &Value::Null), "{next:#}");
    scene.house.assert_equal().await;
    // And it stays so, although the lists have not changed.
    let next = scene.house.sync(json!({})).await;
    assert_eq!((&next["status"], &next["stats"]["added"]), (&json!("completed"), &json!(0)), "{next:#}");
}

/// A standby has taken over without the last batch of the run, in a moment in which nothing was asked of the database.
#[tokio::test]
async fn a_batch_that_a_failover_lost_is_noticed_by_the_next_one() {
    a_loss_is_noticed(&format!(
        // As every writer of the account does first, since they would wait for each other's rows.
        "select pg_advisory_xact_lock(x'd33003'::int, 1); \
         with lost as (delete from files where id in (select id from files order by id desc limit {BATCHES}) returning 1) \
         update sync_runs set added = added - (select count(*) from lost), processed = processed - {BATCHES} \
         where state = 'running'"
    ))
    .await;
}

/// Whoever took them away: they are listed, and so have to be stored.
#[tokio::test]
async fn entries_that_have_vanished_from_the_database_are_noticed_at_the_end_of_a_run() {
    a_loss_is_noticed("delete from files where id in (select id from files order by id limit 7)").await;
}

/// They are among those that no run has to read, since their list has not changed.
#[tokio::test]
async fn entries_that_have_vanished_from_an_unchanged_list_come_back_with_the_second_sync() {
    let engine = EngineOptions { page_rows: 100, contents: false, ..EngineOptions::default() };
    let url = databases::postgres().await;
    let house = House::on_with_engine(&url, 700, 700, engine).await;
    house.sync(json!({})).await;
    databases::change(&url, "delete from files where id in (select id from files order by added_at limit 7)").await;
    for _ in 0..2 {
        let status = house.sync(json!({})).await;
        assert_eq!(status["status"], "completed", "{status:#}");
    }
    house.assert_equal().await;
}
