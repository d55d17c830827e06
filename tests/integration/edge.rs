//! What strangers and broken programs send: nothing of it is a failure of the server, and nothing of it gets through.

use crate::{
    house::{House, rest, within},
    second_opinion::{python, run},
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends bytes as they are and reads until the server ends the connection, or for a second.
async fn raw(house: &House, request: &[u8]) -> String {
    let address = house.base.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = within(Duration::from_secs(1), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn thousands_of_made_up_requests_find_no_failure_and_no_answer_that_is_not_described() {
    let house = House::with(30, 10).await;
    house.sync(json!({})).await;
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.json");
    let (document, token) =
        (format!("{}/api/openapi.json", house.base), format!("Authorization:Bearer {}", house.token));
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
        response_headers_conformance";
    let report_path = report.to_str().expect("a path");
    let arguments = [
        "-m",
        "schemathesis.cli",
        "run",
        &document,
        "-H",
        &token,
        "--checks",
        checks,
        "--mode",
        "all",
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "160",
        "--seed",
        "1",
        "--workers",
        "2",
        "--generation-database",
        "none",
        "--no-color",
        "--request-timeout",
        "20",
        "--report",
        "json",
        "--report-json-path",
        report_path,
        // It never ends.
        "--exclude-path",
        "/api/sync/events",
        // These end what is asked with, and are asked by other tests.
        "--exclude-operation-id",
        "signOut",
        "--exclude-operation-id",
        "disconnectAccount",
        "--exclude-operation-id",
        "endSession",
        "--exclude-operation-id",
        "revokeApiToken",
    ];
    run(&python(), &arguments).await;
    let report: Value = serde_json::from_slice(&std::fs::read(&report).expect("the report")).expect("JSON");
    let cases = &report["test_cases"];
    assert!(cases["generated"].as_i64() > Some(3_000), "{cases:#}");
    // What they have left behind is text, and the session lives.
    assert_eq!(house.get("/api/tokens").await.status, StatusCode::OK);
    assert_eq!(house.get("/settings").await.status, StatusCode::OK);
    house.assert_equal().await;
}

/// One of each thing that is wrong in a field.
fn bad_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(5),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!(" "),
        json!("x".repeat(10_000)),
        json!("<script>alert(1)</script>"),
        json!("' or 1=1; drop table users; --"),
        json!("../../../../etc/passwd"),
        json!("\u{0}\u{1}\u{7f}"),
        json!("\u{202e}\u{feff}\u{1F409}"),
        json!(9_007_199_254_740_993_u64),
        json!("2026-11-26T00:00:00Z"),
    ]
}

#[tokio::test]
async fn every_field_of_every_body_bears_whatever_is_put_into_it() {
    let house = House::with(5, 2).await;
    house.sync(json!({})).await;
    let before = house.stored().await;
    for (method, path, fields) in [
        (Method::POST, "/api/auth/token", &["token"] as &[&str]),
        (Method::POST, "/api/sync/start", &["mode", "batchSize", "syncInterval"]),
        (Method::POST, "/api/sync/status", &["action"]),
        (Method::POST, "/api/sync/configuration", &["configuration"]),
        (Method::POST, "/api/sync/deletions", &["action"]),
        (Method::PATCH, "/api/files/1", &["folder", "name", "note"]),
        (Method::POST, "/api/tokens", &["name"]),
        (Method::POST, "/api/account/disconnect", &["username", "revoke"]),
    ] {
        for field in fields {
            for value in bad_values() {
                let body = json!({ *field: value });
                let answer = house.ask(method.clone(), path, Some(body.clone())).await;
                assert!(!answer.status.is_server_error(), "{method} {path} {body}: {answer:?}");
                if answer.status.is_client_error() {
                    assert_eq!(answer.body["success"], false, "{method} {path} {body}: {answer:?}");
                }
            }
        }
    }
    house.ended().await;
    assert_eq!(house.stored().await, before);
    for page in ["/library", "/library/1", "/settings", "/sync", "/history"] {
        let page = house.get(page).await;
        let text = page.body.as_str().expect("a page");
        assert!(page.status == StatusCode::OK && !text.contains("<script>alert(1)"), "a stored script runs");
    }
}

#[tokio::test]
async fn bodies_that_are_none_too_large_or_of_another_kind_are_refused() {
    let house = House::with(3, 0).await;
    let ask = |path: &str, kind: &'static str, body: Vec<u8>| {
        let request = house.http.post(format!("{}{path}", house.base)).bearer_auth(&house.token);
        request.header(header::CONTENT_TYPE, kind).body(body).send()
    };
    let deep = "[".repeat(100_000).into_bytes();
    for body in [
        b"{".to_vec(),
        b"[]".to_vec(),
        b"\xff\xfe\xfd".to_vec(),
        b"{\"name\":\"\xc3\x28\"}".to_vec(),
        deep,
        b"null".to_vec(),
    ] {
        for path in ["/api/tokens", "/api/sync/status", "/api/sync/configuration"] {
            let answer = ask(path, "application/json", body.clone()).await.unwrap();
            assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
        }
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20)).into_bytes();
    for path in ["/api/tokens", "/api/ui/create_api_token", "/api/ui/save_settings", "/api/auth/ui/sign_in"] {
        for kind in ["application/json", "application/x-www-form-urlencoded"] {
            let answer = ask(path, kind, large.clone()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path} {kind}");
            // In pieces, so that nobody knows beforehand how much comes.
            let pieces = futures::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 16 << 10])));
            let request = house.http.post(format!("{}{path}", house.base)).bearer_auth(&house.token);
            let request = request.header(header::CONTENT_TYPE, kind).body(reqwest::Body::wrap_stream(pieces));
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_client_error(), "{path} {kind} in pieces: {}", answer.status());
        }
    }
}

#[tokio::test]
async fn addresses_that_try_tricks_lead_nowhere() {
    let house = House::with(3, 0).await;
    for path in [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/pkg/../../data/dmm.key",
        "/pkg/%2e%2e/%2e%2e/dmm.key",
        "/pkg/..%5c..%5cdmm.key",
        "//evil.example/",
        "/\\evil.example",
        "/%00",
        "/library/%ff%fe",
        "/api/files/%ff",
        "/api/files/../sync/status",
        "/API/sync/status",
        "/api//sync/status",
        "/api/sync/status/",
        "/library?query=%ff&sort=%00",
        "/sync?problem=%3Cscript%3Ealert(1)%3C/script%3E",
        "/connection?problem=//evil.example",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: dmm\r\nConnection: close\r\n\r\n");
        let answer = raw(&house, request.as_bytes()).await;
        assert!((200..500).contains(&status(&answer)), "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains("<script>alert"), "{path}: {answer}");
        let location =
            answer.lines().find_map(|line| line.to_lowercase().strip_prefix("location: ").map(str::to_owned));
        assert!(
            location.is_none_or(|it| it.starts_with('/') && !it.starts_with("//") && !it.starts_with("/\\")),
            "{path}: {answer}"
        );
    }
    for request in [
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec(),
        b"GET /\xff\xfe HTTP/1.1\r\nHost: dmm\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: dmm\r\nCookie: dmm_session=\xff\xfe\r\nConnection: close\r\n\r\n".to_vec(),
        b"POST /api/tokens HTTP/1.1\r\nHost: dmm\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n".to_vec(),
        format!("GET /{} HTTP/1.1\r\nHost: dmm\r\nConnection: close\r\n\r\n", "a".repeat(10_000)).into_bytes(),
        format!("GET /library?query={} HTTP/1.1\r\nHost: dmm\r\nConnection: close\r\n\r\n", "a".repeat(10_000)).into_bytes(),
    ] {
        let answer = raw(&house, &request).await;
        assert!(answer.is_empty() || (200..500).contains(&status(&answer)) || status(&answer) == 505, "{answer}");
    }
    let many =
        "X-Header: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n".repeat(2_000);
    let answer = raw(&house, format!("GET / HTTP/1.1\r\nHost: dmm\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.is_empty() || status(&answer) == 431, "headers without end: {answer}");
    assert_eq!(house.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_from_elsewhere_is_not_sent_back_there() {
    let house = House::with(3, 0).await;
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for path in leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path) {
        for form in ["", "id=1", "name=x&id=x&command=nothing&token=", "username=demo&revoke=on"] {
            if path.ends_with("disconnect") || path.ends_with("sign_out") {
                continue;
            }
            let answer = browser
                .post(format!("{}{path}", house.base))
                .header(header::COOKIE, format!("dmm_session={}", house.token))
                .header(header::ORIGIN, &house.base)
                .header(header::REFERER, "https://evil.example/page")
                .header(header::ACCEPT, "text/html")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form)
                .send()
                .await
                .unwrap();
            assert!(!answer.status().is_server_error(), "{path} {form}: {}", answer.status());
            if let Some(location) = answer.headers().get(header::LOCATION) {
                let location = location.to_str().unwrap();
                assert!(location.starts_with('/') && !location.starts_with("//"), "{path} {form}: {location}");
            }
        }
    }
}

#[tokio::test]
async fn sign_ins_are_limited_for_each_address_and_nothing_else_is() {
    let mut house = House::with(3, 0).await;
    house.serve_at("https://dmm.example.org").await;
    let try_from = |address: &str| {
        let request = house.http.post(format!("{}/api/auth/token", house.base)).header("x-forwarded-for", address);
        request.json(&json!({"token": "WRONG"})).send()
    };
    let mut refused = None;
    for _ in 0..60 {
        let answer = try_from("203.0.113.7").await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let refused = refused.expect("a limit");
    let wait: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let body: Value = refused.json().await.unwrap();
    assert_eq!((&body["success"], &body["code"]), (&json!(false), &json!("too_many_attempts")), "{body}");
    assert_eq!(try_from("203.0.113.8").await.unwrap().status(), StatusCode::UNAUTHORIZED, "another address");
    let mine = house.http.get(format!("{}/api/sync/status", house.base)).header("x-forwarded-for", "203.0.113.7");
    assert_eq!(mine.bearer_auth(&house.token).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_connection_that_sends_no_request_is_ended() {
    let house = House::with(3, 0).await;
    let address = house.base.strip_prefix("http://").expect("plain HTTP").to_owned();
    let mut silent = TcpStream::connect(&address).await.unwrap();
    let mut slow = TcpStream::connect(&address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
    rest(Duration::from_millis(10)).await;
    for stream in [&mut silent, &mut slow] {
        let mut answer = Vec::new();
        let ended = within(Duration::from_secs(45), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_some(), "it is held open");
    }
}
