//! The Real-Debrid account in the status and on the sync page: its premium, its pace, every wait with its reason, and
//! what to do when it is refused.

use crate::{
    clockwork::Clockwork,
    house::{House, within},
};
use dmm::{
    domain::{SyncConfigurationPatch, SyncStatus, Timestamp},
    simulator::{Fault, Knobs, Options, Rule, knobs::Rate},
    sync::{EngineOptions, StartRequest},
};
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

async fn premium_until(house: &House) -> Value {
    house.get("/api/auth/session").await.body["user"]["premiumUntil"].clone()
}

async fn page(house: &House) -> String {
    house.get("/sync").await.body.as_str().unwrap_or_default().to_owned()
}

fn waits(status: &Value, reason: &str) -> bool {
    status["pace"]["waiting"]["reason"].as_str().is_some_and(|told| told.contains(reason))
}

/// Seconds from now until the wait is over.
fn seconds_left(status: &Value) -> i64 {
    let until = status["pace"]["waiting"]["until"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let now = dmm::clock::Clock::system().now();
    until.expect("a time").millis_since(now) / 1_000
}

#[tokio::test]
async fn the_end_of_premium_is_what_the_last_run_saw_and_the_page_warns_two_weeks_before() {
    let house = House::with(20, 0).await;
    let token = house.simulator.token().to_owned();
    assert_eq!(premium_until(&house).await, "2031-05-17T08:00:00.000Z");
    assert!(!page(&house).await.contains("Premium ends on"));
    let soon = dmm::clock::Clock::system().now().plus_millis(13 * 86_400_000);
    house.simulator.edit_account(&token, |account| account.user.expiration = Some(soon.to_string()));
    house.sync(json!({})).await;
    assert_eq!(premium_until(&house).await, soon.to_string());
    let warned = page(&house).await;
    assert!(warned.contains("Premium ends on") && warned.contains("12 days left"), "{warned}");
    house.simulator.edit_account(&token, dmm::simulator::Account::lapse);
    house.sync(json!({})).await;
    assert_eq!(premium_until(&house).await, Value::Null);
    let lapsed = page(&house).await;
    assert!(lapsed.contains("has no premium") && lapsed.contains("deletes nothing here"), "{lapsed}");
}

#[tokio::test]
async fn f6_the_status_tells_how_many_requests_are_left_and_when_all_are() {
    let house = House::with_pace(20, 50).await;
    let fresh = house.status().await["pace"].clone();
    assert_eq!(fresh, json!({"limit": 20, "left": 20, "fullAt": null, "waiting": null}));
    house.requests();
    let status = house.sync(json!({})).await;
    let sent = i64::try_from(house.requests().len()).expect("few");
    assert!(sent > 1, "{sent} requests");
    assert_eq!((&status["pace"]["limit"], &status["pace"]["left"]), (&json!(20), &json!(20 - sent)), "{status:#}");
    let full = status["pace"]["fullAt"].as_str().and_then(|text| text.parse::<Timestamp>().ok()).expect("a time");
    let seconds = full.millis_since(dmm::clock::Clock::system().now()) / 1_000;
    assert!((45..=61).contains(&seconds), "all are left in {seconds} s");
}

#[tokio::test]
async fn f6_c2_the_wait_for_our_own_pace_is_told_and_goes_with_the_run() {
    let house = House::with_pace(4, 12_000).await;
    house.start(json!({"batchSize": 500})).await;
    let status = house.until(|status| waits(status, "keeping to the pace")).await;
    assert_eq!(status["pace"]["left"], 0, "{status:#}");
    assert!((30..=60).contains(&seconds_left(&status)), "{status:#}");
    house.post("/api/sync/status", json!({"action": "cancel"})).await;
    assert_eq!(house.status().await["pace"]["waiting"], Value::Null);
}

#[tokio::test]
async fn f6_c2_a_refusal_is_told_as_a_wait_for_as_long_as_real_debrid_asks() {
    let house = House::with(50, 0).await;
    house.simulator.knobs(|knobs| {
        knobs.rate.per_minute = Some(0);
        knobs.rate.retry_after = Some("600".to_owned());
    });
    house.start(json!({})).await;
    let status = house.until(|status| waits(status, "asked us to slow down")).await;
    assert!((580..=600).contains(&seconds_left(&status)), "{status:#}");
    assert_eq!(status["pace"]["left"], 0, "{status:#}");
    let paused = house.post("/api/sync/status", json!({"action": "pause"})).await;
    assert_eq!(paused.body["status"]["pace"]["waiting"], Value::Null, "a paused run waits for its user");
    house.post("/api/sync/status", json!({"action": "cancel"})).await;
}

#[tokio::test]
async fn e1_c2_the_wait_for_a_repeat_is_told_with_its_number_and_cause() {
    let house = House::with(10, 0).await;
    house.simulator.script(Rule::on("/torrents").times(2).answer(Fault::Html(502)));
    house.start(json!({"maxRetries": 5})).await;
    let status = house.until(|status| waits(status, "repeating after an error (1 of 5), Real-Debrid is not")).await;
    assert!(waits(&status, "(502)") && !waits(&status, "try again later"), "{status:#}");
    assert!((0..=10).contains(&seconds_left(&status)), "{status:#}");
    let ended = house.ended().await;
    assert_eq!((&ended["status"], &ended["pace"]["waiting"]), (&json!("completed"), &Value::Null), "{ended:#}");
}

#[tokio::test]
async fn f6_c2_a_block_is_told_as_one() {
    let knobs = Knobs { rate: Rate { per_minute: Some(0), ..Rate::default() }, ..Knobs::default() };
    let engine = EngineOptions { contents: false, ..EngineOptions::default() };
    let works = Clockwork::with(Options { torrents: 10, downloads: 0, knobs, ..Options::default() }, engine).await;
    let patient = SyncConfigurationPatch { sync_timeout: Some(86_400_000), ..SyncConfigurationPatch::default() };
    let request = StartRequest { overrides: patient, ..StartRequest::default() };
    works.engine.start(works.user, &request).await.expect("it starts");
    let reason = |status: &SyncStatus| status.pace.waiting.as_ref().map(|wait| wait.reason.clone()).unwrap_or_default();
    works.until(|status| reason(status).contains("asked us to slow down")).await;
    works.until(|status| reason(status).contains("is blocking requests for a while")).await;
    works.engine.cancel(works.user).await.expect("it ends");
}

#[tokio::test]
async fn f6_the_background_tells_its_wait_and_an_open_page_gets_no_events_because_time_passes() {
    let house = House::with_contents(30, 10).await;
    house.sync(json!({})).await;
    let status = house.until(|status| waits(status, "leaving the rest")).await;
    assert_eq!((&status["status"], &status["pace"]["limit"]), (&json!("completed"), &json!(10)), "{status:#}");
    assert!(status["pace"]["left"].as_i64() > Some(0), "a person or a sync would not have to wait: {status:#}");
    assert!(seconds_left(&status) > 10, "{status:#}");
    let stream = house.http.get(format!("{}/api/sync/events", house.base)).bearer_auth(&house.token).send();
    let mut stream = stream.await.expect("a stream").bytes_stream();
    let mut text = String::new();
    within(Duration::from_secs(3), async {
        while let Some(Ok(part)) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&part));
        }
    })
    .await;
    assert_eq!(text.matches("event: status").count(), 1, "{text}");
    assert!(text.contains("leaving the rest"), "{text}");
}

#[tokio::test]
async fn e4_each_refusal_of_the_account_has_its_own_remedy_and_a_link_where_one_helps() {
    let house = House::with(5, 0).await;
    for (code, words, link) in [
        (8, "sign in again", Some("Sign in again")),
        (9, "grant torrents, downloads and user", Some("Sign in again")),
        (10, "two-factor check", Some("Open real-debrid.com")),
        (14, "support to unlock it", None),
        (15, "by the e-mail", None),
        (22, "run DMM from another address", Some("Open real-debrid.com")),
    ] {
        house.simulator.script(Rule::on("/user").answer(Fault::Code(code)));
        let status = house.sync(json!({"maxRetries": 0})).await;
        let error = status["error"].as_str().unwrap_or_default();
        assert!(status["status"] == "error" && error.contains(words), "{code}: {status:#}");
        let page = page(&house).await;
        // The help below has a button of that name too.
        let page = page.split("sync-aside").next().unwrap_or_default();
        for label in ["Sign in again", "Open real-debrid.com"] {
            assert_eq!(page.contains(label), link == Some(label), "{code}: {label}");
        }
    }
    house.sync(json!({})).await;
    let page = page(&house).await;
    assert!(!page.split("sync-aside").next().unwrap_or_default().contains("Sign in again"), "the failure is over");
}

#[tokio::test]
async fn e6_torrents_whose_contents_cannot_be_read_are_named_on_the_sync_page_with_the_reason() {
    let house = House::with_contents(8, 100_000).await;
    house.simulator.script(Rule::on("/torrents/info/*").times(2).answer(Fault::Code(7)));
    house.sync(json!({})).await;
    house.until(|status| status["contents"]["processed"] == 6).await;
    let page = page(&house).await;
    assert!(page.contains("The contents of 2 torrents could not be read"), "{page}");
    assert!(page.contains("Real-Debrid does not know this torrent"), "{page}");
    assert_eq!(page.matches("class=\"again\"").count(), 2);
}
