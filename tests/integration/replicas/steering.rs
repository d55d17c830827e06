//! A run is steered and watched from any replica.

use super::{PATIENCE, Replicas, SOON, house, stream::Stream, three};
use crate::house::{rest, within};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

/// Long enough for a request in flight to be answered, and for what it brought to be stored.
const AFTERMATH: Duration = Duration::from_millis(1_500);

/// A house whose runs take ten seconds of nothing but waiting.
const LONG: Duration = Duration::from_millis(300);

/// Lists that Real-Debrid was asked for so far: what runs do, and the reading of contents does not.
fn lists(replicas: &Replicas) -> usize {
    let journal = replicas.house.simulator.journal();
    journal.iter().filter(|request| matches!(request.endpoint(), "/torrents" | "/downloads")).count()
}

async fn is_steered_from_everywhere(replicas: &mut Replicas) {
    let run = replicas.in_mid_run(0).await;
    for other in [1, 2] {
        let refused = replicas.post(other, "/api/sync/start", json!({})).await;
        assert_eq!(
            (refused.status, &refused.body["code"], &refused.body["status"]["id"]),
            (StatusCode::CONFLICT, &json!("already_running"), &json!(run)),
            "replica {other}: {refused:?}"
        );
    }
    let paused = replicas.act(1, "pause").await;
    assert_eq!((paused.status, &paused.body["status"]["status"]), (StatusCode::OK, &json!("paused")), "{paused:?}");
    for each in [2, 0] {
        replicas.until(each, SOON, |status| status["id"] == run && status["status"] == "paused").await;
    }
    rest(AFTERMATH).await;
    let (asked, stored) = (replicas.house.simulator.journal().len(), replicas.footprint().await);
    rest(Duration::from_secs(2)).await;
    let late = replicas.house.simulator.journal().split_off(asked);
    assert!(late.is_empty(), "while a run is paused, Real-Debrid is asked {late:#?}");
    assert_eq!(replicas.footprint().await, stored, "a paused run stores something");
    let shown = replicas.agree(&[0, 1, 2]).await;
    assert_eq!((&shown["id"], &shown["status"]), (&json!(run), &json!("paused")), "{shown:#}");
    for each in [0, 1, 2] {
        assert_eq!(replicas.act(each, "pause").await.status, StatusCode::CONFLICT, "replica {each}");
    }

    let resumed = replicas.act(2, "resume").await;
    assert_eq!((resumed.status, &resumed.body["status"]["status"]), (StatusCode::OK, &json!("running")), "{resumed:?}");
    for each in [0, 1] {
        replicas.until(each, SOON, |status| status["status"] == "running").await;
    }
    let further = |status: &serde_json::Value| status["progress"]["processed"].as_i64() > shown["processed"].as_i64();
    replicas.until(1, PATIENCE, further).await;

    let cancelled = within(SOON, replicas.act(1, "cancel")).await.expect("cancel takes effect soon");
    assert_eq!(
        (cancelled.status, &cancelled.body["status"]["status"]),
        (StatusCode::OK, &json!("idle")),
        "{cancelled:?}"
    );
    let (asked, stored) = (lists(replicas), replicas.written().await);
    for each in [0, 2] {
        replicas.until(each, SOON, |status| status["status"] == "idle").await;
    }
    rest(AFTERMATH).await;
    assert_eq!(lists(replicas), asked, "a cancelled run asks Real-Debrid");
    assert_eq!(replicas.written().await, stored, "a cancelled run stores something");
    assert_eq!(replicas.house.count("select count(*) from sync_runs where state = 'cancelled'").await, 1);
    replicas.agree(&[0, 1, 2]).await;
    for each in [0, 1, 2] {
        for action in ["pause", "resume", "cancel"] {
            assert_eq!(replicas.act(each, action).await.status, StatusCode::CONFLICT, "{action} at replica {each}");
        }
    }

    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    replicas.sync(2).await;
    replicas.assert_sound(1).await;
    replicas.agree(&[0, 1, 2]).await;
}

#[tokio::test]
async fn a_run_is_started_paused_resumed_and_cancelled_from_any_replica() {
    is_steered_from_everywhere(&mut Replicas::of(house(LONG).await).await).await;
}

#[tokio::test]
async fn behind_a_pooler_too_a_run_is_steered_from_any_replica() {
    is_steered_from_everywhere(&mut Replicas::behind_a_pooler(house(LONG).await).await).await;
}

#[tokio::test]
async fn of_starts_at_all_replicas_at_once_exactly_one_wins() {
    let mut replicas = three().await;
    for round in 1..=5 {
        let starts = (0..9).map(|start| replicas.post(start % 3, "/api/sync/start", json!({"batchSize": 25})));
        let answers = futures::future::join_all(starts).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == StatusCode::ACCEPTED);
        assert_eq!(won.len(), 1, "{answers:?}");
        let run = won[0].body["status"]["id"].as_str().expect("the number of a run");
        for answer in lost {
            assert_eq!(
                (answer.status, &answer.body["code"]),
                (StatusCode::CONFLICT, &json!("already_running")),
                "{answer:?}"
            );
        }
        replicas.completed(1, run).await;
        assert_eq!(replicas.house.count("select count(*) from sync_runs").await, round);
        // The next starts come when every replica knows that this run has ended.
        replicas.agree(&[0, 1, 2]).await;
    }
    replicas.assert_sound(2).await;
}

async fn is_watched_from_elsewhere(replicas: &mut Replicas) {
    let stream = Stream::at(&replicas.house, &replicas.each[1].base).await;
    let run = replicas.begin(0, json!({"batchSize": 25})).await;
    replicas.completed(0, &run).await;
    let told = within(SOON, async {
        loop {
            let told = stream.of(&run);
            if told.last().is_some_and(|status| status["status"] == "completed") {
                return told;
            }
            rest(Duration::from_millis(20)).await;
        }
    })
    .await;
    let told = told.unwrap_or_else(|| panic!("the end was never told: {:#?}", stream.of(&run).last()));
    let processed: Vec<i64> = told.iter().filter_map(|status| status["progress"]["processed"].as_i64()).collect();
    assert!(processed.is_sorted(), "{processed:?}");
    let running = told.iter().filter(|status| status["status"] == "running");
    let mut values: Vec<_> = running.filter_map(|status| status["progress"]["processed"].as_i64()).collect();
    values.dedup();
    assert!(values.len() >= 5, "nothing is live: {values:?}");
    assert_eq!(told.iter().filter(|status| status["status"] == "completed").count(), 1, "it ended more than once");
    assert_eq!(processed.last(), Some(&3_060));
    replicas.assert_sound(2).await;
    replicas.agree(&[0, 1, 2]).await;
}

#[tokio::test]
async fn the_progress_of_a_run_is_live_at_other_replicas() {
    is_watched_from_elsewhere(&mut Replicas::of(house(LONG).await).await).await;
}

#[tokio::test]
async fn behind_a_pooler_too_the_progress_of_a_run_is_live_at_other_replicas() {
    is_watched_from_elsewhere(&mut Replicas::behind_a_pooler(house(LONG).await).await).await;
}
