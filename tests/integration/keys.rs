//! The key that seals tokens: replaced by a command, missed when it is gone, and bound to accounts.

use crate::{
    databases,
    house::{House, rest, within},
    program::Program,
};
use dmm::cli::{Server, ServerOptions};
use serde_json::json;
use std::{fs, process::Command, time::Duration};

fn rotate(house: &House) -> (bool, String) {
    let core = house.config().core;
    let output = Command::new(env!("CARGO_BIN_EXE_dmm"))
        .arg("rotate-key")
        .env_clear()
        .env("DATABASE_URL", &core.database.database_url)
        .env("DMM_SECRET_KEY_FILE", &core.secret_key_file)
        .output()
        .expect("dmm runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Why a server does not start over the house's files.
async fn refusal(house: &House) -> String {
    match Server::build(&house.config(), ServerOptions::default()).await {
        Ok(_) => panic!("it starts"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_and_syncs_go_on() {
    let mut house = House::with(20, 5).await;
    let begun = house.post("/api/auth/device", json!({})).await;
    assert!(begun.status.is_success(), "{begun:?}");
    let running = rotate(&house);
    assert!(!running.0 && running.1.contains("in use"), "{}", running.1);
    house.close().await;
    let path = house.config().core.secret_key_file;
    let old = fs::read(&path).expect("a key");
    let (done, words) = rotate(&house);
    assert!(done && words.contains("a new key"), "{words}");
    let new = fs::read(&path).expect("a key");
    assert!(old != new && new.len() == 32);
    assert!(!path.with_extension("key.new").exists(), "the old name is the only one");
    house.restart().await;
    assert_eq!(house.sync(json!({})).await["status"], "completed");
    house.assert_equal().await;
    // The sign-in that was waiting waits still.
    let pending = house.get(&format!("/api/auth/device/{}", begun.body["id"].as_str().expect("an id"))).await;
    assert_eq!(pending.status, 202, "{pending:?}");
    house.close().await;
    fs::write(&path, old).expect("the old key comes back");
    assert!(refusal(&house).await.contains("is not the one"));
}

#[tokio::test]
async fn a_server_whose_key_is_gone_says_so_and_makes_no_other() {
    let mut house = House::with(3, 0).await;
    house.close().await;
    let path = house.config().core.secret_key_file;
    fs::remove_file(&path).expect("the key goes");
    let why = refusal(&house).await;
    assert!(why.contains("is missing") && why.contains("restore"), "{why}");
    assert!(!path.exists());
    let (done, words) = rotate(&house);
    assert!(!done && words.contains("is missing"), "{words}");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_token_that_cannot_be_opened_locks_nobody_out_and_is_forgotten_with_the_old_key() {
    let mut house = House::with(10, 0).await;
    let somebody = dmm::simulator::Library::generate(5, 3, 0);
    house.simulator.add_account(dmm::simulator::Account::new("other-token", "somebody", somebody));
    house.post("/api/auth/token", json!({"token": "other-token"})).await;
    house.close().await;
    house.damage("update oauth_tokens set sealed_access_token = x'00112233' where user_id = 1").await;
    // The first account's: the server starts all the same, and everybody else syncs.
    house.restart().await;
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    let first = std::mem::replace(&mut house.token, other.body["accessToken"].as_str().expect("a token").to_owned());
    assert_eq!(house.sync(json!({})).await["status"], "completed");
    house.close().await;
    let (done, words) = rotate(&house);
    assert!(done && words.contains("must sign in again"), "{words}");
    assert_eq!(house.count("select count(*) from oauth_tokens").await, 1);
    house.restart().await;
    house.token = first;
    let page = house.get("/sync").await;
    assert!(page.body.as_str().is_some_and(|page| page.contains("Reconnect")), "{page:?}");
    let token = house.simulator.token().to_owned();
    assert_eq!(house.post("/api/auth/token", json!({"token": token})).await.status, 200);
    assert_eq!(house.sync(json!({})).await["status"], "completed");
}

#[tokio::test]
async fn a_sealed_token_put_in_anothers_place_opens_for_nobody() {
    let house = House::with(10, 0).await;
    let somebody = dmm::simulator::Library::generate(5, 3, 0);
    house.simulator.add_account(dmm::simulator::Account::new("other-token", "somebody", somebody));
    house.post("/api/auth/token", json!({"token": "other-token"})).await;
    house
        .damage(
            "update oauth_tokens set sealed_access_token = (select sealed_access_token from oauth_tokens where user_id = 2) \
             where user_id = 1",
        )
        .await;
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "error");
    assert!(status["error"].as_str().is_some_and(|error| error.contains("sign in again")), "{status:#}");
}

/// As on a machine whose lid was shut: it shows no sign of life, so that the key is replaced in spite of it. What it sealed
/// from then on nobody else could open.
#[tokio::test]
async fn a_server_that_slept_while_the_key_was_replaced_ends_when_it_wakes_up() {
    let mut house = House::on(&databases::postgres().await, 20, 5).await;
    house.close().await;
    let url = house.config().core.database.database_url;
    let (sleeper, log, _) = Program::beside(&house, &url, &[]).await;
    sleeper.freeze();
    let (done, words) = rotate(&house);
    assert!(done, "{words}");
    let (awake, awake_log, _) = Program::beside(&house, &url, &[]).await;
    sleeper.thaw();
    let status = sleeper.ended().await.expect("it goes on with the old key");
    let says_why = || log.lines().iter().any(|line| line.contains("The key of this database was replaced"));
    let said = within(Duration::from_secs(5), async {
        while !says_why() {
            rest(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(!status.success() && said.is_some(), "{:#?}", log.lines());
    assert!(awake.terminate().await.expect("it ends").success(), "{:?}", awake_log.lines());
    house.restart().await;
    assert_eq!(house.sync(json!({})).await["status"], "completed");
}
