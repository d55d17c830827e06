//! Contract sections 2, 3 and 4 at the HTTP edge.

use crate::house::House;
use dmm::simulator::{Account, Knobs, Library, Options};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

const PROTECTED: [(&str, &str); 29] = [
    ("POST", "/api/sync/start"),
    ("GET", "/api/sync/status"),
    ("POST", "/api/sync/status"),
    ("GET", "/api/sync/configuration"),
    ("POST", "/api/sync/configuration"),
    ("GET", "/api/sync/events"),
    ("GET", "/api/sync/runs"),
    ("POST", "/api/sync/deletions"),
    ("GET", "/api/files"),
    ("GET", "/api/files/1"),
    ("GET", "/api/files/export"),
    ("PATCH", "/api/files/1"),
    ("GET", "/api/folders"),
    ("GET", "/api/statistics"),
    ("GET", "/api/duplicates"),
    ("GET", "/api/sessions"),
    ("DELETE", "/api/sessions"),
    ("DELETE", "/api/sessions/1"),
    ("GET", "/api/tokens"),
    ("POST", "/api/tokens"),
    ("DELETE", "/api/tokens/1"),
    ("POST", "/api/account/disconnect"),
    ("POST", "/api/ui/end_session"),
    ("POST", "/api/ui/create_api_token"),
    ("POST", "/api/ui/disconnect"),
    ("POST", "/api/ui/organise"),
    ("POST", "/api/ui/save_settings"),
    ("POST", "/api/ui/sync_control"),
    ("GET", "/api/nothing"),
];

#[tokio::test]
async fn f5_every_route_demands_a_session() {
    let house = House::with(3, 0).await;
    for token in ["", "made-up"] {
        for (method, path) in PROTECTED {
            let request = house.http.request(method.parse().unwrap(), format!("{}{path}", house.base));
            let answer = request.bearer_auth(token).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            let body: Value = answer.json().await.unwrap();
            assert_eq!(
                (&body["success"], &body["code"]),
                (&json!(false), &json!("unauthenticated")),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_session_lives_from_sign_in_to_sign_out_and_only_its_hash_is_stored() {
    let house = House::with(3, 0).await;
    let session = house.get("/api/auth/session").await;
    assert_eq!(session.body["user"]["username"], "demo", "{session:?}");
    assert!(session.body["user"]["premiumUntil"].as_str().is_some_and(|time| time.ends_with('Z')));
    let bytes = std::fs::read(house.database()).unwrap();
    for secret in [house.token.as_str(), house.simulator.token()] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "a secret is stored in clear");
    }
    assert_eq!(house.ask(Method::DELETE, "/api/auth/session", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get("/api/auth/session").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.get("/api/files").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn f5_an_event_stream_ends_with_its_session() {
    let house = House::with(3, 0).await;
    let request = house.http.get(format!("{}/api/sync/events", house.base)).bearer_auth(&house.token);
    let stream = request.send().await.unwrap();
    assert_eq!(house.ask(Method::DELETE, "/api/auth/session", None).await.status, StatusCode::NO_CONTENT);
    let text = crate::house::within(std::time::Duration::from_secs(30), stream.text()).await;
    assert!(text.expect("the stream ends").expect("and ends well").contains("event: status"));
}

#[tokio::test]
async fn a_wrong_token_and_an_unreachable_real_debrid_are_told_apart() {
    let house = House::with(3, 0).await;
    let wrong = house.post("/api/auth/token", json!({"token": "WRONG"})).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
    assert!(wrong.body["error"].as_str().is_some_and(|error| error.contains("refused the token")), "{wrong:?}");
    for empty in ["", "   ", "two words"] {
        assert_eq!(house.post("/api/auth/token", json!({"token": empty})).await.status, StatusCode::BAD_REQUEST);
    }
    let token = house.simulator.token().to_owned();
    house.simulator.clone().stop().await;
    let unreachable = house.post("/api/auth/token", json!({"token": token})).await;
    assert_eq!(unreachable.status, StatusCode::BAD_GATEWAY, "{unreachable:?}");
    assert!(unreachable.body["error"].as_str().is_some_and(|error| error.contains("cannot be reached")));
}

#[tokio::test]
async fn a_change_by_cookie_needs_a_same_origin() {
    let house = House::with(3, 0).await;
    let start = |origin: Option<&str>| {
        let mut request = house
            .http
            .post(format!("{}/api/sync/start", house.base))
            .header(header::COOKIE, format!("dmm_session={}", house.token));
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        request.send()
    };
    for foreign in [None, Some("https://evil.example"), Some("null")] {
        let answer = start(foreign).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{foreign:?}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "foreign_origin");
    }
    assert_eq!(start(Some(&house.base)).await.unwrap().status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn f4_configuration_is_validated_stored_per_account_and_survives_a_restart() {
    let mut house = House::with(3, 0).await;
    let defaults = house.get("/api/sync/configuration").await.body["configuration"].clone();
    assert_eq!(
        defaults,
        json!({"autoSync": true, "syncInterval": 30, "batchSize": 100, "enableDuplicateDetection": true,
               "syncTimeout": 300_000, "maxRetries": 3})
    );
    for (configuration, field) in [
        (json!({"batchSize": 24}), "batchSize"),
        (json!({"batchSize": 501}), "batchSize"),
        (json!({"syncInterval": 0}), "syncInterval"),
        (json!({"maxRetries": "many"}), "maxRetries"),
        (json!({"batchSzie": 100}), "batchSzie"),
        (json!({"autoSync": false, "syncTimeout": 5}), "syncTimeout"),
    ] {
        let refused = house.post("/api/sync/configuration", json!({"configuration": configuration})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{configuration}");
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains(field)), "{refused:?}");
    }
    assert_eq!(
        house.get("/api/sync/configuration").await.body["configuration"],
        defaults,
        "a refusal changed something"
    );
    let changed = house.post("/api/sync/configuration", json!({"configuration": {"batchSize": 250}})).await;
    assert_eq!((&changed.body["success"], &changed.body["configuration"]["batchSize"]), (&json!(true), &json!(250)));
    house.restart().await;
    assert_eq!(house.get("/api/sync/status").await.body["configuration"]["batchSize"], 250);
    let mut library = Library::generate(2, 1, 0);
    library.clear();
    house.simulator.add_account(Account::new("other-token", "somebody", library));
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    house.token = other.body["accessToken"].as_str().unwrap().to_owned();
    assert_eq!(
        house.get("/api/sync/configuration").await.body["configuration"],
        defaults,
        "settings leak between accounts"
    );
}

#[tokio::test]
async fn f4_settings_for_one_run_do_not_stay_and_bad_ones_start_nothing() {
    let house = House::with(60, 0).await;
    for body in [json!({"batchSize": 501}), json!({"mode": "sideways"}), json!({"bogus": 1}), json!([1, 2])] {
        let refused = house.post("/api/sync/start", body.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}: {refused:?}");
    }
    assert_eq!(house.count("select count(*) from sync_runs").await, 0);
    house.sync(json!({"mode": "full", "batchSize": 25})).await;
    assert_eq!(house.get("/api/sync/configuration").await.body["configuration"]["batchSize"], 100);
}

#[tokio::test]
async fn a_malformed_body_is_refused_with_one_sentence() {
    let house = House::with(3, 0).await;
    let send = |body: Vec<u8>| {
        house
            .http
            .post(format!("{}/api/sync/status", house.base))
            .bearer_auth(&house.token)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .send()
    };
    for body in [&b"{"[..], b"\xff\xfe", b"[]", b"{\"action\": 7}", b"{\"action\": \"pause\"} x", b"null"] {
        let answer = send(body.to_vec()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{}", String::from_utf8_lossy(body));
        assert_eq!(answer.json::<Value>().await.unwrap()["success"], false);
    }
    let large = send(vec![b' '; 100_000]).await.unwrap();
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(large.json::<Value>().await.unwrap()["code"], "too_large");
}

#[tokio::test]
async fn the_library_is_searched_filtered_sorted_and_paged_by_the_server() {
    let house = House::with(400, 120).await;
    house.sync(json!({})).await;
    let library = house.library();
    let count = |wanted: &dyn Fn(&Value) -> bool| library.values().filter(|entry| wanted(entry)).count();
    let total = |path: &'static str| async { house.get(path).await.body["total"].clone() };
    assert_eq!(total("/api/files?kind=download").await, count(&|entry| entry["kind"] == "download"));
    assert_eq!(total("/api/files?status=downloading").await, count(&|entry| entry["status"] == "downloading"));
    let both = |entry: &Value| {
        entry["name"].as_str().is_some_and(|name| {
            let name = name.to_lowercase();
            name.contains("1080p") && name.contains("x26")
        })
    };
    assert!(count(&both) > 0);
    assert_eq!(total("/api/files?query=X26+1080P").await, count(&both));
    assert_eq!(
        total("/api/files?query=%25").await,
        count(&|entry| entry["name"].as_str().is_some_and(|name| name.contains('%')))
    );
    assert_eq!(total("/api/files?query=zz=").await, 0, "a value that ends in an equals sign was dropped");
    assert_eq!(total("/api/files?query=&kind=").await, library.len(), "empty fields mean any");
    let sizes: Vec<i64> = house.get("/api/files?sort=size&order=asc&limit=500").await.body["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|file| file["fileSize"].as_i64())
        .collect();
    assert!(sizes.is_sorted() && sizes.len() == 500);
    for (path, field) in [
        ("/api/files?limit=0", "limit"),
        ("/api/files?limit=501", "limit"),
        ("/api/files?sort=colour", "sort"),
        ("/api/files?cursor=nonsense", "cursor"),
        ("/api/files?color=red", "color"),
        ("/api/sync/runs?limit=-1", "limit"),
        ("/api/sync/runs?before=yesterday", "before"),
    ] {
        let refused = house.get(path).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}: {refused:?}");
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains(field)), "{path}: {refused:?}");
    }
    for path in ["/api/files/999999", "/api/files/abc", "/api/files/-1", "/api/files/..%2f..%2fetc"] {
        assert_eq!(house.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn one_account_never_sees_anothers_library() {
    let mut house = House::with(30, 0).await;
    house.sync(json!({})).await;
    let id = house.get("/api/files?limit=1").await.body["files"][0]["id"].clone();
    house.simulator.add_account(Account::new("other-token", "somebody", Library::generate(9, 5, 0)));
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    house.token = other.body["accessToken"].as_str().unwrap().to_owned();
    assert_eq!(house.get(&format!("/api/files/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("/api/files").await.body["total"], 0);
    assert_eq!(house.status().await["lastSync"], Value::Null);
    house.sync(json!({})).await;
    assert_eq!(house.get("/api/files").await.body["total"], 5);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_pages_a_nonce_of_their_own() {
    let house = House::with(3, 0).await;
    let mut nonces = Vec::new();
    for path in ["/sync", "/sync", "/connection", "/api/sync/status", "/api/nothing", "/nowhere", "/healthz"] {
        let answer = house.http.get(format!("{}{path}", house.base)).send().await.unwrap();
        let value = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let policy = value("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(
            (value("x-content-type-options").as_str(), value("referrer-policy").as_str()),
            ("nosniff", "same-origin"),
            "{path}"
        );
        if let Some((_, rest)) = policy.split_once("'nonce-") {
            let nonce = rest.split('\'').next().unwrap_or_default().to_owned();
            let page = answer.text().await.unwrap();
            assert!(page.contains(&format!("nonce=\"{nonce}\"")), "{path}: the page does not use its nonce");
            nonces.push(nonce);
        }
    }
    assert!(nonces.len() >= 3 && nonces[0] != nonces[1], "{nonces:?}");
}

#[tokio::test]
async fn the_health_addresses_tell_the_truth() {
    let house = House::with(3, 0).await;
    assert_eq!(house.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(house.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_demo_exists_only_when_asked_for() {
    let mut house = House::with(3, 0).await;
    assert_eq!(house.post("/api/auth/demo", json!({})).await.status, StatusCode::NOT_FOUND);
    house.close().await;
    let demo = Options { torrents: 7, downloads: 2, knobs: Knobs::unlimited(), ..Options::default() };
    let options = dmm::cli::ServerOptions { demo: Some(demo), ..Default::default() };
    let server = dmm::cli::Server::build(&house.config(), options).await.unwrap();
    let base = format!("http://{}", server.address());
    let running = tokio::spawn(server.run(std::future::pending()));
    let signed_in = house.http.post(format!("{base}/api/auth/demo")).send().await.unwrap();
    assert_eq!(signed_in.status(), StatusCode::OK);
    assert!(signed_in.headers()[header::SET_COOKIE].to_str().unwrap().contains("HttpOnly; SameSite=Lax"));
    let token = signed_in.json::<Value>().await.unwrap()["accessToken"].as_str().unwrap().to_owned();
    // The demo account has the same number at its Real-Debrid as the real one, and still is another user.
    let files: Value =
        house.http.get(format!("{base}/api/files")).bearer_auth(token).send().await.unwrap().json().await.unwrap();
    assert_eq!(files["total"], 0);
    running.abort();
}

#[tokio::test]
async fn an_endless_body_is_cut_off_also_at_the_forms_of_strangers() {
    let house = House::with(1, 0).await;
    for path in ["/api/auth/ui/sign_in", "/api/auth/token"] {
        for announced in [true, false] {
            let form = "token=".to_owned() + &"x".repeat(2 << 20);
            let body = if announced {
                reqwest::Body::from(form)
            } else {
                reqwest::Body::wrap_stream(futures::stream::iter([Ok::<_, std::io::Error>(form)]))
            };
            let request = house.http.post(format!("{}{path}", house.base)).body(body);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            // The server may hang up before everything was sent.
            if let Ok(answer) = request.send().await {
                let status = answer.status();
                assert!(!status.is_success() && !status.is_redirection(), "{path}, announced {announced}: {answer:?}");
                assert!(!announced || status == StatusCode::PAYLOAD_TOO_LARGE, "{path}: {answer:?}");
            }
        }
    }
    assert!(house.get("/healthz").await.status.is_success());
}
