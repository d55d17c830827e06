//! The owner of a run ends, by force or by request.

use super::{PATIENCE, Replicas, house, three};
use crate::{
    house::{rest, within},
    kills::live,
};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// The owner is killed at any moment of a run; gives whether that was in the middle of it. The library may change before
/// the heir looks at it.
async fn a_death(replicas: &mut Replicas, owner: usize, mode: &str) -> bool {
    let (heir, other) = ((owner + 1) % 3, (owner + 2) % 3);
    let run = replicas.begin(owner, json!({"mode": mode, "batchSize": 25})).await;
    rest(Duration::from_millis(rand::random_range(0..2_000))).await;
    let lost = Instant::now();
    replicas.kill(owner);
    if rand::random_bool(0.5) {
        replicas.house.simulator.edit(live);
    }
    replicas.assert_counted().await;
    let caught = replicas.taken_over(lost).await;
    replicas.completed(heir, &run).await;
    replicas.assert_counted().await;
    replicas.agree(&[heir, other]).await;
    replicas.sync(other).await;
    replicas.assert_sound(heir).await;
    caught
}

#[tokio::test]
async fn an_owner_killed_at_any_moment_is_followed_by_another_that_ends_the_run_and_counts_nothing_twice() {
    let mut replicas = three().await;
    let mut caught = 0;
    for (round, mode) in ["full", "incremental", "full", "full"].into_iter().enumerate() {
        let owner = round % 3;
        replicas.house.simulator.edit(live);
        caught += usize::from(a_death(&mut replicas, owner, mode).await);
        replicas.restart(owner).await;
        replicas.agree(&[0, 1, 2]).await;
    }
    assert!(caught >= 3, "only {caught} runs were caught in the middle: they are too short for this test");
    assert_eq!(replicas.house.count("select count(*) from sync_runs").await, 8, "a run was started by nobody");
}

#[tokio::test]
async fn behind_a_pooler_too_another_follows_an_owner_that_is_killed() {
    let mut replicas = Replicas::behind_a_pooler(house(Duration::from_millis(100)).await).await;
    assert!(a_death(&mut replicas, 0, "full").await, "the run is too short for this test");
}

#[tokio::test]
async fn an_heir_that_is_killed_in_its_turn_is_followed_by_the_third() {
    let mut replicas = three().await;
    let run = replicas.in_mid_run(0).await;
    // While the third sleeps, the heir can only be the second.
    replicas.program(2).freeze();
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(300));
    let lost = Instant::now();
    replicas.kill(0);
    assert!(replicas.taken_over(lost).await, "the run is too short for this test");
    replicas.program(2).thaw();
    let lost = Instant::now();
    replicas.kill(1);
    assert!(replicas.taken_over(lost).await, "the run is too short for this test");
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    replicas.completed(2, &run).await;
    replicas.assert_sound(2).await;
}

#[tokio::test]
async fn an_owner_that_is_asked_to_end_leaves_its_run_to_another_at_once() {
    let mut replicas = three().await;
    let run = replicas.in_mid_run(0).await;
    let asked = Instant::now();
    let status = replicas.terminate(0).await;
    assert!(status.is_some_and(|status| status.success()), "it took more than 5 s, or failed");
    // Without being left to others, the run would be taken for lost after 9 to 12 s.
    assert!(replicas.taken_over_within(Duration::from_secs(8), asked).await, "it was over before");
    replicas.completed(2, &run).await;
    assert_eq!(replicas.house.count("select count(*) from sync_runs").await, 1);
    replicas.assert_sound(1).await;
    replicas.restart(0).await;
    replicas.agree(&[0, 1, 2]).await;
    replicas.sync(0).await;
    replicas.assert_sound(0).await;
}

#[tokio::test]
async fn a_paused_run_outlives_its_owner_and_goes_on_elsewhere_only_when_it_is_told_to() {
    let mut replicas = three().await;
    let run = replicas.in_mid_run(0).await;
    assert_eq!(replicas.act(1, "pause").await.body["status"]["status"], "paused");
    replicas.until(0, PATIENCE, |status| status["status"] == "paused").await;
    // The batch in flight is stored yet.
    rest(Duration::from_secs(2)).await;
    replicas.kill(0);
    let before = replicas.footprint().await;
    // Longer than it takes to notice.
    rest(Duration::from_secs(20)).await;
    assert_eq!(replicas.footprint().await, before, "a paused run went on by itself");
    let shown = replicas.agree(&[1, 2]).await;
    assert_eq!((&shown["id"], &shown["status"]), (&json!(run), &json!("paused")), "{shown:#}");
    let resumed = within(Duration::from_secs(30), replicas.act(2, "resume")).await.expect("an answer");
    assert_eq!(resumed.body["status"]["status"], "running", "{resumed:?}");
    replicas.completed(1, &run).await;
    replicas.assert_sound(2).await;
}
