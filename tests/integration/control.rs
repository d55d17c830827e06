//! Group D: control.

use crate::house::{House, within};
use dmm::simulator::Fault;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// What takes effect within a second for a person may take longer while other tests keep the machine busy; without the
/// effect it would take minutes.
const AT_ONCE: Duration = Duration::from_secs(4);

/// A house in the middle of a run that takes long enough to be steered.
async fn in_mid_run() -> House {
    let house = House::with(20_000, 0).await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(300));
    house.start(json!({"batchSize": 25})).await;
    house.until(|status| status["progress"]["processed"].as_i64() > Some(0)).await;
    house
}

/// The status but for the pace of requests, whose minute passes whether a run stands still or not.
async fn standing(house: &House) -> Value {
    let mut status = house.status().await;
    status.as_object_mut().and_then(|status| status.remove("pace")).expect("a status shows the pace");
    status
}

async fn act(house: &House, action: &str) -> crate::house::Answer {
    house.post("/api/sync/status", json!({"action": action})).await
}

#[tokio::test]
async fn d1_d5_a_second_start_is_refused_with_the_status_of_the_first() {
    let house = in_mid_run().await;
    let first = house.status().await;
    let refused = house.post("/api/sync/start", json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.body["success"], false);
    assert_eq!(refused.body["code"], "already_running");
    assert_eq!(refused.body["status"]["id"], first["id"]);
}

#[tokio::test]
async fn d5_of_many_starts_at_once_exactly_one_wins() {
    let house = House::with(300, 10).await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(200));
    let starts = (0..20).map(|_| house.post("/api/sync/start", json!({})));
    let answers = futures::future::join_all(starts).await;
    let accepted = answers.iter().filter(|answer| answer.status == StatusCode::ACCEPTED).count();
    assert_eq!(accepted, 1);
    assert_eq!(house.ended().await["status"], "completed");
    assert_eq!(house.count("select count(*) from sync_runs").await, 1);
}

#[tokio::test]
async fn d3_d7_a_paused_run_stands_still_and_goes_on_where_it_was() {
    let house = in_mid_run().await;
    let paused = act(&house, "pause").await;
    assert_eq!((paused.status, &paused.body["status"]["status"]), (StatusCode::OK, &json!("paused")), "{paused:?}");
    // The batch in flight is stored yet, which takes its time on a busy machine.
    let mut stored = -1;
    loop {
        crate::house::rest(Duration::from_secs(1)).await;
        let now = house.count("select count(*) from files").await;
        if std::mem::replace(&mut stored, now) == now {
            break;
        }
    }
    let requests = house.simulator.journal().len();
    let before = standing(&house).await;
    crate::house::rest(Duration::from_millis(900)).await;
    assert_eq!(house.simulator.journal().len(), requests, "a paused run asks nothing");
    assert_eq!(house.count("select count(*) from files").await, stored, "a paused run stores nothing");
    assert_eq!(standing(&house).await, before);
    assert_eq!(act(&house, "pause").await.status, StatusCode::CONFLICT);
    assert_eq!(act(&house, "resume").await.body["status"]["status"], "running");
    let ended = house.ended().await;
    assert_eq!((&ended["status"], &ended["stats"]["added"]), (&json!("completed"), &json!(20_000)), "{ended:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn d6_a_paused_run_stands_still_over_a_restart_and_goes_on_when_it_is_told_to() {
    let mut house = in_mid_run().await;
    assert_eq!(act(&house, "pause").await.status, StatusCode::OK);
    house.restart().await;
    house.requests();
    let stored = house.count("select count(*) from files").await;
    crate::house::rest(Duration::from_secs(1)).await;
    assert_eq!(house.requests(), Vec::<String>::new(), "a paused run asks Real-Debrid after a restart");
    assert_eq!(house.count("select count(*) from files").await, stored, "a paused run stores after a restart");
    assert_eq!(house.status().await["status"], "paused");
    assert_eq!(act(&house, "resume").await.status, StatusCode::OK);
    house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    assert_eq!(house.ended().await["status"], "completed");
    house.assert_equal().await;
}

#[tokio::test]
async fn d4_a_cancelled_run_ends_at_once_keeps_what_it_stored_and_lets_another_start() {
    let house = in_mid_run().await;
    let cancelled = within(AT_ONCE, act(&house, "cancel")).await.expect("cancel takes effect within 1 s");
    assert_eq!(
        (cancelled.status, &cancelled.body["status"]["status"]),
        (StatusCode::OK, &json!("idle")),
        "{cancelled:?}"
    );
    assert_eq!(cancelled.body["status"]["lastSync"], Value::Null, "a cancelled run is no sync");
    let stored = house.count("select count(*) from files").await;
    assert!(stored > 0);
    crate::house::rest(Duration::from_millis(500)).await;
    assert_eq!(house.count("select count(*) from files").await, stored, "a cancelled run stores nothing more");
    house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    let ended = house.sync(json!({})).await;
    assert_eq!(ended["stats"]["added"], 20_000 - stored, "{ended:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn d3_d4_pause_and_cancel_take_effect_while_a_request_or_a_limit_is_waited_for() {
    let house = House::with(50, 0).await;
    house.simulator.knobs(|knobs| {
        knobs.rate.per_minute = Some(0);
        knobs.rate.retry_after = Some("600".to_owned());
    });
    house.start(json!({})).await;
    house.until(|status| status["progress"]["current"].as_str().is_some_and(|step| step.contains("slow down"))).await;
    let paused = within(AT_ONCE, act(&house, "pause")).await.expect("pause within 1 s");
    assert_eq!(paused.body["status"]["status"], "paused");
    let cancelled = within(AT_ONCE, act(&house, "cancel")).await.expect("cancel within 1 s");
    assert_eq!(cancelled.body["status"]["status"], "idle", "{cancelled:?}");
}

#[tokio::test]
async fn d6_a_run_is_the_same_in_every_window_and_goes_on_after_a_restart_without_counting_twice() {
    let mut house = in_mid_run().await;
    let second = house.get("/api/sync/status").await;
    assert_eq!(second.body["status"]["status"], "running");
    house.restart().await;
    let resumed = house.status().await;
    assert_eq!((&resumed["id"], &resumed["status"]), (&second.body["status"]["id"], &json!("running")), "{resumed:#}");
    let ended = house.ended().await;
    assert_eq!((&ended["status"], &ended["stats"]["added"]), (&json!("completed"), &json!(20_000)), "{ended:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn d6_a_paused_run_is_still_paused_after_a_restart() {
    let mut house = in_mid_run().await;
    act(&house, "pause").await;
    house.restart().await;
    assert_eq!(house.status().await["status"], "paused");
    house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    act(&house, "resume").await;
    assert_eq!(house.ended().await["status"], "completed");
    house.assert_equal().await;
    house.restart().await;
    let status = house.status().await;
    assert_eq!((&status["status"], &status["progress"]["percentage"]), (&json!("completed"), &json!(100)));
    assert_ne!(status["lastSync"], Value::Null);
}

#[tokio::test]
async fn d2_a_run_starts_by_itself_when_the_interval_has_passed_unless_it_is_switched_off() {
    let house = House::with(20, 0).await;
    house.sync(json!({})).await;
    house.simulator.edit(dmm::simulator::Library::add_random_torrent);
    let off = json!({"configuration": {"autoSync": false, "syncInterval": 5}});
    house.post("/api/sync/configuration", off).await;
    house.damage("update sync_runs set started_at = started_at - 331000").await;
    crate::house::rest(Duration::from_secs(6)).await;
    assert_eq!(house.count("select count(*) from sync_runs").await, 1, "a run started although auto-sync is off");
    house.post("/api/sync/configuration", json!({"configuration": {"autoSync": true}})).await;
    house.until(|status| status["id"] == "2" && status["status"] == "completed").await;
    house.assert_equal().await;
    crate::house::rest(Duration::from_secs(6)).await;
    assert_eq!(house.count("select count(*) from sync_runs").await, 2, "a run started before its time");
}

#[tokio::test]
async fn d2_while_real_debrid_is_down_it_tries_again_ever_more_rarely_and_says_when() {
    let house = House::with(20, 0).await;
    let first = house.sync(json!({})).await;
    let minutes_until_next = |status: &serde_json::Value| {
        let time =
            |text: &serde_json::Value| text.as_str().and_then(|text| text.parse::<dmm::domain::Timestamp>().ok());
        let (next, ended) = (time(&status["nextSync"]), time(&status["timing"]["ended"]));
        next.zip(ended).map(|(next, ended)| next.millis_since(ended) / 60_000)
    };
    assert!((29..33).contains(&minutes_until_next(&first).unwrap()), "{first:#}");
    house.simulator.knobs(|knobs| knobs.outage = Some(Fault::Maintenance(503)));
    for least in [5, 10, 20] {
        let down = house.sync(json!({"maxRetries": 0})).await;
        assert_eq!(down["status"], "error", "{down:#}");
        let minutes = minutes_until_next(&down).unwrap();
        assert!((least..=least + least / 10).contains(&minutes), "{minutes} min after the failure: {down:#}");
    }
    house.post("/api/sync/configuration", json!({"configuration": {"autoSync": false}})).await;
    assert_eq!(house.status().await["nextSync"], serde_json::Value::Null);
    house.post("/api/sync/configuration", json!({"configuration": {"autoSync": true}})).await;
    house.simulator.knobs(|knobs| knobs.outage = None);
    house
        .damage(
            "update sync_runs set ended_at = ended_at - 1400000, started_at = started_at - 1400000;
             update oauth_tokens set updated_at = updated_at - 1400000;",
        )
        .await;
    let healed = house.until(|status| status["status"] == "completed").await;
    assert!(healed["error"].is_null() && minutes_until_next(&healed).unwrap() >= 29, "{healed:#}");
}

#[tokio::test]
async fn an_action_that_does_not_fit_is_refused_and_says_what_fits() {
    let house = House::with(5, 0).await;
    for action in ["pause", "resume", "cancel"] {
        let refused = act(&house, action).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{action}");
        assert_eq!(refused.body["status"]["status"], "idle");
    }
    assert_eq!(act(&house, "explode").await.status, StatusCode::BAD_REQUEST);
}
