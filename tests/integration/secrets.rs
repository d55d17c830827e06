//! Secrets stay secret: whatever goes wrong, no token of Real-Debrid and none of ours stands in a log, an error, the
//! metrics or the files of the database.

use crate::{
    house::{House, rest, within},
    program::Program,
};
use dmm::simulator::{Fault, Knobs, Options, Rule};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that an answer of Real-Debrid can be; one repeats a token, as a careless server would.
fn faults(token: &str) -> Vec<Fault> {
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

/// Signs in by device, whatever has to be met on the way; gives the id of the sign-in that came to its end.
async fn sign_in(house: &mut House, shown: &mut String, ours: &mut Vec<String>) -> String {
    let signed_in = within(Duration::from_mins(1), async {
        loop {
            let begun = house.post("/api/auth/device", json!({})).await.body;
            let Some(id) = begun["id"].as_str().map(str::to_owned) else {
                // Sign-ins are limited.
                shown.push_str(&begun.to_string());
                rest(Duration::from_secs(1)).await;
                continue;
            };
            house.simulator.approve_device(begun["userCode"].as_str().expect("a code"), house.simulator.token());
            loop {
                let answer = house.get(&format!("/api/auth/device/{id}")).await;
                match answer.status {
                    StatusCode::OK => return (id, answer.body["accessToken"].as_str().expect("a token").to_owned()),
                    StatusCode::ACCEPTED => rest(Duration::from_millis(200)).await,
                    _ => {
                        shown.push_str(&answer.body.to_string());
                        break;
                    }
                }
            }
        }
    });
    let (id, token) = signed_in.await.expect("a sign-in in the end");
    ours.push(token.clone());
    house.token = token;
    id
}

#[tokio::test]
async fn no_secret_is_in_any_log_error_metric_or_file_whatever_goes_wrong() {
    // As long as real ones are: of what Real-Debrid says, short words are told on.
    let token = "SECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRET2345".to_owned();
    let options = Options { torrents: 60, downloads: 20, token, knobs: Knobs::unlimited(), ..Options::default() };
    let mut house = House::with_options(options).await;
    house.simulator.knobs(|knobs| {
        knobs.oauth.interval = Duration::from_secs(1);
        knobs.oauth.refresh_rotates = true;
    });
    house.close().await;
    let (program, log) = Program::start_logged(&mut house, &[("DMM_LOG", "trace"), ("DMM_LOG_FORMAT", "json")]).await;
    let mut shown = String::new();
    let mut ours = vec![house.token.clone()];

    let token = house.simulator.token().to_owned();
    // Signing in by device, with everything that can befall it.
    for fault in faults(&token) {
        house.simulator.script(Rule::on("/oauth/v2/device/code").answer(fault));
        shown.push_str(&house.post("/api/auth/device", json!({})).await.body.to_string());
    }
    house.simulator.forget_script();
    for fault in faults(&token) {
        for place in ["/oauth/v2/device/credentials", "/oauth/v2/token"] {
            house.simulator.script(Rule::on(place).answer(fault.clone()));
            let id = sign_in(&mut house, &mut shown, &mut ours).await;
            ours.push(id);
            house.simulator.forget_script();
        }
        // A renewal that meets the same.
        house.simulator.advance(Duration::from_hours(2));
        house.simulator.script(Rule::on("/oauth/v2/token").times(3).answer(fault));
        house.post("/api/sync/start", json!({"maxRetries": 0})).await;
        shown.push_str(&house.ended().await.to_string());
        house.simulator.forget_script();
    }
    let id = sign_in(&mut house, &mut shown, &mut ours).await;
    ours.push(id);
    let made = house.post("/api/tokens", json!({"name": "script"})).await.body;
    ours.push(made["token"].as_str().expect("a token").to_owned());

    // Runs under every fault, at every place.
    for path in ["/user", "/torrents", "/downloads", "/torrents/info/*"] {
        for fault in faults(&token) {
            // Refusals for being too many would be waited out for minutes.
            if fault == Fault::Code(34) {
                continue;
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
    let secrets: Vec<String> =
        house.simulator.secrets().into_iter().chain(ours).chain(["WRONG-TOKEN-WRONG-TOKEN".to_owned()]).collect();
    assert!(secrets.len() >= 10, "{}", secrets.len());
    for secret in &secrets {
        for line in &lines {
            assert!(!line.contains(secret.as_str()), "a secret is logged: {line}");
        }
        assert!(!shown.contains(secret.as_str()), "a secret is shown");
        assert!(!house.stores(secret), "a secret is stored in clear");
    }
}
