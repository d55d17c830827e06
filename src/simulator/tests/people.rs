//! Who may ask, how often, and what is remembered of it.

use super::World;
use crate::simulator::{Account, Library, Scope, Token, token_id};
use std::time::Duration;

#[tokio::test]
async fn item_1_a_token_opens_its_own_account_by_header_or_query() {
    let world = World::new(3, 0).await;
    world.simulator.add_account(Account::new("other-token", "other", Library::generate(2, 7, 0)));
    let url = format!("{}/torrents?auth_token=other-token", world.simulator.api_url());
    let answer = world.client.get(url).send().await.unwrap();
    assert_eq!(super::total(&answer), Some("7"));
    assert_eq!(world.json("/user").await["username"], "demo");
    assert!(world.simulator.address().ip().is_loopback());
    assert_eq!(world.simulator.oauth_url(), world.simulator.api_url().replace("/rest/1.0", "/oauth/v2"));
    assert_eq!(world.simulator.edit_account("other-token", |account| account.user.username.clone()), "other");
}

fn change_with(world: &World, change: impl FnOnce(&mut Account)) {
    world.simulator.edit_account(world.simulator.token(), change);
}

#[tokio::test]
async fn item_5_each_kind_of_stranger_gets_its_own_refusal() {
    let world = World::new(1, 0).await;
    let url = format!("{}/torrents", world.simulator.api_url());
    assert_eq!(world.refusal(world.client.get(&url)).await, (401, 8));
    assert_eq!(world.refusal(world.client.get(&url).bearer_auth("wrong")).await, (401, 8));
    let token = world.simulator.token().to_owned();
    let change = |change: fn(&mut Account)| world.simulator.edit_account(&token, change);
    change(|account| account.tokens[0].scopes = vec![Scope::Downloads]);
    assert_eq!(world.refusal(world.request("GET", "/torrents")).await, (403, 9));
    change(|account| account.locked = true);
    assert_eq!(world.refusal(world.request("GET", "/torrents")).await, (403, 14));
    change(|account| account.tokens[0].alive = false);
    assert_eq!(world.refusal(world.request("GET", "/torrents")).await, (401, 8));
    let expires = world.simulator.0.shared.clock.now().plus_millis(60_000);
    change_with(&world, move |account| {
        account.locked = false;
        account.tokens[0] = Token { expires: Some(expires), ..Token::private("demo-token") };
    });
    assert_eq!(world.get("/torrents").await.status(), 200);
    world.simulator.advance(Duration::from_mins(1));
    assert_eq!(world.refusal(world.request("GET", "/torrents")).await, (401, 8));
}

#[tokio::test]
async fn item_26_a_token_that_was_disabled_is_dead_and_its_sister_is_not() {
    let world = World::new(1, 0).await;
    let token = world.simulator.token().to_owned();
    world.simulator.edit_account(&token, |account| account.tokens.push(Token::private("sister")));
    assert_eq!(world.get("/disable_access_token").await.status(), 204);
    assert_eq!(world.refusal(world.request("GET", "/user")).await, (401, 8));
    let sister = world.client.get(format!("{}/user", world.simulator.api_url())).bearer_auth("sister");
    assert_eq!(sister.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn item_28_the_journal_names_each_request_but_not_the_token() {
    let world = World::new(1, 0).await;
    let url = format!("{}/torrents?limit=5&auth_token=demo-token", world.simulator.api_url());
    let length = world.client.get(url).send().await.unwrap().bytes().await.unwrap().len();
    world.get("/nothing/here").await;
    let journal = world.simulator.journal();
    let first = &journal[0];
    assert_eq!((first.method.as_str(), first.endpoint(), first.query.as_str()), ("GET", "/torrents", "limit=5"));
    assert_eq!((first.status, first.bytes, first.token.clone()), (200, length, Some(token_id("demo-token"))));
    assert_eq!((journal[1].status, journal[1].number, journal.len()), (404, 2, 2));
    assert!(!format!("{journal:?}").contains("demo-token"));
    world.simulator.clear_journal();
    assert_eq!(world.simulator.journal(), []);
}

#[tokio::test]
async fn item_21_unknown_addresses_are_404_and_wrong_verbs_405() {
    let world = World::new(1, 0).await;
    assert_eq!(world.refusal(world.request("GET", "/nothing")).await, (404, 3));
    assert_eq!(world.refusal(world.request("POST", "/torrents")).await, (405, 4));
    world.simulator.knobs(|knobs| (knobs.refusals.unknown_path, knobs.refusals.wrong_verb) = (400, 404));
    assert_eq!(world.refusal(world.request("GET", "/nothing")).await, (400, 3));
    assert_eq!(world.refusal(world.request("PUT", "/torrents")).await, (404, 4));
    assert_eq!(world.request("POST", "/torrents").header("X-HTTP-Verb", "GET").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn after_a_stop_nobody_answers() {
    let world = World::new(1, 0).await;
    let url = format!("{}/time", world.simulator.api_url());
    assert_eq!(world.client.get(&url).send().await.unwrap().status(), 200);
    world.simulator.stop().await;
    assert!(world.client.get(&url).send().await.unwrap_err().is_connect());
}
