//! Nobody sees what is not theirs, and nobody's bad day is another's: promise 5.

use crate::house::{House, rest, within};
use dmm::simulator::{Account, Fault, Library, Rule};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;

/// What Alice says of a file, and calls a token: words that nobody else may ever read.
const SECRETS: [&str; 4] = ["alices-folder", "alices-note", "alices-token", "alice-at-real-debrid"];

/// Alice with a library, a note, a run and an API token; Bob with nothing.
struct Two {
    house: House,
    /// Numbers of what is Alice's, by what stands for them in an address or a form.
    ids: Vec<(&'static str, String)>,
    /// Words by which her library would be known.
    traces: Vec<String>,
    bob: String,
}

async fn two() -> Two {
    let mut house = House::with(40, 20).await;
    let token = house.simulator.token().to_owned();
    house.simulator.edit_account(&token, |account| "alice-at-real-debrid".clone_into(&mut account.user.username));
    let alice = house.post("/api/auth/token", json!({"token": token})).await;
    alice.body["accessToken"].as_str().expect("a token").clone_into(&mut house.token);
    house.sync(json!({})).await;
    let files = house.get("/api/files?limit=500").await.body["files"].as_array().expect("files").clone();
    let file = files[0]["id"].to_string();
    let patch = json!({"folder": "alices-folder", "note": "alices-note"});
    assert_eq!(house.ask(Method::PATCH, &format!("/api/files/{file}"), Some(patch)).await.status, StatusCode::OK);
    let token = house.post("/api/tokens", json!({"name": "alices-token"})).await.body["apiToken"]["id"].to_string();
    let run = house.get("/api/sync/runs").await.body["runs"][0]["id"].as_str().expect("a run").to_owned();
    let mut traces: Vec<String> = SECRETS.map(str::to_owned).into();
    for file in &files {
        for field in ["filename", "sha1Hash", "realDebridId"] {
            traces.extend(file[field].as_str().map(str::to_owned));
        }
    }
    house.simulator.add_account(Account::new("bobs-token", "bob", Library::generate(77, 0, 0)));
    let bob = house.post("/api/auth/token", json!({"token": "bobs-token"})).await;
    let bob = bob.body["accessToken"].as_str().expect("a token").to_owned();
    Two { house, ids: vec![("file", file), ("run", run), ("token", token)], traces, bob }
}

impl Two {
    /// Asks as Bob; what comes back has no trace of Alice and is no failure of the server.
    async fn ask(&self, method: &str, path: &str, body: Option<(&str, String)>) -> StatusCode {
        let mut request = self
            .house
            .http
            .request(method.to_uppercase().parse().expect("a method"), format!("{}{path}", self.house.base))
            .bearer_auth(&self.bob);
        if let Some((kind, body)) = body {
            request = request.header(header::CONTENT_TYPE, kind).body(body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let stream = answer.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "text/event-stream");
        let text = if stream {
            let mut answer = answer;
            let first =
                within(Duration::from_secs(5), answer.chunk()).await.expect("an event in time").expect("an event");
            String::from_utf8_lossy(&first.unwrap_or_default()).into_owned()
        } else {
            answer.text().await.expect("a body")
        };
        assert!(!status.is_server_error(), "{method} {path}: {status} {text}");
        for trace in &self.traces {
            assert!(!text.contains(trace.as_str()), "{method} {path} shows Bob {trace}: {text}");
        }
        status
    }

    async fn library_of_alice(&self) -> Value {
        let mut library = self.house.get("/api/files?limit=500").await.body;
        library["runs"] = self.house.get("/api/sync/runs").await.body;
        library["tokens"] = self.house.get("/api/tokens").await.body;
        library["settings"] = self.house.get("/api/sync/configuration").await.body;
        library["folders"] = self.house.get("/api/folders").await.body;
        library
    }
}

#[tokio::test]
async fn promise_5_no_route_shows_or_changes_what_is_anothers() {
    let two = two().await;
    let before = two.library_of_alice().await;
    let document = two.house.get("/api/openapi.json").await.body;
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys() {
            // Bob signs out when all else is done.
            if (method == "delete" && path == "/api/auth/session") || path == "/api/account/disconnect" {
                continue;
            }
            for (_, id) in &two.ids {
                let address = path.replace("{id}", id);
                let body = if method == "get" { None } else { Some(("application/json", body_for(path))) };
                let status = two.ask(method, &address, body).await;
                if path.contains("{id}") && !path.contains("/auth/") {
                    // Both have a file or run of that number, or neither: what is Alice's is "not there".
                    assert_eq!(status, StatusCode::NOT_FOUND, "{method} {address}");
                }
                asked += 1;
                if !path.contains("{id}") {
                    break;
                }
            }
        }
    }
    assert!(asked >= 30, "{asked} questions");
    for address in [
        "/library",
        "/duplicates",
        "/history",
        "/settings",
        "/sync",
        "/connection",
        "/sync/deletions",
        "/settings/disconnect",
    ] {
        assert_eq!(two.ask("GET", address, None).await, StatusCode::OK, "{address}");
    }
    for (_, id) in &two.ids {
        for page in ["/library", "/history"] {
            assert_eq!(two.ask("GET", &format!("{page}/{id}"), None).await, StatusCode::NOT_FOUND, "{page}/{id}");
        }
    }
    assert_eq!(two.library_of_alice().await, before, "something of Alice's has changed");
    assert_eq!(
        two.ask("POST", "/api/account/disconnect", Some(("application/json", json!({"username": "bob"}).to_string())))
            .await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(two.library_of_alice().await, before, "Bob's end is not Alice's");
}

/// A body that a handler would act on, were it asked by the right person.
fn body_for(path: &str) -> String {
    match path {
        "/api/files/{id}" => json!({"folder": "bobs", "note": "bobs", "name": "bobs"}),
        "/api/sync/status" => json!({"action": "cancel"}),
        "/api/sync/configuration" => json!({"configuration": {"batchSize": 77, "autoSync": false}}),
        "/api/sync/deletions" => json!({"action": "confirm"}),
        "/api/tokens" => json!({"name": "bobs"}),
        "/api/auth/token" => json!({"token": "bobs-token"}),
        _ => json!({}),
    }
    .to_string()
}

/// Every server function that the program has, with a form that names what is Alice's.
#[tokio::test]
async fn promise_5_no_server_function_shows_or_changes_what_is_anothers() {
    let two = two().await;
    let before = two.library_of_alice().await;
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 25, "{functions:?}");
    for (path, _) in &functions {
        for (_, id) in &two.ids {
            let form = format!(
                "id={id}&folder=bobs&name=bobs&note=bobs&token=bobs-token&cursor=&search=&query=&command=cancel&username=bo\
                 &sync_interval=60&batch_size=77&sync_timeout=5&max_retries=1"
            );
            let kind = "application/x-www-form-urlencoded";
            // A stranger first.
            let stranger = two
                .house
                .http
                .post(format!("{}{path}", two.house.base))
                .header(header::CONTENT_TYPE, kind)
                .body(form.clone())
                .send()
                .await
                .unwrap();
            if path.starts_with("/api/auth/") {
                assert!(!stranger.status().is_server_error(), "{path}: {}", stranger.status());
            } else {
                assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED, "{path}");
            }
            if path.ends_with("/sign_out") {
                continue;
            }
            two.ask("POST", path, Some((kind, form))).await;
        }
    }
    assert_eq!(two.library_of_alice().await, before, "something of Alice's has changed");
}

#[tokio::test]
async fn promise_5_five_accounts_sync_side_by_side_whatever_befalls_one() {
    let house = House::with(400, 100).await;
    let mut tokens = vec![("demo".to_owned(), house.token.clone())];
    for number in 1..5 {
        let secret = format!("token-{number}");
        let library = Library::generate(100 + number, 300, 100);
        house.simulator.add_account(Account::new(secret.clone(), format!("person-{number}"), library));
        let signed_in = house.post("/api/auth/token", json!({"token": secret})).await;
        tokens.push((secret, signed_in.body["accessToken"].as_str().expect("a token").to_owned()));
    }
    // One is told to slow down without end, one gets nothing but ruins, and one is paused by its user.
    house.simulator.script(Rule::on("*").token("token-1").times(u64::MAX).answer(Fault::Code(34)));
    house.simulator.script(Rule::on("*").token("token-2").times(u64::MAX).answer(Fault::Html(502)));
    let ask = async |token: &str, method: Method, path: &str, body: Value| -> Value {
        let request = house.http.request(method, format!("{}{path}", house.base)).bearer_auth(token).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    };
    let status = async |token: &str| ask(token, Method::GET, "/api/sync/status", json!({})).await["status"].clone();
    // Long enough to be paused in.
    house.simulator.knobs(|knobs| {
        knobs.latency = Duration::from_millis(30);
        knobs.paging.max_limit = 50;
    });
    for (_, token) in &tokens {
        ask(token, Method::POST, "/api/sync/start", json!({"batchSize": 25, "maxRetries": 2})).await;
    }
    let held = ask(&tokens[3].1, Method::POST, "/api/sync/status", json!({"action": "pause"})).await;
    assert_eq!(held["status"]["status"], "paused", "{held:#}");
    for well in [0, 4] {
        let done = within(Duration::from_secs(20), async {
            while status(&tokens[well].1).await["status"] == "running" {
                rest(Duration::from_millis(20)).await;
            }
        });
        assert!(done.await.is_some(), "account {well} is held up by another");
        let end = status(&tokens[well].1).await;
        assert_eq!((&end["status"], &end["stats"]["errors"]), (&json!("completed"), &json!(0)), "{end:#}");
        assert_eq!(end["progress"]["processed"], if well == 0 { 500 } else { 400 });
        assert!(end["pace"]["waiting"].is_null(), "{end:#}");
    }
    let limited = status(&tokens[1].1).await;
    assert_eq!(limited["status"], "running", "it waits still: {limited:#}");
    assert!(limited["pace"]["waiting"]["reason"].as_str().is_some_and(|why| why.contains("slow down")), "{limited:#}");
    let broken = within(Duration::from_secs(30), async {
        loop {
            let now = status(&tokens[2].1).await;
            if now["status"] == "error" {
                return now;
            }
            rest(Duration::from_millis(50)).await;
        }
    });
    let broken = broken.await.expect("it gives up");
    assert!(broken["error"].as_str().is_some_and(|error| error.contains("not available")), "{broken:#}");
    let paused = status(&tokens[3].1).await;
    assert_eq!(paused["status"], "paused", "{paused:#}");
    ask(&tokens[3].1, Method::POST, "/api/sync/status", json!({"action": "resume"})).await;
    let done = within(Duration::from_secs(20), async {
        while status(&tokens[3].1).await["status"] == "running" {
            rest(Duration::from_millis(20)).await;
        }
    });
    assert!(done.await.is_some());
    assert_eq!(status(&tokens[3].1).await["progress"]["processed"], 400);
    house.assert_equal().await;
}
