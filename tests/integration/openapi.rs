//! The description of the API: complete, valid, and true of what the server answers.

use crate::{house::House, second_opinion::run};
use dmm::domain::{organisation, query, sync_configuration as settings};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

async fn document(house: &House) -> Value {
    let answer = house.get("/api/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["openapi"], "3.1.0");
    answer.body
}

/// `GET /api/files` and so on, with whether it needs a session.
fn operations(document: &Value) -> Vec<(String, String, bool)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").iter();
        methods.map(|(method, it)| (method.to_uppercase(), path.clone(), it["security"] != json!([{}])))
    });
    operations.collect()
}

/// What the README's table of requests names: a cell is like `GET`, `POST /api/x?limit=` or `POST /api/x` `{"body"}`.
fn in_readme() -> BTreeSet<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let mut named = BTreeSet::new();
    for line in readme.lines().filter(|line| line.starts_with("| `") && line.contains(" /")) {
        let cell = line.trim_start_matches("| ").split(" | ").next().unwrap_or_default();
        let mut waiting = Vec::new();
        for code in cell.split('`').skip(1).step_by(2) {
            let mut words = code.split_whitespace();
            let Some(method) = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_uppercase())) else {
                continue;
            };
            waiting.push(method);
            if let Some(path) = words.next().and_then(|path| path.split('?').next()) {
                named.extend(waiting.drain(..).map(|method| format!("{method} {path}")));
            }
        }
    }
    named
}

#[tokio::test]
async fn the_readme_and_the_description_name_the_same_requests() {
    let house = House::with(3, 0).await;
    let described: BTreeSet<String> =
        operations(&document(&house).await).into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let mut named = in_readme();
    // A page, and so no operation.
    assert!(named.remove("GET /api/docs"), "the README does not name the page that shows the description");
    assert_eq!(described, named, "described, and named in the README");
}

/// With `routes!` a handler cannot be mounted without its description; with `route` it could.
#[test]
fn no_route_is_mounted_beside_its_description() {
    let router = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http.rs")).expect("the router");
    assert!(router.contains("routes!(files::list)"), "the router is not where this test looks for it");
    let beside: Vec<_> = router.lines().filter(|line| line.contains(".route(") || line.contains("_service(")).collect();
    assert!(beside.is_empty(), "mount these by routes!, see CONTRIBUTING.md: {beside:#?}");
}

#[tokio::test]
async fn f5_every_described_operation_exists_and_demands_a_session_where_it_says_so() {
    let house = House::with(3, 0).await;
    let operations = operations(&document(&house).await);
    assert!(operations.len() >= 19, "{operations:?}");
    for (method, path, needs_session) in operations {
        let address = path.replace("{id}", "1");
        let asked =
            house.http.request(method.parse().unwrap(), format!("{}{address}", house.base)).send().await.unwrap();
        assert_eq!(asked.status() == StatusCode::UNAUTHORIZED, needs_session, "{method} {path}: {}", asked.status());
        if method == "DELETE" || path.ends_with("/events") {
            continue;
        }
        let answer = house.ask(method.parse().unwrap(), &address, None).await;
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        let error = answer.body["error"].as_str().unwrap_or_default();
        assert!(!error.starts_with("There is nothing at"), "{method} {path} is described and not there");
    }
}

#[tokio::test]
async fn f4_the_described_bounds_are_those_that_are_kept() {
    let house = House::with(3, 0).await;
    let document = document(&house).await;
    let schemas = &document["components"]["schemas"];
    for (field, range) in [
        ("syncInterval", settings::SYNC_INTERVAL),
        ("batchSize", settings::BATCH_SIZE),
        ("syncTimeout", settings::SYNC_TIMEOUT),
        ("maxRetries", settings::MAX_RETRIES),
    ] {
        for shape in ["SyncConfiguration", "SyncConfigurationPatch", "StartBody"] {
            let property = &schemas[shape]["properties"][field];
            assert_eq!(
                (&property["minimum"], &property["maximum"]),
                (&json!(range.start()), &json!(range.end())),
                "{shape} {field}"
            );
        }
    }
    for (field, longest) in [
        ("folder", organisation::LONGEST_FOLDER),
        ("name", organisation::LONGEST_NAME),
        ("note", organisation::LONGEST_NOTE),
    ] {
        assert_eq!(schemas["OrganisationPatch"]["properties"][field]["maxLength"], longest, "{field}");
    }
    let parameters = &document["paths"]["/api/files"]["get"]["parameters"];
    let limit = parameters.as_array().and_then(|all| all.iter().find(|it| it["name"] == "limit")).expect("limit");
    assert_eq!(
        (&limit["schema"]["minimum"], &limit["schema"]["maximum"]),
        (&json!(query::LIMIT.start()), &json!(query::LIMIT.end()))
    );
    let runs = &document["paths"]["/api/sync/runs"]["get"]["parameters"][0]["schema"];
    for (limit, status) in [
        (&runs["minimum"], StatusCode::OK),
        (&runs["maximum"], StatusCode::OK),
        (&json!(runs["maximum"].as_i64().unwrap() + 1), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(house.get(&format!("/api/sync/runs?limit={limit}")).await.status, status, "{limit}");
    }
}

#[tokio::test]
async fn what_is_said_of_shapes_is_for_people_and_names_nothing_of_the_source() {
    let house = House::with(3, 0).await;
    let text = document(&house).await.to_string();
    for trace in ["[`", "crate::", "](", concat!("TO", "DO")] {
        assert!(!text.contains(trace), "the description holds {trace}");
    }
}

/// Real answers, as the check reads them.
struct Answers<'a> {
    house: &'a House,
    answers: Vec<Value>,
}

impl Answers<'_> {
    /// Asks with the session.
    async fn ask(&mut self, operation: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let request =
            self.house.http.request(method, format!("{}{path}", self.house.base)).bearer_auth(&self.house.token);
        self.send(operation, if let Some(body) = body { request.json(&body) } else { request }).await
    }

    async fn send(&mut self, operation: &str, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let kind = answer.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
        // A stream has no end.
        let is_stream = kind.as_deref() == Some("text/event-stream");
        let text = if is_stream { String::new() } else { answer.text().await.expect("a body") };
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        self.answers.push(json!({"operation": operation, "status": status, "type": kind, "body": body}));
        body
    }
}

#[tokio::test]
async fn second_opinion_the_description_is_valid_and_real_answers_agree_with_it() {
    let house = House::with(40, 12).await;
    let document = document(&house).await;
    let mut answers = Answers { house: &house, answers: Vec::new() };
    let (get, post) = (Method::GET, Method::POST);
    let token = house.simulator.token();
    // Before the first run, when most is null, and after it.
    for _ in 0..2 {
        answers.ask("syncStatus", get.clone(), "/api/sync/status", None).await;
        answers.ask("runs", get.clone(), "/api/sync/runs", None).await;
        answers.ask("files", get.clone(), "/api/files?limit=10", None).await;
        house.sync(json!({"mode": "full"})).await;
    }
    house.simulator.knobs(|knobs| knobs.latency = std::time::Duration::from_millis(300));
    answers.ask("startSync", post.clone(), "/api/sync/start", None).await;
    answers.ask("startSync", post.clone(), "/api/sync/start", Some(json!({"mode": "full"}))).await;
    answers.ask("steerSync", post.clone(), "/api/sync/status", Some(json!({"action": "pause"}))).await;
    answers.ask("steerSync", post.clone(), "/api/sync/status", Some(json!({"action": "pause"}))).await;
    answers.ask("syncEvents", get.clone(), "/api/sync/events", None).await;
    answers.ask("steerSync", post.clone(), "/api/sync/status", Some(json!({"action": "cancel"}))).await;
    house.simulator.knobs(|knobs| knobs.latency = std::time::Duration::ZERO);
    answers.ask("steerSync", post.clone(), "/api/sync/status", Some(json!({"action": "fly"}))).await;
    answers.ask("startSync", post.clone(), "/api/sync/start", Some(json!({"batchSize": 7}))).await;
    answers.ask("answerDeletions", post.clone(), "/api/sync/deletions", Some(json!({"action": "confirm"}))).await;
    answers.ask("heldDeletions", get.clone(), "/api/sync/deletions?limit=3", None).await;
    answers.ask("configuration", get.clone(), "/api/sync/configuration", None).await;
    let change = json!({"configuration": {"maxRetries": 4}});
    answers.ask("configure", post.clone(), "/api/sync/configuration", Some(change)).await;
    let files = answers.ask("files", get.clone(), "/api/files?kind=torrent&status=downloaded", None).await;
    answers.ask("files", get.clone(), "/api/files?sort=colour", None).await;
    let file = format!("/api/files/{}", files["files"][0]["id"]);
    answers.ask("file", get.clone(), &file, None).await;
    let said = json!({"folder": "Films/2019", "note": "seen"});
    answers.ask("organiseFile", Method::PATCH, &file, Some(said)).await;
    answers.ask("organiseFile", Method::PATCH, &file, Some(json!({"name": "x".repeat(200_000)}))).await;
    answers.ask("file", get.clone(), "/api/files/999999", None).await;
    answers.ask("folders", get.clone(), "/api/folders", None).await;
    for query in ["", "?only=groups&limit=1", "?only=likely&limit=1", "?limit=0"] {
        answers.ask("duplicates", get.clone(), &format!("/api/duplicates{query}"), None).await;
    }
    answers.ask("statistics", get.clone(), "/api/statistics", None).await;
    for format in ["ndjson", "csv", "xml"] {
        answers.ask("export", get.clone(), &format!("/api/files/export?format={format}"), None).await;
    }
    answers.ask("openapi", get.clone(), "/api/openapi.json", None).await;
    answers.ask("signIn", post.clone(), "/api/auth/token", Some(json!({"token": token}))).await;
    answers.ask("signIn", post.clone(), "/api/auth/token", Some(json!({"token": "WRONG"}))).await;
    answers.ask("signIn", post.clone(), "/api/auth/token", Some(json!({"token": 7}))).await;
    answers.ask("signInToDemo", post.clone(), "/api/auth/demo", None).await;
    answers.ask("session", get.clone(), "/api/auth/session", None).await;
    let begun = answers.ask("beginDeviceSignIn", post.clone(), "/api/auth/device", None).await;
    let device = format!("/api/auth/device/{}", begun["id"].as_str().expect("an id"));
    answers.ask("deviceSignIn", get.clone(), &device, None).await;
    answers.ask("deviceSignIn", get.clone(), "/api/auth/device/made-up", None).await;
    let sessions = answers.ask("sessions", get.clone(), "/api/sessions", None).await;
    let other = sessions["sessions"].as_array().and_then(|all| all.iter().find(|it| it["current"] == false));
    let other = other.expect("the sign-in above")["id"].clone();
    answers.ask("endSession", Method::DELETE, &format!("/api/sessions/{other}"), None).await;
    answers.ask("endSession", Method::DELETE, "/api/sessions/999", None).await;
    answers.ask("endOtherSessions", Method::DELETE, "/api/sessions", None).await;
    for name in [json!({"name": "script"}), json!({"name": ""})] {
        answers.ask("createApiToken", post.clone(), "/api/tokens", Some(name)).await;
    }
    let tokens = answers.ask("apiTokens", get.clone(), "/api/tokens", None).await;
    answers.ask("revokeApiToken", Method::DELETE, &format!("/api/tokens/{}", tokens["tokens"][0]["id"]), None).await;
    answers.ask("revokeApiToken", Method::DELETE, "/api/tokens/999", None).await;
    answers.ask("disconnectAccount", post.clone(), "/api/account/disconnect", Some(json!({"username": "x"}))).await;
    let foreign =
        house.http.post(format!("{}/api/sync/start", house.base)).header(header::ORIGIN, "https://evil.example");
    answers.send("startSync", foreign.bearer_auth(&house.token)).await;
    for (operation, path) in [("healthz", "/healthz"), ("readyz", "/readyz"), ("metrics", "/metrics")] {
        answers.ask(operation, get.clone(), path, None).await;
    }
    // The session goes with the account; another says how one goes alone.
    let again = answers.ask("signIn", post.clone(), "/api/auth/token", Some(json!({"token": token}))).await;
    let again = again["accessToken"].as_str().expect("a token");
    let out = house.http.delete(format!("{}/api/auth/session", house.base)).bearer_auth(again);
    answers.send("signOut", out).await;
    answers.ask("disconnectAccount", post.clone(), "/api/account/disconnect", Some(json!({"username": "demo"}))).await;
    answers.ask("signOut", Method::DELETE, "/api/auth/session", None).await;
    answers.ask("session", get.clone(), "/api/auth/session", None).await;
    answers.ask("files", get, "/api/files", None).await;
    let given = json!({"document": document, "answers": answers.answers});
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), given.to_string()).expect("it is written");
    run(&crate::second_opinion::python(), &["openapi_check.py", &file.path().to_string_lossy()]).await;
}

#[tokio::test]
async fn the_page_of_the_api_is_whole_without_scripts_and_leads_a_stranger_to_the_sign_in() {
    let house = House::with(3, 0).await;
    let page = || house.http.get(format!("{}/api/docs", house.base)).header(header::ACCEPT, "text/html,*/*");
    let stranger = page().send().await.unwrap();
    assert_eq!(stranger.url().path(), "/connection");
    let program = house.http.get(format!("{}/api/docs", house.base)).send().await.unwrap();
    assert_eq!(program.status(), StatusCode::UNAUTHORIZED);
    let cookie = format!("dmm_session={}", house.token);
    let answer = page().header(header::COOKIE, cookie).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src 'self';"), "{policy}");
    let html = answer.text().await.unwrap();
    let document = document(&house).await;
    for (method, path, _) in operations(&document) {
        assert!(
            html.contains(&format!(">{path}</code>")) && html.contains(&format!(">{method}</span>")),
            "{method} {path}"
        );
    }
    for shape in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(html.contains(&format!("id=\"shape-{shape}\"")), "{shape}");
    }
    assert!(!html.contains(" style=") && !html.contains("<style"), "the policy forbids inline styles");
}
