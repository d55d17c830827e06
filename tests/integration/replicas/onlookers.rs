//! What a server tells of the runs of another, which is played here by changes of the database.

use super::{PATIENCE, stream::Stream};
use crate::{
    databases,
    house::{House, rest, within},
};
use dmm::sync::EngineOptions;
use serde_json::Value;
use std::time::Duration;

/// Another server begins a run like the last one.
const BEGINS: &str = "\
    insert into sync_runs (user_id, mode, state, configuration, started_at, started_by) \
        select user_id, 'full', 'running', configuration, ended_at + 1, started_by from sync_runs order by id desc limit 1; \
    update leases set number = number + 1, beat = 0, holder = 'elsewhere', shown = null where task = 'run'";

/// A house with one run behind it, on a database that others may share. Whoever is no heir leaves their runs alone.
async fn onlooker(is_heir: bool) -> House {
    let engine = EngineOptions { contents: false, is_heir, ..EngineOptions::default() };
    let house = House::on_with_engine(&databases::postgres().await, 40, 0, engine).await;
    house.sync(serde_json::json!({})).await;
    house
}

/// Waits until a stream has told of a run what is wanted.
async fn told(stream: &Stream, run: &str, wanted: impl Fn(&Value) -> bool) {
    let comes = async {
        while !stream.of(run).iter().any(&wanted) {
            rest(Duration::from_millis(10)).await;
        }
    };
    assert!(within(PATIENCE, comes).await.is_some(), "only this was told of run {run}: {:#?}", stream.of(run));
}

#[tokio::test]
async fn c1_the_end_of_a_run_elsewhere_is_told_although_the_next_has_begun_or_ended_before_anybody_looked() {
    let house = onlooker(false).await;
    house.damage(BEGINS).await;
    let stream = Stream::at(&house, &house.base).await;
    told(&stream, "2", |status| status["status"] == "running").await;
    for (change, run, next, state) in [
        (
            "update sync_runs set state = 'completed', ended_at = started_at + 5, summary = 'Done.' where id = 2; \
             insert into sync_runs (user_id, mode, state, configuration, started_at, started_by) \
                select user_id, mode, 'running', configuration, ended_at + 1, started_by from sync_runs where id = 2",
            "2",
            "3",
            "running",
        ),
        (
            "update sync_runs set state = 'completed', ended_at = started_at + 5, summary = 'Done.' where id = 3; \
             insert into sync_runs (user_id, mode, state, configuration, started_at, ended_at, started_by) \
                select user_id, mode, 'completed', configuration, ended_at + 1, ended_at + 2, started_by \
                from sync_runs where id = 3",
            "3",
            "4",
            "completed",
        ),
    ] {
        house.damage(change).await;
        told(&stream, next, |status| status["status"] == state).await;
        let end = stream.of(run).pop().expect("something of it");
        assert_eq!((&end["status"], &end["progress"]["current"]), (&"completed".into(), &"Done.".into()), "{end:#}");
    }
}

#[tokio::test]
async fn c3_whoever_takes_a_run_up_shows_no_less_of_it_than_was_shown() {
    let house = onlooker(true).await;
    house.simulator.knobs(|knobs| {
        knobs.latency = Duration::from_millis(400);
        knobs.paging.max_limit = 10;
    });
    let stream = Stream::at(&house, &house.base).await;
    house.damage(BEGINS).await;
    house.status().await;
    told(&stream, "2", |status| status["status"] == "running").await;
    // Rows that had not changed were counted in its memory alone when it died.
    let dies = "\
        update sync_runs set total = 40, processed = 4 where id = 2; \
        update leases set beat = 1, shown = $SHOWN where task = 'run'";
    let mut shown = stream.of("2").pop().expect("something of it");
    shown["progress"]["percentage"] = 95.into();
    shown["progress"]["processed"] = 38.into();
    shown["progress"]["total"] = 40.into();
    let dies = dies.replace("$SHOWN", &format!("'{}'", shown.to_string().replace('\'', "''")));
    house.damage(Box::leak(dies.into_boxed_str())).await;
    house.status().await;
    told(&stream, "2", |status| status["progress"]["percentage"] == 95).await;
    house.damage("update leases set holder = null where task = 'run'").await;
    told(&stream, "2", |status| status["status"] == "completed").await;
    let percentages: Vec<i64> =
        stream.of("2").iter().filter_map(|status| status["progress"]["percentage"].as_i64()).collect();
    assert!(percentages.is_sorted(), "{percentages:?}");
    house.assert_equal().await;
}
