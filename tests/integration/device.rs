//! Signing in by device: contract section 2 against the simulator's whole OAuth side.

use crate::house::{Answer, House, rest, within};
use dmm::simulator::{Fault, Knobs, Options, Rule};
use futures::future::join_all;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;

/// A house whose codes may be polled once a second.
pub(crate) async fn house() -> House {
    let house = House::with(30, 10).await;
    house.simulator.knobs(|knobs| knobs.oauth.interval = Duration::from_secs(1));
    house
}

async fn begin(house: &House) -> Value {
    let begun = house.post("/api/auth/device", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{begun:?}");
    begun.body
}

async fn ask(house: &House, begun: &Value) -> Answer {
    house.get(&format!("/api/auth/device/{}", begun["id"].as_str().expect("an id"))).await
}

/// The first answer that is not "pending".
async fn outcome(house: &House, begun: &Value) -> Answer {
    within(Duration::from_secs(30), async {
        loop {
            let answer = ask(house, begun).await;
            if answer.status != StatusCode::ACCEPTED {
                return answer;
            }
            rest(Duration::from_millis(100)).await;
        }
    })
    .await
    .expect("an outcome")
}

fn approve(house: &House, begun: &Value) {
    let code = begun["userCode"].as_str().expect("a code");
    assert!(house.simulator.approve_device(code, house.simulator.token()));
}

/// Signs the house in by device, so that its account's token can be renewed.
pub(crate) async fn signed_in_by_device(house: &mut House) {
    let begun = begin(house).await;
    approve(house, &begun);
    let answer = outcome(house, &begun).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body["accessToken"].as_str().expect("a token").clone_into(&mut house.token);
    house.requests();
}

pub(crate) fn asked(house: &House, endpoint: &str) -> usize {
    house.simulator.journal().iter().filter(|request| request.endpoint().contains(endpoint)).count()
}

#[tokio::test]
async fn a_code_waits_for_its_user_and_becomes_a_session() {
    let house = house().await;
    let begun = begin(&house).await;
    assert_eq!((&begun["success"], &begun["interval"], &begun["expiresIn"]), (&json!(true), &json!(1), &json!(600)));
    assert_eq!(begun["verificationUrl"], "https://real-debrid.com/device");
    let direct = begun["directVerificationUrl"].as_str().expect("an address");
    assert!(direct.ends_with(begun["userCode"].as_str().expect("a code")), "{direct}");
    let pending = ask(&house, &begun).await;
    assert_eq!(pending.status, StatusCode::ACCEPTED);
    assert_eq!((&pending.body["success"], &pending.body["state"]), (&json!(true), &json!("pending")));
    approve(&house, &begun);
    let signed_in = outcome(&house, &begun).await;
    assert_eq!(signed_in.status, StatusCode::OK, "{signed_in:?}");
    assert_eq!((&signed_in.body["success"], &signed_in.body["user"]["username"]), (&json!(true), &json!("demo")));
    let session = house.http.get(format!("{}/api/auth/session", house.base));
    let session = session.bearer_auth(signed_in.body["accessToken"].as_str().expect("a token")).send().await.unwrap();
    assert_eq!(session.status(), StatusCode::OK);
    // The answer can have been lost: for a minute whoever began the sign-in may ask again.
    let again = ask(&house, &begun).await;
    assert_eq!(again.status, StatusCode::OK, "{again:?}");
    assert_ne!(again.body["accessToken"], signed_in.body["accessToken"]);
    house.damage("update device_sign_ins set expires_at = expires_at - 60000").await;
    let over = ask(&house, &begun).await;
    assert_eq!((over.status, &over.body["code"]), (StatusCode::GONE, &json!("sign_in_ended")), "{over:?}");
    assert_eq!(over.body["success"], false);
}

#[tokio::test]
async fn a_link_from_elsewhere_signs_nobody_in() {
    let house = house().await;
    let begun = begin(&house).await;
    approve(&house, &begun);
    rest(Duration::from_millis(1_100)).await;
    let address = format!("{}/api/auth/device/{}", house.base, begun["id"].as_str().expect("an id"));
    for (name, value) in [("sec-fetch-mode", "navigate"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "none")]
    {
        let answer = house.http.get(&address).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers().get(header::SET_COOKIE).is_none(), "{name}: {value}");
    }
}

#[tokio::test]
async fn tokens_are_kept_when_nobody_can_say_yet_whose_they_are() {
    let house = house().await;
    let begun = begin(&house).await;
    approve(&house, &begun);
    house.simulator.script(Rule::on("/user").times(4).answer(Fault::Html(503)));
    let signed_in = outcome(&house, &begun).await;
    assert_eq!(signed_in.status, StatusCode::OK, "{signed_in:?}");
    assert_eq!(asked(&house, "/oauth/v2/token"), 1, "a code is exchanged once only");
}

#[tokio::test]
async fn a_sign_in_that_was_given_up_is_over() {
    let house = house().await;
    let begun = begin(&house).await;
    approve(&house, &begun);
    let given_up = house
        .http
        .post(format!("{}/api/auth/ui/give_up_device", house.base))
        .header(header::COOKIE, format!("dmm_device={}", begun["id"].as_str().expect("an id")))
        .header(header::ORIGIN, &house.base)
        .send()
        .await
        .unwrap();
    assert_eq!(given_up.status(), StatusCode::OK);
    assert_eq!(ask(&house, &begun).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn the_session_of_a_browser_comes_as_a_cookie_too() {
    let house = house().await;
    let begun = begin(&house).await;
    approve(&house, &begun);
    rest(Duration::from_millis(1_100)).await;
    let address = format!("{}/api/auth/device/{}", house.base, begun["id"].as_str().expect("an id"));
    let answer = house.http.get(address).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("dmm_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
}

#[tokio::test]
async fn real_debrid_is_never_polled_faster_than_it_wants() {
    let house = house().await;
    house.simulator.knobs(|knobs| knobs.oauth.refuses_fast_polls = true);
    let begun = begin(&house).await;
    house.simulator.clear_journal();
    let eager = async {
        loop {
            let answers = join_all((0..8).map(|_| ask(&house, &begun))).await;
            assert!(answers.iter().all(|answer| answer.status == StatusCode::ACCEPTED), "{answers:?}");
        }
    };
    assert!(within(Duration::from_millis(3_500), eager).await.is_none());
    let polls = asked(&house, "credentials");
    assert!((2..=3).contains(&polls), "{polls} polls in 3.5 s");
}

#[tokio::test]
async fn a_plea_to_slow_down_makes_the_interval_longer() {
    let house = house().await;
    let begun = begin(&house).await;
    house.simulator.script(Rule::on("/oauth/v2/device/credentials").answer(Fault::Code(34)));
    rest(Duration::from_millis(1_100)).await;
    let slowed = ask(&house, &begun).await;
    assert_eq!((slowed.status, &slowed.body["interval"]), (StatusCode::ACCEPTED, &json!(6)), "{slowed:?}");
}

#[tokio::test]
async fn an_expired_and_an_unknown_code_are_over() {
    let house = house().await;
    house.simulator.knobs(|knobs| knobs.oauth.code_life = Duration::from_mins(10));
    let unknown = ask(&house, &json!({"id": "made-up"})).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (StatusCode::GONE, &json!("sign_in_ended")));
    let begun = begin(&house).await;
    // Real-Debrid says of an expired or refused code what it says of an unknown one.
    house.simulator.advance(Duration::from_mins(11));
    let expired = outcome(&house, &begun).await;
    assert_eq!((expired.status, &expired.body["code"]), (StatusCode::GONE, &json!("sign_in_ended")), "{expired:?}");
    // By our own clock too, whatever Real-Debrid says.
    let begun = begin(&house).await;
    approve(&house, &begun);
    house.damage("update device_sign_ins set expires_at = 1").await;
    assert_eq!(ask(&house, &begun).await.status, StatusCode::GONE);
    begin(&house).await;
    house.damage("update device_sign_ins set expires_at = 1").await;
    begin(&house).await;
    assert_eq!(house.count("select count(*) from device_sign_ins").await, 1, "what has expired is forgotten");
}

#[tokio::test]
async fn a_sign_in_survives_a_restart_and_a_bad_minute_of_real_debrid() {
    let mut house = house().await;
    let begun = begin(&house).await;
    house.restart().await;
    approve(&house, &begun);
    house.simulator.script(Rule::on("/oauth/v2/*").times(2).answer(Fault::Html(503)));
    let signed_in = outcome(&house, &begun).await;
    assert_eq!(signed_in.status, StatusCode::OK, "{signed_in:?}");
}

#[tokio::test]
async fn nothing_of_a_sign_in_is_stored_in_clear() {
    let mut house = house().await;
    let begun = begin(&house).await;
    approve(&house, &begun);
    let id = begun["id"].as_str().expect("an id").to_owned();
    assert!(house.stores(begun["userCode"].as_str().expect("a code")), "the search finds what is stored");
    assert!(!house.stores(&id), "the id");
    signed_in_by_device(&mut house).await;
    house.sync(json!({})).await;
    let secrets = house.simulator.secrets();
    assert!(secrets.len() >= 6, "codes, credentials and tokens of two sign-ins: {}", secrets.len());
    for secret in secrets {
        assert!(!house.stores(&secret), "a secret of Real-Debrid");
    }
}

#[tokio::test]
async fn who_may_not_enter_is_told_so_once() {
    let options = Options { torrents: 3, downloads: 0, knobs: Knobs::unlimited(), ..Options::default() };
    let mut house = House::with_options(options).await;
    house.simulator.knobs(|knobs| knobs.oauth.interval = Duration::from_secs(1));
    house.allow(&["somebody"]).await;
    let begun = begin(&house).await;
    approve(&house, &begun);
    let answer = outcome(&house, &begun).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::FORBIDDEN, &json!("not_allowed")), "{answer:?}");
    assert_eq!(ask(&house, &begun).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_browser_goes_on_by_its_cookie_alone() {
    let house = house().await;
    let form = |path: &str, cookie: &str| {
        house
            .http
            .post(format!("{}{path}", house.base))
            .header(header::ORIGIN, &house.base)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie.to_owned())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .send()
    };
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let begun = browser
        .post(format!("{}/api/auth/ui/begin_device", house.base))
        .header(header::ORIGIN, &house.base)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (begun.status(), begun.headers()[header::LOCATION].to_str().unwrap()),
        (StatusCode::FOUND, "/connection")
    );
    let cookie = begun.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("dmm_device=") && cookie.contains("HttpOnly"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let page = |cookie: String| {
        let request = browser.get(format!("{}/connection", house.base)).header(header::ACCEPT, "text/html");
        request.header(header::COOKIE, cookie).send()
    };
    let waiting = page(cookie.clone()).await.unwrap().text().await.unwrap();
    let code = house.simulator.waiting_devices().pop().expect("a device waits");
    assert!(waiting.contains(&code) && waiting.contains("<svg"), "{waiting}");
    assert!(house.simulator.approve_device(&code, house.simulator.token()));
    rest(Duration::from_millis(1_100)).await;
    let done = page(cookie.clone()).await.unwrap();
    assert_eq!((done.status(), done.headers()[header::LOCATION].to_str().unwrap()), (StatusCode::FOUND, "/sync"));
    let cookies: Vec<_> = done.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|it| it.starts_with("dmm_session=") && !it.contains("Max-Age=0")), "{cookies:?}");
    assert!(cookies.iter().any(|it| it.starts_with("dmm_device=;") && it.contains("Max-Age=0")), "{cookies:?}");
    house.damage("update device_sign_ins set expires_at = 1").await;
    let over = page(cookie.clone()).await.unwrap().text().await.unwrap();
    assert!(over.contains("Get a new one"), "{over}");
    // What is over can be given up too.
    assert_eq!(form("/api/auth/ui/give_up_device", &cookie).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_sign_in_from_another_site_is_refused() {
    let house = house().await;
    let answer = house
        .http
        .request(Method::POST, format!("{}/api/auth/device", house.base))
        .header(header::ORIGIN, "https://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}
