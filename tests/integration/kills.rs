//! Promise 4 and line D6 with the real program: `dmm serve` is killed at any moment, and nothing is lost or counted twice.

use crate::{
    house::{House, rest},
    program::Program,
};
use dmm::simulator::{Knobs, Library, Options};
use serde_json::json;
use std::time::Duration;

const KILLS: usize = 30;

/// A house whose run takes some 40 requests and as many moments to be killed in.
async fn house() -> House {
    let mut knobs = Knobs { latency: Duration::from_millis(12), ..Knobs::unlimited() };
    knobs.paging.max_limit = 100;
    let mut house =
        House::with_options(Options { torrents: 2_500, downloads: 1_200, knobs, ..Options::default() }).await;
    house.close().await;
    house
}

/// What a person does at Real-Debrid meanwhile.
pub(crate) fn live(library: &mut Library) {
    for _ in 0..rand::random_range(0..30) {
        library.add_random_torrent();
    }
    for _ in 0..rand::random_range(0..8) {
        let (torrents, downloads) = (library.torrents().len(), library.downloads().len());
        let torrent = library.torrents()[rand::random_range(0..torrents)].id;
        let download = library.downloads()[rand::random_range(0..downloads)].id;
        library.remove_torrent(torrent);
        library.remove_download(download);
        let changed = library.torrents()[rand::random_range(0..torrents - 1)].id;
        library.torrent_mut(changed).expect("it").status = "virus".into();
    }
}

async fn assert_nothing_was_counted_twice(house: &House) {
    let counted = house.count("select sum(added) - sum(deleted) from sync_runs").await;
    let stored = house.count("select count(*) from files").await;
    assert_eq!(counted, stored, "added less deleted is not what is stored");
}

#[tokio::test]
async fn promise_4_d6_thirty_kills_at_any_moment_lose_nothing_and_count_nothing_twice() {
    let mut house = house().await;
    let mut taken_up = 0;
    for _ in 0..KILLS {
        let program = Program::start(&mut house).await;
        let status = house.status().await;
        let alive = matches!(status["status"].as_str(), Some("running" | "paused"));
        taken_up += usize::from(alive);
        if status["status"] == "paused" {
            rest(Duration::from_millis(50)).await;
            assert_eq!(house.status().await["status"], "paused", "a paused run went on by itself");
            house.post("/api/sync/status", json!({"action": "resume"})).await;
        }
        if !alive {
            house.simulator.edit(live);
            let mode = if rand::random_bool(0.5) { "full" } else { "incremental" };
            house.start(json!({"mode": mode, "batchSize": 25})).await;
        }
        rest(Duration::from_millis(rand::random_range(0..400))).await;
        if rand::random_bool(0.2) {
            house.post("/api/sync/status", json!({"action": "pause"})).await;
        }
        if rand::random_bool(0.5) {
            house.simulator.edit(live);
        }
        program.kill();
        assert_nothing_was_counted_twice(&house).await;
        assert!(house.count("select count(*) from sync_runs where state in ('running', 'paused')").await <= 1);
    }
    assert!(taken_up >= KILLS / 4, "only {taken_up} runs were killed in the middle: they are too short for this test");
    let program = Program::start(&mut house).await;
    if house.status().await["status"] == "paused" {
        house.post("/api/sync/status", json!({"action": "resume"})).await;
    }
    let status = house.ended().await;
    assert!(matches!(status["status"].as_str(), Some("completed" | "idle")), "{status:#}");
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["heldDeletions"]), (&json!("completed"), &json!(0)), "{status:#}");
    house.assert_equal().await;
    assert_nothing_was_counted_twice(&house).await;
    assert!(program.terminate().await.is_some_and(|status| status.success()));
}

#[tokio::test]
async fn d6_a_polite_end_comes_within_five_seconds_in_the_middle_of_a_run_and_the_next_start_goes_on() {
    let mut house = house().await;
    let program = Program::start(&mut house).await;
    house.start(json!({"batchSize": 25})).await;
    house.until(|status| status["progress"]["processed"].as_i64() > Some(300)).await;
    let listener = house.http.get(format!("{}/api/sync/events", house.base)).bearer_auth(&house.token).send().await;
    assert!(listener.is_ok_and(|answer| answer.status().is_success()));
    let (success, words) = Program::last_words(&house).await;
    assert!(!success && words.contains("in use by another DMM server"), "{words}");
    assert!(program.terminate().await.is_some_and(|status| status.success()), "it took more than 5 s, or failed");
    let before = house.count("select processed from sync_runs").await;
    assert!((300..3_700).contains(&before), "{before}");
    let program = Program::start(&mut house).await;
    let status = house.ended().await;
    assert_eq!((&status["status"], &status["id"]), (&json!("completed"), &json!("1")), "{status:#}");
    house.assert_equal().await;
    assert_nothing_was_counted_twice(&house).await;
    program.kill();
}
