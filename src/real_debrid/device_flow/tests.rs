use super::*;
use crate::real_debrid::{
    Client, Code, Connection, Unattended,
    scripted::{Reply, Scripted, connection, manual_clock, refuses, says, transport},
};
use std::sync::Arc;

async fn flow(script: impl IntoIterator<Item = Reply>) -> (DeviceFlow, Scripted) {
    let server = Scripted::new(script).await;
    let flow = DeviceFlow::new(transport(), manual_clock().clock(), server.url.clone(), "APP".to_owned());
    (flow, server)
}

fn code(more: &str) -> Reply {
    says(200, &format!(r#"{{"device_code":"D1","user_code":"U1"{more}}}"#))
}

fn credentials() -> AppCredentials {
    AppCredentials { client_id: "C".to_owned(), client_secret: "S".into() }
}

#[tokio::test]
async fn a_code_comes_with_its_life_and_interval_or_with_sensible_ones() {
    let whole = r#","interval":7,"expires_in":1800,"verification_url":"https:\/\/real-debrid.com\/device",
        "direct_verification_url":"https:\/\/real-debrid.com\/authorize?device_id=U1""#;
    let wild = r#","interval":0,"expires_in":99999999,"verification_url":"javascript:alert(1)",
        "direct_verification_url":"data:text/html,x""#;
    let (flow, server) = flow([code(whole), code(""), code(wild)]).await;
    let told = flow.begin().await.unwrap();
    assert_eq!((told.interval, told.expires_in), (Duration::from_secs(7), Duration::from_mins(30)));
    assert_eq!(told.verification_url, "https://real-debrid.com/device");
    assert_eq!(told.direct_verification_url.as_deref(), Some("https://real-debrid.com/authorize?device_id=U1"));
    let bare = flow.begin().await.unwrap();
    assert_eq!((bare.interval, bare.expires_in), (Duration::from_secs(5), Duration::from_mins(10)));
    let wild = flow.begin().await.unwrap();
    assert_eq!((wild.interval, wild.expires_in), (Duration::from_secs(5), Duration::from_hours(1)));
    assert_eq!((wild.verification_url.as_str(), wild.direct_verification_url), (VERIFICATION_PAGE, None));
    assert_eq!(server.asked()[0], "/rest/1.0/device/code?client_id=APP&new_credentials=yes");
    assert_eq!(server.authorization(0), None);
}

#[tokio::test]
async fn every_answer_to_a_poll_is_told_apart() {
    let (flow, server) = flow([
        says(403, r#"{"error":null,"error_code":null}"#),
        refuses(403, 22),
        says(403, "<html>blocked</html>"),
        refuses(429, 34),
        says(429, ""),
        says(200, r#"{"client_id":null,"client_secret":null}"#),
        says(503, "<html>"),
        says(200, "{}"),
        refuses(200, 25),
        says(200, r#"{"client_id":"C","client_secret":"S"}"#),
    ])
    .await;
    let code = SecretString::from("D 1");
    assert!(matches!(flow.poll(&code).await, Ok(Poll::Pending)));
    assert_eq!(flow.poll(&code).await.unwrap_err().error_code(), Some(Code::IpNotAllowed));
    assert!(matches!(flow.poll(&code).await, Err(Error::NotPermitted { .. })));
    assert!(matches!(flow.poll(&code).await, Ok(Poll::SlowDown)));
    assert!(matches!(flow.poll(&code).await, Ok(Poll::SlowDown)));
    assert!(matches!(flow.poll(&code).await, Ok(Poll::Gone)));
    assert!(matches!(flow.poll(&code).await, Err(Error::Unavailable { .. })));
    assert!(matches!(flow.poll(&code).await, Err(Error::Malformed { .. })));
    assert!(matches!(flow.poll(&code).await, Err(Error::Unavailable { .. })));
    let Ok(Poll::Approved(credentials)) = flow.poll(&code).await else { panic!("approved") };
    assert_eq!((credentials.client_id.as_str(), credentials.client_secret.expose_secret()), ("C", "S"));
    assert_eq!(server.asked()[0], "/rest/1.0/device/credentials?client_id=APP&code=D+1");
}

#[tokio::test]
async fn whatever_status_a_refused_renewal_has_the_user_has_to_sign_in_again() {
    let invalid = r#"{"error":"invalid_grant"}"#;
    let (flow, _) = flow([
        says(400, invalid),
        says(401, invalid),
        refuses(403, 9),
        says(403, r#"{"error":null,"error_code":null}"#),
        says(403, ""),
        says(403, "error code: 1020"),
        says(403, "<html>a wall</html>"),
        refuses(429, 34),
        says(500, ""),
        says(200, r#"{"access_token":"A"}"#),
        says(200, r#"{"access_token":"A","refresh_token":"R2","expires_in":86400,"token_type":"Bearer"}"#),
    ])
    .await;
    let (credentials, refresh) = (credentials(), SecretString::from("R1"));
    for _ in 0..4 {
        let error = flow.tokens(&credentials, &refresh).await.unwrap_err();
        assert!(matches!(error, Error::TokenRefused { .. }), "{error}");
    }
    for _ in 0..5 {
        let error = flow.tokens(&credentials, &refresh).await.unwrap_err();
        assert!(error.is_transient() && !error.needs_sign_in(), "{error}");
    }
    let bare = flow.tokens(&credentials, &refresh).await.unwrap();
    assert_eq!((bare.refresh_token.expose_secret(), bare.expires_in), ("R1", Duration::from_hours(1)));
    let whole = flow.tokens(&credentials, &refresh).await.unwrap();
    assert_eq!((whole.refresh_token.expose_secret(), whole.expires_in), ("R2", Duration::from_hours(24)));
}

#[tokio::test]
async fn an_address_that_is_none_names_its_setting() {
    let flow = DeviceFlow::new(transport(), manual_clock().clock(), "file:///x".to_owned(), "APP".to_owned());
    assert!(flow.begin().await.unwrap_err().to_string().contains("REAL_DEBRID_OAUTH_URL"));
}

/// What a panic, an assertion or a careless log line would print.
/// As when something that holds secrets is unwrapped and is not what was expected: the report prints all of it.
#[tokio::test]
async fn promise_6_a_panic_report_shows_no_secret() {
    let issued = IssuedTokens {
        access_token: "SECRET-A".into(),
        refresh_token: "SECRET-R".into(),
        expires_in: Duration::from_hours(1),
    };
    let code = DeviceCode {
        device_code: "SECRET-D".into(),
        user_code: "SHOWN".to_owned(),
        verification_url: VERIFICATION_PAGE.to_owned(),
        direct_verification_url: None,
        expires_in: Duration::from_mins(10),
        interval: Duration::from_secs(5),
    };
    let credentials = AppCredentials { client_id: "SHOWN".to_owned(), client_secret: "SECRET-C".into() };
    let server = Scripted::new([]).await;
    let token = Arc::new(SecretString::from("SECRET-T"));
    let asked = connection(&server.url, manual_clock().clock(), Arc::new(Unattended));
    let client = Client::new(transport(), Connection { token, ..asked });
    let held = (issued, code, Poll::Approved(credentials.clone()), credentials, client);
    let panicked = std::thread::spawn(move || refused(held).expect("it is let go of")).join();
    let report = panicked.unwrap_err().downcast::<String>().unwrap();
    assert!(report.contains("it is let go of") && report.contains("SHOWN") && !report.contains("SECRET"), "{report}");
}

fn refused<T>(held: T) -> Result<(), T> {
    Err(held)
}
