//! Tokens that are renewed: ahead of their end, when they are refused, once for all, and what comes of a refusal.

use crate::{
    device::{asked, house, signed_in_by_device},
    house::rest,
};
use dmm::simulator::{Fault, Rule};
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_token_is_renewed_before_it_expires_and_once_for_all_who_need_it() {
    let mut house = house().await;
    house.simulator.knobs(|knobs| {
        knobs.oauth.token_life = Duration::from_secs(20);
        knobs.oauth.refresh_rotates = true;
    });
    signed_in_by_device(&mut house).await;
    assert_eq!(house.sync(json!({})).await["status"], "completed");
    assert_eq!(asked(&house, "token"), 0, "it is good still");
    // A tenth of the life before its end.
    rest(Duration::from_secs(18)).await;
    house.simulator.clear_journal();
    let reads = join_all((0..6).map(|_| house.get("/api/files/1"))).await;
    assert!(reads.iter().all(|read| read.status == StatusCode::OK), "{reads:?}");
    assert_eq!(asked(&house, "token"), 1, "one renewal for all");
    assert_eq!(house.sync(json!({"mode": "full"})).await["status"], "completed");
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_question_asked_again_once() {
    let mut house = house().await;
    house.simulator.knobs(|knobs| knobs.oauth.refresh_rotates = true);
    signed_in_by_device(&mut house).await;
    // Long before the end that was told.
    house.simulator.advance(Duration::from_hours(2));
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["error"]), (&json!("completed"), &Value::Null), "{status:#}");
    assert_eq!(asked(&house, "/token"), 1);
    assert_eq!(asked(&house, "user"), 2, "refused, and asked again");
    house.assert_equal().await;
}

#[tokio::test]
async fn a_token_that_is_refused_after_its_renewal_too_ends_the_run() {
    let mut house = house().await;
    signed_in_by_device(&mut house).await;
    house.simulator.script(Rule::on("/user").times(u64::MAX).answer(Fault::Code(8)));
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "error");
    assert!(status["error"].as_str().is_some_and(|error| error.contains("Connection page")), "{status:#}");
    assert_eq!((asked(&house, "/token"), asked(&house, "user")), (1, 2));
}

#[tokio::test]
async fn a_refused_renewal_ends_in_reconnect_and_deletes_nothing() {
    let mut house = house().await;
    signed_in_by_device(&mut house).await;
    house.sync(json!({})).await;
    let before = house.stored().await;
    house.simulator.revoke_applications();
    house.simulator.advance(Duration::from_hours(2));
    house.requests();
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "error");
    assert!(status["error"].as_str().is_some_and(|error| error.contains("sign in again")), "{status:#}");
    assert_eq!(asked(&house, "/token"), 1);
    let page = house.get("/sync").await.body.as_str().unwrap_or_default().to_owned();
    assert!(page.contains("Reconnect") && page.contains("no longer gives DMM access"), "{page}");
    let again = house.sync(json!({})).await;
    assert_eq!(again["status"], "error");
    assert_eq!(asked(&house, "/token"), 1, "who has been refused does not ask again");
    assert_eq!(house.stored().await, before, "nothing is deleted");
    signed_in_by_device(&mut house).await;
    assert_eq!(house.sync(json!({})).await["status"], "completed");
    assert!(!house.get("/sync").await.body.as_str().unwrap_or_default().contains("Reconnect"));
}

#[tokio::test]
async fn a_renewal_that_fails_for_a_while_does_not_cost_the_connection() {
    let mut house = house().await;
    signed_in_by_device(&mut house).await;
    house.simulator.advance(Duration::from_hours(2));
    house.simulator.script(Rule::on("/oauth/v2/token").times(u64::MAX).answer(Fault::Html(502)));
    let status = house.sync(json!({"maxRetries": 1})).await;
    assert_eq!(status["status"], "error");
    let error = status["error"].as_str().unwrap_or_default();
    assert!(error.contains("not available at present"), "{error}");
    assert!(status["nextSync"].as_str().is_some(), "it is tried again soon: {status:#}");
    assert!(!house.get("/sync").await.body.as_str().unwrap_or_default().contains("Reconnect"));
}

#[tokio::test]
async fn a_renewal_that_is_refused_for_being_too_many_is_waited_for_and_not_hammered() {
    let mut house = house().await;
    house.simulator.knobs(|knobs| knobs.oauth.token_life = Duration::from_secs(10));
    signed_in_by_device(&mut house).await;
    house.simulator.advance(Duration::from_secs(10));
    rest(Duration::from_secs(11)).await;
    house.simulator.clear_journal();
    house.simulator.script(Rule::on("/oauth/v2/token").times(u64::MAX).answer(Fault::Code(34)));
    let status = house.sync(json!({"maxRetries": 2})).await;
    assert_eq!(status["status"], "error", "{status:#}");
    assert_eq!(asked(&house, "/oauth/v2/token"), 1, "after a refusal it rests");
}

#[tokio::test]
async fn a_private_token_is_never_renewed() {
    let house = house().await;
    house.simulator.clear_journal();
    house.simulator.script(Rule::on("/user").times(u64::MAX).answer(Fault::Code(8)));
    assert_eq!(house.sync(json!({})).await["status"], "error");
    assert_eq!((asked(&house, "/token"), asked(&house, "user")), (0, 1));
}
