//! By what an account is reached: sessions, API tokens, and the end of all of it.

use crate::house::{Answer, House, rest, within};
use dmm::simulator::{Account, Fault, Library, Rule};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Signs in once more, as a browser of this name.
async fn sign_in_as(house: &House, user_agent: &str) -> String {
    let request = house.http.post(format!("{}/api/auth/token", house.base)).header(header::USER_AGENT, user_agent);
    let answer = request.json(&json!({"token": house.simulator.token()})).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Value>().await.expect("JSON")["accessToken"].as_str().expect("a token").to_owned()
}

/// Asks with another token than the house's.
async fn ask_as(house: &House, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let mut request = house.http.request(method, format!("{}{path}", house.base)).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

async fn delete(house: &House, path: &str) -> StatusCode {
    house.ask(Method::DELETE, path, None).await.status
}

async fn sessions(house: &House) -> Vec<Value> {
    house.get("/api/sessions").await.body["sessions"].as_array().expect("sessions").clone()
}

async fn make_token(house: &House, name: &str) -> (String, i64) {
    let made = house.post("/api/tokens", json!({"name": name})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let token = made.body["token"].as_str().expect("a token").to_owned();
    (token, made.body["apiToken"]["id"].as_i64().expect("a number"))
}

#[tokio::test]
async fn sessions_are_listed_by_browser_and_ended_one_by_one_or_all_others_at_once() {
    let house = House::with(3, 0).await;
    let firefox = sign_in_as(&house, FIREFOX).await;
    let curl = sign_in_as(&house, "curl/8.5.0").await;
    let listed = sessions(&house).await;
    assert_eq!(listed.len(), 3, "{listed:#?}");
    let current: Vec<_> = listed.iter().filter(|it| it["current"] == true).collect();
    assert_eq!(current.len(), 1);
    let of = |client: &str| listed.iter().find(|it| it["client"] == client).unwrap_or_else(|| panic!("{client}"));
    let id = of("Firefox on Linux")["id"].as_i64().expect("a number");
    assert_eq!(of("curl/8.5.0")["current"], false);
    assert_eq!(ask_as(&house, &firefox, Method::GET, "/api/files", None).await.status, StatusCode::OK);
    assert_eq!(delete(&house, &format!("/api/sessions/{id}")).await, StatusCode::NO_CONTENT);
    assert_eq!(ask_as(&house, &firefox, Method::GET, "/api/files", None).await.status, StatusCode::UNAUTHORIZED);
    for unknown in [id.to_string(), "0".to_owned(), "-1".to_owned(), "x".to_owned(), "9".repeat(40)] {
        assert_eq!(delete(&house, &format!("/api/sessions/{unknown}")).await, StatusCode::NOT_FOUND, "{unknown}");
    }
    assert_eq!(delete(&house, "/api/sessions").await, StatusCode::NO_CONTENT);
    assert_eq!(ask_as(&house, &curl, Method::GET, "/api/files", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sessions(&house).await.len(), 1);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_for_a_week_or_a_month_old_and_a_token_does_not() {
    let house = House::with(3, 0).await;
    let (token, _) = make_token(&house, "forever").await;
    let idle = sign_in_as(&house, FIREFOX).await;
    house.damage("update sessions set last_seen_at = last_seen_at - 7 * 86400000 + 60000 where id > 1").await;
    assert_eq!(
        ask_as(&house, &idle, Method::GET, "/api/folders", None).await.status,
        StatusCode::OK,
        "a minute is left"
    );
    // Being seen has kept it alive.
    house.damage("update sessions set last_seen_at = last_seen_at - 60000 where id > 1").await;
    assert_eq!(ask_as(&house, &idle, Method::GET, "/api/folders", None).await.status, StatusCode::OK);
    house.damage("update sessions set last_seen_at = last_seen_at - 8 * 86400000").await;
    assert_eq!(ask_as(&house, &idle, Method::GET, "/api/folders", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask_as(&house, &token, Method::GET, "/api/folders", None).await.status, StatusCode::OK);
    let old = sign_in_as(&house, FIREFOX).await;
    house.damage("update sessions set expires_at = expires_at - 2592000000 where name is null").await;
    assert_eq!(ask_as(&house, &old, Method::GET, "/api/folders", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask_as(&house, &token, Method::GET, "/api/folders", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_api_token_is_shown_once_works_and_is_revoked() {
    let house = House::with(5, 0).await;
    let (token, id) = make_token(&house, "  backup script ").await;
    assert!(token.starts_with("dmm_") && token.len() > 40, "{token}");
    assert!(!house.stores(&token), "the token is stored in clear");
    let listed = house.get("/api/tokens").await.body["tokens"].clone();
    assert_eq!(listed[0]["name"], "backup script", "{listed:#}");
    assert_eq!((&listed[0]["id"], &listed[0]["lastUsedAt"]), (&json!(id), &Value::Null));
    assert!(listed[0].get("token").is_none());
    house.damage("update sessions set created_at = created_at - 7200000, last_seen_at = last_seen_at - 7200000 where name is not null").await;
    assert_eq!(ask_as(&house, &token, Method::GET, "/api/files", None).await.status, StatusCode::OK);
    assert!(house.get("/api/tokens").await.body["tokens"][0]["lastUsedAt"].is_string());
    assert_eq!(sessions(&house).await.len(), 1, "a token is no session");
    let started = ask_as(&house, &token, Method::POST, "/api/sync/start", Some(json!({}))).await;
    assert_eq!(started.status, StatusCode::ACCEPTED);
    house.ended().await;
    assert_eq!(delete(&house, &format!("/api/tokens/{id}")).await, StatusCode::NO_CONTENT);
    assert_eq!(ask_as(&house, &token, Method::GET, "/api/files", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_api_token_manages_nothing_but_itself() {
    let house = House::with(3, 0).await;
    let (token, id) = make_token(&house, "one").await;
    let (_, other) = make_token(&house, "two").await;
    let session = sessions(&house).await[0]["id"].as_i64().expect("a number");
    for (method, path, body) in [
        (Method::POST, "/api/tokens".to_owned(), Some(json!({"name": "three"}))),
        (Method::DELETE, "/api/sessions".to_owned(), None),
        (Method::DELETE, format!("/api/sessions/{session}"), None),
        (Method::DELETE, format!("/api/tokens/{other}"), None),
        (Method::POST, "/api/account/disconnect".to_owned(), Some(json!({"username": "demo"}))),
    ] {
        let refused = ask_as(&house, &token, method.clone(), &path, body).await;
        let code = &refused.body["code"];
        assert_eq!((refused.status, code), (StatusCode::FORBIDDEN, &json!("not_allowed")), "{method} {path}");
    }
    let gone = ask_as(&house, &token, Method::DELETE, &format!("/api/tokens/{id}"), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(ask_as(&house, &token, Method::GET, "/api/files", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.get("/api/tokens").await.body["tokens"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_name_that_cannot_be_kept_is_refused_and_one_with_html_is_only_text() {
    let house = House::with(3, 0).await;
    for body in
        [json!({}), json!({"name": ""}), json!({"name": " \n "}), json!({"name": "x".repeat(101)}), json!({"name": 5})]
    {
        let refused = house.post("/api/tokens", body.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains("name")), "{refused:?}");
    }
    make_token(&house, "<script>alert(1)</script> ' or 1=1 --").await;
    let page = house.get("/settings").await.body.as_str().expect("a page").to_owned();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script>alert(1)"), "{page}");
    let most = dmm::domain::access::MOST_TOKENS;
    for number in 1..most {
        make_token(&house, &number.to_string()).await;
    }
    let full = house.post("/api/tokens", json!({"name": "one more"})).await;
    assert_eq!(full.status, StatusCode::BAD_REQUEST);
    assert!(full.body["error"].as_str().is_some_and(|error| error.contains("revoke one")), "{full:?}");
}

/// Another person with a library, signed in beside the house's own.
async fn neighbour(house: &House) -> String {
    house.simulator.add_account(Account::new("neighbour-token", "neighbour", Library::generate(9, 20, 10)));
    let answer = house.post("/api/auth/token", json!({"token": "neighbour-token"})).await;
    answer.body["accessToken"].as_str().expect("a token").to_owned()
}

async fn rows_of_nobody(house: &House) -> i64 {
    house
        .count(
            "select (select count(*) from users where left_at is not null) + (select count(*) from files where user_id = 1) \
             + (select count(*) from sync_runs where user_id = 1) + (select count(*) from tombstones where user_id = 1) \
             + (select count(*) from oauth_tokens where user_id = 1) + (select count(*) from sessions where user_id = 1)",
        )
        .await
}

#[tokio::test]
async fn disconnecting_deletes_everything_of_the_account_and_nothing_of_another() {
    let house = House::with(700, 500).await;
    let neighbour = neighbour(&house).await;
    ask_as(&house, &neighbour, Method::POST, "/api/sync/start", Some(json!({}))).await;
    house.sync(json!({})).await;
    house.simulator.edit(|library| {
        let gone = library.torrents()[3].id;
        library.remove_torrent(gone);
    });
    house.sync(json!({"mode": "full"})).await;
    make_token(&house, "script").await;
    let file = house.get("/api/files?limit=1").await.body["files"][0]["id"].clone();
    house.ask(Method::PATCH, &format!("/api/files/{file}"), Some(json!({"note": "mine"}))).await;
    for wrong in [json!({"username": "Demo"}), json!({"username": ""}), json!({"username": "neighbour"})] {
        let refused = house.post("/api/account/disconnect", wrong).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{refused:?}");
    }
    assert_eq!(house.stored().await.len(), 1_199, "a refusal deletes nothing");
    let gone = house.post("/api/account/disconnect", json!({"username": "demo"})).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    assert_eq!(house.get("/api/files").await.status, StatusCode::UNAUTHORIZED);
    let purged = within(Duration::from_secs(30), async {
        while rows_of_nobody(&house).await > 0 {
            rest(Duration::from_millis(50)).await;
        }
    });
    assert!(purged.await.is_some(), "{} rows are left", rows_of_nobody(&house).await);
    let files = ask_as(&house, &neighbour, Method::GET, "/api/files", None).await;
    assert_eq!((files.status, &files.body["total"]), (StatusCode::OK, &json!(30)));
    let token = house.simulator.token().to_owned();
    let back = house.post("/api/auth/token", json!({"token": token})).await;
    assert_eq!(back.status, StatusCode::OK, "the token at Real-Debrid was left alone: {back:?}");
    let back = back.body["accessToken"].as_str().expect("a token").to_owned();
    assert_eq!(ask_as(&house, &back, Method::GET, "/api/files", None).await.body["total"], 0);
}

#[tokio::test]
async fn disconnecting_in_the_middle_of_a_run_and_coming_back_before_all_is_deleted_mixes_nothing() {
    let mut house = House::with(2_000, 500).await;
    house.simulator.knobs(|knobs| {
        knobs.paging.max_limit = 100;
        knobs.latency = Duration::from_millis(10);
    });
    house.start(json!({"batchSize": 25})).await;
    house.until(|status| status["progress"]["processed"].as_i64() > Some(300)).await;
    assert_eq!(house.post("/api/account/disconnect", json!({"username": "demo"})).await.status, StatusCode::NO_CONTENT);
    let token = house.simulator.token().to_owned();
    let back = house.post("/api/auth/token", json!({"token": token})).await;
    back.body["accessToken"].as_str().expect("a token").clone_into(&mut house.token);
    let status = house.status().await;
    assert_eq!((&status["status"], &status["lastSync"]), (&json!("idle"), &Value::Null), "{status:#}");
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "completed", "{status:#}");
    house.assert_equal().await;
    let purged = within(Duration::from_secs(30), async {
        while rows_of_nobody(&house).await > 0 {
            rest(Duration::from_millis(50)).await;
        }
    });
    assert!(purged.await.is_some());
    house.assert_equal().await;
}

#[tokio::test]
async fn the_token_is_made_worthless_first_or_nothing_is_done() {
    let house = House::with(3, 0).await;
    house.simulator.script(Rule::on("/disable_access_token").times(2).answer(Fault::Html(503)));
    let body = json!({"username": "demo", "revoke": true});
    let failed = house.post("/api/account/disconnect", body.clone()).await;
    assert_eq!(failed.status, StatusCode::BAD_GATEWAY, "{failed:?}");
    assert!(failed.body["error"].as_str().is_some_and(|error| error.contains("nothing was done")), "{failed:?}");
    assert_eq!(house.get("/api/files").await.status, StatusCode::OK);
    assert_eq!(house.post("/api/account/disconnect", body).await.status, StatusCode::NO_CONTENT);
    let token = house.simulator.token().to_owned();
    assert_eq!(house.post("/api/auth/token", json!({"token": token})).await.status, StatusCode::UNAUTHORIZED);
}
