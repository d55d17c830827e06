//! What every answer carries to protect who gets it: headers, cookies, and pages without inline handlers.

use crate::house::House;
use reqwest::{Method, header};
use serde_json::json;

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let mut house = House::with(3, 0).await;
    house.serve_at("https://dmm.example.org").await;
    let document = house.get("/api/openapi.json").await.body;
    let mut addresses: Vec<(String, String)> = [
        "/",
        "/sync",
        "/connection",
        "/library",
        "/settings",
        "/nowhere",
        "/favicon.svg",
        "/pkg/dmm.css",
        "/pkg/nothing.js",
        "/api/docs",
        "/api/nothing",
    ]
    .map(|address| ("get".to_owned(), address.to_owned()))
    .into();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys().filter(|_| !path.ends_with("/events")) {
            addresses.push((method.clone(), path.replace("{id}", "1")));
        }
    }
    addresses.extend(leptos::server_fn::axum::server_fn_paths().map(|(path, _)| ("post".to_owned(), path.to_owned())));
    assert!(addresses.len() > 60, "{}", addresses.len());
    for (method, address) in addresses {
        let method: Method = method.to_uppercase().parse().unwrap();
        let answer = house.http.request(method.clone(), format!("{}{address}", house.base)).send().await.unwrap();
        let says = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let policy = says("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{method} {address}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{method} {address}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(says(name), value, "{method} {address}: {name}");
        }
    }
}

#[tokio::test]
async fn every_cookie_is_kept_from_scripts_other_sites_and_plain_http() {
    let mut house = House::with(3, 0).await;
    house.serve_at("https://dmm.example.org").await;
    let mut seen = std::collections::BTreeSet::new();
    let token = house.simulator.token().to_owned();
    for (path, form) in [
        ("/api/auth/ui/begin_device", String::new()),
        ("/api/ui/create_api_token", "name=script".to_owned()),
        ("/api/auth/ui/sign_in", format!("token={token}")),
        ("/api/auth/ui/give_up_device", String::new()),
    ] {
        let request = house.http.post(format!("{}{path}", house.base)).bearer_auth(&house.token);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        for cookie in request.send().await.unwrap().headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            for word in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
                assert!(cookie.contains(word), "{path}: {cookie}");
            }
            seen.insert(cookie.split('=').next().unwrap_or_default().to_owned());
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["dmm_device", "dmm_new_token", "dmm_session"]);
}

#[tokio::test]
async fn no_page_has_an_inline_handler_or_style() {
    let house = House::with(5, 2).await;
    house.sync(json!({})).await;
    for address in [
        "/sync",
        "/connection",
        "/library",
        "/library/1",
        "/duplicates",
        "/history",
        "/settings",
        "/settings/disconnect",
        "/api/docs",
    ] {
        let page = house.get(address).await;
        let text = page.body.as_str().expect("a page");
        for tag in text.split('<').skip(1).filter_map(|part| part.split('>').next()) {
            let attributes = tag.split_once(' ').map_or("", |(_, attributes)| attributes);
            assert!(!attributes.contains("=\"javascript"), "{address}: {tag}");
            assert!(
                !attributes.split(' ').any(|word| word.starts_with("on") && word.contains('=')),
                "{address}: {tag}"
            );
            assert!(!attributes.split(' ').any(|word| word.starts_with("style=")), "{address}: {tag}");
        }
    }
}
