//! Sign-ins that others come in between: servers on one database whose clocks differ, and a disconnection.

use super::*;
use crate::{
    accounts::{AccountsOptions, Vault},
    clock::{Clock, ManualClock},
    real_debrid::{DeviceFlow, scripted},
    store::{Store, databases},
};
use axum::{Router, extract::State, http::Uri};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// An authority whose users say yes at once. It exchanges codes when it may.
#[derive(Clone)]
struct Authority {
    url: String,
    exchanges: Arc<AtomicUsize>,
    may_exchange: Arc<Semaphore>,
}

impl Authority {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let new = Self { url, exchanges: Arc::default(), may_exchange: Arc::new(Semaphore::new(0)) };
        let app = Router::new().fallback(Self::answer).with_state(new.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        new
    }

    async fn answer(State(authority): State<Self>, uri: Uri) -> &'static str {
        match uri.path() {
            "/device/code" => {
                r#"{"device_code":"D","user_code":"U","interval":5,"expires_in":600,"verification_url":"https://a.b/c"}"#
            }
            "/device/credentials" => r#"{"client_id":"C","client_secret":"S"}"#,
            "/token" => {
                authority.exchanges.fetch_add(1, Ordering::Relaxed);
                authority.may_exchange.acquire().await.unwrap().forget();
                r#"{"access_token":"A","refresh_token":"R","expires_in":3600,"token_type":"Bearer"}"#
            }
            _ => r#"{"id":7,"username":"somebody","premium":0,"type":"free"}"#,
        }
    }
}

async fn server(url: &str, authority: &Authority, folder: &tempfile::TempDir, clock: &ManualClock) -> Accounts {
    let (transport, clock) = (scripted::transport(), clock.clock());
    Accounts::new(AccountsOptions {
        store: Store::open(url).await.unwrap(),
        vault: Vault::open(&folder.path().join("dmm.key"), &[], None).unwrap(),
        flow: DeviceFlow::new(transport.clone(), clock.clone(), authority.url.clone(), "APP".to_owned()),
        transport,
        clock,
        api_url: authority.url.clone(),
        requests_per_minute: 250,
        allowed_users: Vec::new(),
        is_https: false,
        demo: None,
    })
}

#[tokio::test]
async fn servers_whose_clocks_differ_exchange_a_code_once_and_agree_when_to_ask() {
    let (folder, url, authority) = (tempfile::tempdir().unwrap(), databases::postgres().await, Authority::new().await);
    let now = Timestamp::from_millis(1_000_000);
    let [early, late] = [now, now.plus_millis(5 * 60_000)].map(ManualClock::new);
    let behind = server(&url, &authority, &folder, &early).await;
    let ahead = server(&url, &authority, &folder, &late).await;
    let begun = ahead.begin_device().await.unwrap();
    let life = begun.pending.expires.millis_since(late.clock().now());
    assert_eq!(life, 600_000, "it is told by the clock of who tells it");
    let waits = "select next_poll_at - millis from device_sign_ins, database_clock";
    assert!(databases::number(&url, waits).await <= 5_000, "whoever is behind would not ask for minutes");

    databases::change(&url, "update device_sign_ins set next_poll_at = 0").await;
    let first = tokio::spawn({
        let (behind, id) = (behind.clone(), begun.id.clone());
        async move { behind.device_progress(&id, None).await }
    });
    while authority.exchanges.load(Ordering::Relaxed) == 0 {
        Clock::system().sleep(Duration::from_millis(5)).await;
    }
    let second = ahead.device_progress(&begun.id, None).await.unwrap();
    assert!(matches!(second, DeviceProgress::Pending(_)), "{second:?}");
    authority.may_exchange.add_permits(9);
    let first = first.await.unwrap().unwrap();
    assert!(matches!(first, DeviceProgress::SignedIn(_)), "{first:?}");
    assert_eq!(authority.exchanges.load(Ordering::Relaxed), 1);
}

/// The account is disconnected as soon as something of it is stored in a table.
async fn disconnect_after(url: &str, table: &str, user: &str, when: &str) {
    let trigger = format!(
        "create trigger leaves after insert on {table} when {when} begin \
         update users set left_at = 1, real_debrid_id = -id where id = new.{user}; end"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(trigger)).execute(&mut databases::sqlite_connection(url).await).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_whose_account_is_disconnected_meanwhile_begins_anew_once() {
    let first = "(select count(*) from users) = 1";
    for (table, user, when) in [("users", "id", first), ("oauth_tokens", "user_id", first), ("users", "id", "true")] {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new().await);
        let url = databases::sqlite(folder.path());
        let clock = ManualClock::new(Timestamp::from_millis(1_000_000));
        let accounts = server(&url, &authority, &folder, &clock).await;
        disconnect_after(&url, table, user, when).await;
        let signed_in = accounts.sign_in("TOKEN", None).await;
        if when == first {
            let user = signed_in.unwrap().user.id;
            assert_eq!(accounts.options().store.accounts().await.unwrap()[0].id, user, "{table}");
            assert!(accounts.options().store.token(user).await.unwrap().is_some(), "{table}");
        } else {
            let error = signed_in.unwrap_err();
            assert_eq!(error.error, "The account was disconnected meanwhile: sign in again.");
        }
        let left = "select count(*) from oauth_tokens t join users u on u.id = t.user_id where u.left_at is not null";
        assert!(table != "users" || databases::number(&url, left).await == 0, "a token at an account that is gone");
    }
}
