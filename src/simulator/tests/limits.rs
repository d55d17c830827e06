//! How often a client may ask: every window, who is counted, and what a refusal says.

use super::World;
use crate::simulator::{
    Account, Knobs, Library,
    knobs::{OAuth, Rate},
};
use std::time::Duration;

async fn limited(rate: Rate) -> World {
    let world = World::with(2, 2, Knobs { rate, ..Knobs::default() }).await;
    world.simulator.add_account(Account::new("other-token", "other", Library::generate(2, 2, 2)));
    world
}

async fn status(world: &World, token: &str, path: &str) -> u16 {
    let request = world.client.get(format!("{}{path}", world.simulator.api_url())).bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn item_11_the_request_above_the_limit_is_429_until_a_minute_has_passed() {
    let world = World::with(1, 0, Knobs::default()).await;
    for _ in 0..75 {
        assert_eq!(world.get("/torrents?limit=1").await.status(), 200);
    }
    let refused = world.get("/torrents?limit=1").await;
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (429, None));
    assert_eq!(world.get("/user").await.status(), 200, "the limit of the list is not that of the rest");
    world.simulator.knobs(|knobs| knobs.rate.retry_after = Some("17".to_owned()));
    let refused = world.get("/torrents?limit=1").await;
    assert_eq!(refused.headers()["retry-after"], "17");
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["error_code"], 34);
    world.simulator.advance(Duration::from_secs(61));
    assert_eq!(world.get("/torrents?limit=1").await.status(), 200);
}

#[tokio::test]
async fn item_11_refused_calls_count_in_every_window() {
    let rate = Rate { per_minute: Some(3), lists_per_minute: Some(2), ..Rate::unlimited() };
    let world = limited(rate).await;
    let minute = Duration::from_secs(61);
    let asked = async |path| status(&world, "demo-token", path).await;
    assert_eq!([asked("/torrents").await, asked("/torrents").await, asked("/torrents").await], [200, 200, 429]);
    // The refused one was the third of this minute, so the rest is refused too.
    assert_eq!(asked("/user").await, 429);
    for _ in 0..3 {
        world.simulator.advance(Duration::from_secs(25));
        assert_eq!([asked("/user").await, asked("/user").await].last(), Some(&429), "asking on must not help");
    }
    world.simulator.advance(minute);
    assert_eq!(asked("/torrents").await, 200);
}

#[tokio::test]
async fn item_11_token_and_address_are_counted_at_once() {
    let world = limited(Rate { per_minute: Some(4), per_address: true, ..Rate::unlimited() }).await;
    let mut seen = Vec::new();
    for token in ["demo-token", "demo-token", "other-token", "other-token", "other-token", "demo-token"] {
        seen.push(status(&world, token, "/user").await);
    }
    assert_eq!(seen, [200, 200, 200, 200, 429, 429], "no token asked more than four times, the address did");
    world.simulator.knobs(|knobs| knobs.rate.per_address = false);
    assert_eq!(status(&world, "other-token", "/user").await, 200);
    assert_eq!(status(&world, "other-token", "/user").await, 429, "the refused request did not count for the token");
}

#[tokio::test]
async fn item_11_adding_has_a_window_of_ten_seconds() {
    let world = limited(Rate { writes_per_ten_seconds: Some(2), ..Rate::unlimited() }).await;
    let add = async || {
        let request = world.request("POST", "/torrents/addMagnet").body("magnet=none");
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!([add().await, add().await, add().await], [400, 400, 429]);
    assert_eq!(status(&world, "demo-token", "/torrents").await, 200);
    world.simulator.advance(Duration::from_secs(11));
    assert_eq!(add().await, 400);
}

#[tokio::test]
async fn item_11_the_token_endpoint_has_a_window_of_its_own() {
    let world = limited(Rate { tokens_per_minute: Some(2), ..Rate::unlimited() }).await;
    let token = async || {
        let request = world.client.post(format!("{}/token", world.simulator.oauth_url()));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!([token().await, token().await, token().await], [400, 400, 429]);
    let code = format!("{}/device/code?client_id=X", world.simulator.oauth_url());
    assert_eq!(world.client.get(code).send().await.unwrap().status(), 200, "only the token endpoint is limited");
    world.simulator.advance(Duration::from_secs(61));
    assert_eq!(token().await, 400);
    let (rate, oauth) = (Rate::default(), OAuth::default());
    assert!(rate.tokens_per_minute.is_some() && oauth.token_life == Duration::from_hours(1));
}

#[tokio::test]
async fn item_11_who_goes_on_asking_is_blocked_for_minutes() {
    let block_for = Duration::from_mins(10);
    let rate = Rate { per_minute: Some(1), block_after: Some(3), block_for, ..Rate::unlimited() };
    let world = limited(rate).await;
    for expected in [200, 429, 429, 429, 429] {
        assert_eq!(status(&world, "demo-token", "/user").await, expected);
    }
    world.simulator.advance(Duration::from_mins(9));
    assert_eq!(status(&world, "demo-token", "/user").await, 429, "the window has passed and the block has not");
    assert_eq!(status(&world, "other-token", "/user").await, 200);
    world.simulator.advance(Duration::from_mins(2));
    assert_eq!(status(&world, "demo-token", "/user").await, 200);
}

#[tokio::test]
async fn item_11_a_refusal_can_claim_an_infringing_file_and_the_window_can_be_fixed() {
    let rate = Rate { per_minute: Some(1), says_infringing: true, fixed_window: true, ..Rate::unlimited() };
    let world = limited(rate).await;
    world.simulator.advance(Duration::from_secs(50));
    assert_eq!(world.get("/user").await.status(), 200);
    assert_eq!(world.refusal(world.request("GET", "/user")).await, (451, 35));
    world.simulator.advance(Duration::from_secs(15));
    assert_eq!(world.get("/user").await.status(), 200, "the next minute has begun");
}
