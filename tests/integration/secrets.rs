//! Secrets stay secret: whatever goes wrong, no token of Real-Debrid and none of ours stands in a log, an error, the
//! metrics or the files of the database.

use crate::{
    house::{House, rest},
    program::Program,
};
use dmm::simulator::{Fault, Knobs, Options, Rule};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that an answer of Real-Debrid can be.
fn faults() -> Vec<Fault> {
    let token = "echoed";
    vec![
        Fault::Code(8),
        Fault::Code(9),
        Fault::Code(14),
        Fault::Code(34),
        Fault::Html(503),
        Fault::Maintenance(200),
        Fault::Body { status: 400, body: json!({"error": token, "error_code": 2}).to_string() },
        Fault::EmptyObject,
        Fault::ErrorObject(25),
        Fault::EmptyBody,
        Fault::Truncated,
        Fault::Cut,
        Fault::Reset,
    ]
}

#[tokio::test]
async fn no_secret_is_in_any_log_error_metric_or_file_whatever_goes_wrong() {
    let options = Options { torrents: 60, downloads: 20, knobs: Knobs::unlimited(), ..Options::default() };
    let mut house = House::with_options(options).await;
    house.simulator.knobs(|knobs| {
        knobs.oauth.interval = Duration::from_secs(1);
        knobs.oauth.refresh_rotates = true;
    });
    house.close().await;
    let (program, log) = Program::start_logged(&mut house, &[("DMM_LOG", "trace"), ("DMM_LOG_FORMAT", "json")]).await;
    let mut shown = String::new();
    let mut ours = vec![house.token.clone()];

    // Signing in by device, with everything that can befall it.
    for fault in faults() {
        house.simulator.script(Rule::on("/oauth/v2/device/code").answer(fault));
        shown.push_str(&house.post("/api/auth/device", json!({})).await.body.to_string());
    }
    house.simulator.forget_script();
    let begun = house.post("/api/auth/device", json!({})).await.body;
    let id = begun["id"].as_str().expect("an id").to_owned();
    assert!(house.simulator.approve_device(begun["userCode"].as_str().expect("a code"), house.simulator.token()));
    house.simulator.script(Rule::on("/oauth/v2/token").answer(Fault::Truncated));
    let signed_in = loop {
        rest(Duration::from_millis(300)).await;
        let answer = house.get(&format!("/api/auth/device/{id}")).await;
        if answer.status == StatusCode::OK {
            break answer.body["accessToken"].as_str().expect("a token").to_owned();
        }
        shown.push_str(&answer.body.to_string());
    };
    ours.extend([id, signed_in.clone()]);
    house.token = signed_in;
    let made = house.post("/api/tokens", json!({"name": "script"})).await.body;
    ours.push(made["token"].as_str().expect("a token").to_owned());

    // Runs under every fault, at every place, and with a token that has to be renewed.
    for path in ["/user", "/torrents", "/downloads", "/torrents/info/*", "/oauth/v2/token"] {
        for fault in faults() {
            // Refusals for being too many would be waited out for minutes.
            if fault == Fault::Code(34) && !path.starts_with("/oauth") {
                continue;
            }
            if path.starts_with("/oauth") {
                house.simulator.advance(Duration::from_hours(2));
            }
            house.simulator.script(Rule::on(path).times(3).answer(fault));
            house.post("/api/sync/start", json!({"mode": "full", "maxRetries": 0})).await;
            shown.push_str(&house.ended().await.to_string());
            shown.push_str(&house.get("/api/files/3").await.body.to_string());
            house.simulator.forget_script();
        }
    }
    for (method, path, body) in [
        (Method::POST, "/api/auth/token", json!({"token": "WRONG-TOKEN-WRONG-TOKEN"})),
        (Method::POST, "/api/auth/token", json!({"token": house.simulator.token(), "more": 1})),
        (Method::POST, "/api/tokens", json!({"name": house.token, "extra": true})),
        (Method::GET, "/api/nothing", Value::Null),
    ] {
        let answer = house.ask(method, path, Some(body)).await;
        assert!(answer.status.is_client_error(), "{path} {answer:?}");
        shown.push_str(&answer.body.to_string());
    }
    for page in ["/sync", "/settings", "/connection", "/history", "/library/3", "/metrics", "/api/sync/runs"] {
        shown.push_str(&house.get(page).await.body.to_string());
    }
    // The last words of a server, too.
    assert!(program.terminate().await.is_some());

    let lines = log.lines();
    assert!(lines.iter().any(|line| line.contains("\"TRACE\"")), "it was not logged at trace");
    assert!(lines.len() > 1_000, "{} lines", lines.len());
    let secrets: Vec<String> = house.simulator.secrets().into_iter().chain(ours).chain(["WRONG-TOKEN-WRONG-TOKEN".to_owned()]).collect();
    assert!(secrets.len() >= 10, "{}", secrets.len());
    for secret in &secrets {
        for line in &lines {
            assert!(!line.contains(secret.as_str()), "a secret is logged: {line}");
        }
        assert!(!shown.contains(secret.as_str()), "a secret is shown");
        assert!(!house.stores(secret), "a secret is stored in clear");
    }
}
