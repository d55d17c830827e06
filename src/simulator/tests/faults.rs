//! Everything that goes wrong, goes wrong as ordered.

use super::World;
use crate::simulator::{Account, Fault, Library, Rule, Spell};
use std::time::Duration;

#[tokio::test]
async fn item_10_a_fault_stands_in_for_one_answer_and_the_next_is_right() {
    let cases = [
        (Fault::Html(502), 502, "<html>"),
        (Fault::Html(504), 504, "<html>"),
        (Fault::Maintenance(503), 503, "Temporarily Down For Maintenance"),
        (Fault::Maintenance(200), 200, "Temporarily Down For Maintenance"),
        (Fault::EmptyObject, 200, "{}"),
        (Fault::ErrorObject(34), 200, "too_many_requests"),
        (Fault::Code(36), 429, "fair_usage_limit"),
        (Fault::Code(14), 403, "account_locked"),
        (Fault::EmptyArray, 200, "[]"),
        (Fault::Refusal { status: 403, code: None, error: None }, 403, "null"),
        (Fault::Body { status: 418, body: "\"tea\"".to_owned() }, 418, "tea"),
    ];
    let world = World::new(5, 0).await;
    for (fault, status, text) in cases {
        world.simulator.script(Rule::on("/torrents").answer(fault.clone()));
        let answer = world.get("/torrents").await;
        assert_eq!(answer.status(), status, "{fault:?}");
        let body = answer.text().await.unwrap();
        assert!(body.contains(text), "{fault:?}: {body}");
        assert_eq!(world.get("/torrents").await.status(), 200);
    }
}

#[tokio::test]
async fn item_10_an_empty_body_and_an_empty_list_are_not_the_same() {
    let world = World::new(5, 0).await;
    for (fault, status) in [(Fault::EmptyBody, 200), (Fault::EmptyList, 204)] {
        world.simulator.script(Rule::on("/torrents").answer(fault));
        let answer = world.get("/torrents").await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.bytes().await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn item_10_a_truncated_body_arrives_whole_as_http_and_is_no_json() {
    let world = World::new(5, 0).await;
    let whole = world.get("/torrents").await.bytes().await.unwrap();
    world.simulator.script(Rule::on("/torrents").answer(Fault::Truncated));
    let half = world.get("/torrents").await.bytes().await.unwrap();
    assert_eq!(half, whole[..whole.len() / 2]);
    assert!(serde_json::from_slice::<serde_json::Value>(&half).is_err());
}

#[tokio::test]
async fn item_10_a_cut_connection_fails_while_the_body_is_read() {
    let world = World::new(50, 0).await;
    world.simulator.script(Rule::on("/torrents").answer(Fault::Cut));
    let mut answer = world.get("/torrents").await;
    assert_eq!(answer.status(), 200);
    let announced = answer.content_length().unwrap();
    let mut read = 0;
    let failure = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => read += chunk.len() as u64,
            other => break other,
        }
    };
    assert!(failure.is_err(), "the body ended as if complete");
    assert!(0 < read && read < announced, "{read} of {announced}");
}

#[tokio::test]
async fn item_10_a_reset_connection_answers_nothing() {
    let world = World::new(5, 0).await;
    world.simulator.script(Rule::on("/torrents").times(10).answer(Fault::Reset));
    let failure = world.request("GET", "/torrents").send().await.unwrap_err();
    assert!(failure.is_request(), "{failure:?}");
    assert_eq!(world.get("/user").await.status(), 200);
}

#[tokio::test]
async fn item_10_silence_lasts_until_the_client_gives_up() {
    let world = World::new(5, 0).await;
    world.simulator.script(Rule::on("/user").answer(Fault::Silence));
    let failure = world.request("GET", "/user").timeout(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(failure.is_timeout(), "{failure:?}");
}

#[tokio::test]
async fn item_10_a_drip_takes_its_time_and_is_complete() {
    let world = World::new(5, 0).await;
    let whole = world.get("/user").await.bytes().await.unwrap();
    world.simulator.script(Rule::on("/user").answer(Fault::Drip(whole.len() as u64 * 5)));
    let before = world.simulator.0.shared.clock.elapsed();
    assert_eq!(world.get("/user").await.bytes().await.unwrap(), whole);
    let took = world.simulator.0.shared.clock.elapsed().checked_sub(before).unwrap();
    assert!(took >= Duration::from_millis(180), "{took:?}");
}

#[tokio::test]
async fn item_10_every_third_request_fails_when_told_to() {
    let world = World::new(5, 0).await;
    world.simulator.knobs(|knobs| knobs.fail_every = Some((3, Fault::Html(503))));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(world.get("/user").await.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 503, 200, 200, 503]);
}

#[tokio::test]
async fn item_10_an_outage_lasts_until_it_is_over() {
    let world = World::new(5, 0).await;
    world.simulator.knobs(|knobs| knobs.outage = Some(Fault::Maintenance(503)));
    assert_eq!(world.get("/user").await.status(), 503);
    assert_eq!(world.get("/torrents").await.status(), 503);
    world.simulator.script(Rule::on("/user").turn(|knobs| knobs.outage = None));
    assert_eq!(world.get("/user").await.status(), 200);
}

#[tokio::test]
async fn item_10_a_compressed_body_reads_as_the_plain_one() {
    let world = World::new(50, 0).await;
    let plain = world.get("/torrents").await.text().await.unwrap();
    world.simulator.knobs(|knobs| knobs.shape.gzip = true);
    assert_eq!(world.get("/torrents").await.text().await.unwrap(), plain);
    let sent = world.simulator.journal()[1].bytes;
    let raw = reqwest::Client::builder().no_gzip().build().unwrap();
    let request = raw.get(format!("{}/torrents", world.simulator.api_url())).bearer_auth("demo-token");
    let answer = request.header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(answer.bytes().await.unwrap().len() < sent / 2);
}

#[tokio::test]
async fn item_10_latency_is_felt() {
    let world = World::new(5, 0).await;
    world.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(120));
    let before = world.simulator.0.shared.clock.elapsed();
    world.get("/user").await;
    assert!(world.simulator.0.shared.clock.elapsed().checked_sub(before).unwrap() >= Duration::from_millis(120));
}

#[tokio::test]
async fn item_10_an_outage_can_be_scheduled_from_and_to() {
    let world = World::new(5, 0).await;
    world.simulator.spell(Duration::from_secs(100), Duration::from_mins(1), Fault::Html(503));
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(world.get("/user").await.status().as_u16());
        world.simulator.advance(Duration::from_secs(40));
    }
    assert_eq!(statuses, [200, 200, 200, 503, 200]);
}

#[tokio::test]
async fn item_10_lists_can_claim_to_be_empty_for_a_time_and_only_for_one_account() {
    let world = World::new(5, 5).await;
    world.simulator.add_account(Account::new("other-token", "other", Library::generate(2, 7, 0)));
    world.simulator.knobs(|knobs| {
        let empty = |path: &str| {
            let until = Duration::from_mins(10);
            Spell::new(Duration::ZERO, until, Fault::EmptyList).on(path).token("demo-token")
        };
        knobs.spells = vec![empty("/torrents"), empty("/downloads")];
    });
    for path in ["/torrents", "/downloads"] {
        let answer = world.get(path).await;
        assert_eq!((answer.status().as_u16(), super::total(&answer)), (204, Some("0")));
    }
    assert_eq!(world.get("/user").await.status(), 200);
    let other = world.client.get(format!("{}/torrents", world.simulator.api_url())).bearer_auth("other-token");
    assert_eq!(super::total(&other.send().await.unwrap()), Some("7"));
    world.simulator.advance(Duration::from_mins(10));
    assert_eq!(world.ids("/torrents").await.len(), 5);
}

#[tokio::test]
async fn item_10_a_fault_can_be_bound_to_the_number_of_the_request_or_to_a_token() {
    let world = World::new(5, 5).await;
    world.simulator.add_account(Account::new("other-token", "other", Library::generate(2, 7, 0)));
    world.simulator.script(Rule::number(2).answer(Fault::Html(502)));
    world.simulator.script(Rule::numbers(4..=5).answer(Fault::Html(504)));
    world.simulator.script(Rule::on("*").token("other-token").answer(Fault::Code(14)));
    let mut statuses = Vec::new();
    for path in ["/user", "/torrents", "/downloads", "/user", "/time", "/user"] {
        statuses.push(world.get(path).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 502, 200, 504, 504, 200]);
    let other = world.client.get(format!("{}/user", world.simulator.api_url())).bearer_auth("other-token");
    assert_eq!(world.refusal(other).await, (403, 14));
}

#[tokio::test]
async fn item_10_a_reset_spares_whoever_comes_on_another_connection() {
    let world = World::new(5, 0).await;
    world.simulator.knobs(|knobs| knobs.drip = Some(100));
    let slow = tokio::spawn(world.request("GET", "/user").send());
    world.simulator.script(Rule::on("/torrents").times(10).answer(Fault::Reset));
    let raw = reqwest::Client::builder().build().unwrap();
    let reset = raw.get(format!("{}/torrents", world.simulator.api_url())).bearer_auth("demo-token").send().await;
    assert!(reset.is_err());
    let body = slow.await.unwrap().unwrap().json::<serde_json::Value>().await.unwrap();
    assert_eq!(body["username"], "demo");
}
