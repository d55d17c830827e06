//! Servers on one database renew a token one after the other, whatever becomes of the one whose turn it is.

use super::*;
use crate::{
    accounts::vault::{Purpose, Vault},
    clock::{Clock, ManualClock},
    domain::Timestamp,
    real_debrid::{DeviceFlow, IssuedTokens, scripted},
    store::{Service, Store, databases},
};
use axum::{Router, extract::State};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::{sync::Semaphore, task::JoinHandle};

/// Real time, in which what the clock woke goes on.
const MOMENT: Duration = Duration::from_millis(10);

/// The authority that hands out tokens: it answers as often as it may.
#[derive(Clone)]
struct Authority {
    url: String,
    asked: Arc<AtomicUsize>,
    may_answer: Arc<Semaphore>,
}

impl Authority {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/oauth/v2", listener.local_addr().unwrap());
        let new = Self { url, asked: Arc::default(), may_answer: Arc::new(Semaphore::new(0)) };
        let app = Router::new().fallback(Self::answer).with_state(new.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        new
    }

    async fn answer(State(authority): State<Self>) -> String {
        let number = authority.asked.fetch_add(1, Ordering::Relaxed) + 1;
        authority.may_answer.acquire().await.unwrap().forget();
        format!(
            r#"{{"access_token":"NEW{number}","refresh_token":"R{number}","expires_in":3600,"token_type":"Bearer"}}"#
        )
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Two servers on one PostgreSQL, with an account whose token is `OLD`.
struct Scene {
    url: String,
    user: i64,
    clock: ManualClock,
    authority: Authority,
    safes: [Safe; 2],
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, authority) = (databases::postgres().await, Authority::new().await);
        let manual = ManualClock::new(Timestamp::from_millis(1_000));
        let clock = manual.clock();
        let vault = Vault::open(&folder.path().join("dmm.key"), &[], None).unwrap();
        let mut safes = Vec::new();
        for _ in 0..2 {
            let flow = DeviceFlow::new(scripted::transport(), clock.clone(), authority.url.clone(), "APP".to_owned());
            safes.push(Safe::new(Store::open(&url).await.unwrap(), vault.clone(), flow, clock.clone()));
        }
        let user = safes[0].0.store.put_user(Service::RealDebrid, 7, "somebody", None, clock.now()).await.unwrap().id;
        let credentials = AppCredentials { client_id: "C".to_owned(), client_secret: "S".into() };
        let issued = IssuedTokens {
            access_token: "OLD".into(),
            refresh_token: "R0".into(),
            expires_in: Duration::from_hours(1),
        };
        safes[0].put_device(user, &credentials, &issued).await.unwrap();
        let Ok(safes) = <[Safe; 2]>::try_from(safes) else { panic!("there are two") };
        Self { url, user, clock: manual, authority, safes, _folder: folder }
    }

    /// Asks a server for another token than `OLD`.
    fn renewed(&self, server: usize) -> JoinHandle<Option<String>> {
        let (safe, user) = (self.safes[server].clone(), self.user);
        tokio::spawn(async move {
            let renewed = safe.renewed(user, &"OLD".into()).await.unwrap();
            renewed.map(|token| token.expose_secret().to_owned())
        })
    }

    /// Lets time pass, half a second after half a second.
    async fn passes(&self, time: Duration) {
        for _ in 0..time.as_millis() / 500 {
            self.clock.advance(Duration::from_millis(500));
            Clock::system().sleep(MOMENT).await;
        }
    }

    /// What a renewal brings, in however many of the clock's half seconds.
    async fn brings(&self, renewed: JoinHandle<Option<String>>) -> Option<String> {
        assert!(
            self.comes(async || {
                self.passes(GLANCE).await;
                renewed.is_finished()
            })
            .await,
            "it never ends"
        );
        renewed.await.unwrap()
    }

    /// Waits in real time for something that needs none of the clock's.
    async fn comes(&self, what: impl AsyncFn() -> bool) -> bool {
        for _ in 0..500 {
            if what().await {
                return true;
            }
            Clock::system().sleep(MOMENT).await;
        }
        false
    }

    /// What is stored, as a server opens it.
    async fn stored(&self) -> String {
        let token = self.safes[1].0.store.token(self.user).await.unwrap().unwrap();
        let vault = &self.safes[1].0.vault;
        let opened = vault.open_secret(Purpose::AccessToken(self.user), &token.sealed_access_token).unwrap();
        opened.expose_secret().to_owned()
    }
}

#[tokio::test]
async fn while_one_server_renews_the_others_wait_and_get_its_token() {
    let scene = Scene::new().await;
    let first = scene.renewed(0);
    assert!(scene.comes(async || scene.authority.asked() == 1).await, "nobody is asked");
    let second = scene.renewed(1);
    scene.passes(SILENCE * 3 / 2).await;
    assert_eq!((scene.authority.asked(), second.is_finished()), (1, false), "it did not wait for its turn");
    scene.authority.may_answer.add_permits(1);
    assert_eq!(first.await.unwrap().as_deref(), Some("NEW1"));
    assert_eq!((scene.brings(second).await.as_deref(), scene.authority.asked()), (Some("NEW1"), 1));
}

#[tokio::test]
async fn a_server_that_dies_while_it_renews_is_followed_by_another_in_a_minute() {
    let scene = Scene::new().await;
    scene.authority.may_answer.add_permits(1);
    // Whoever has it never beats.
    scene.safes[0].0.store.take_lease(scene.user, Task::Renewal, FREE).await.unwrap().unwrap();
    let second = scene.renewed(1);
    scene.passes(SILENCE.saturating_sub(Duration::from_secs(5))).await;
    assert_eq!((scene.authority.asked(), second.is_finished()), (0, false), "it renewed too early");
    assert_eq!(scene.brings(second).await.as_deref(), Some("NEW1"));
    assert_eq!(scene.stored().await, "NEW1");
}

#[tokio::test]
async fn a_server_that_has_its_turn_and_does_not_know_takes_it_again_at_once() {
    let scene = Scene::new().await;
    scene.authority.may_answer.add_permits(1);
    scene.safes[1].0.store.take_lease(scene.user, Task::Renewal, FREE).await.unwrap().unwrap();
    let begun = scene.clock.clock().elapsed();
    assert_eq!(scene.brings(scene.renewed(1)).await.as_deref(), Some("NEW1"));
    assert!(scene.clock.clock().elapsed().saturating_sub(begun) < SILENCE / 2, "it waits for itself");
}

#[tokio::test]
async fn a_result_that_cannot_be_stored_is_stored_later_and_nobody_else_renews_before() {
    let scene = Scene::new().await;
    scene.authority.may_answer.add_permits(2);
    databases::refuse(&scene.url, "update on oauth_tokens", "true").await;
    assert_eq!(scene.renewed(0).await.unwrap().as_deref(), Some("NEW1"), "it is good, stored or not");
    let second = scene.renewed(1);
    scene.passes(SILENCE * 3 / 2).await;
    assert_eq!((scene.authority.asked(), scene.stored().await.as_str()), (1, "OLD"), "two have renewed");
    databases::allow(&scene.url, "oauth_tokens").await;
    // Nobody asks the first server anything.
    assert_eq!((scene.brings(second).await.as_deref(), scene.stored().await.as_str()), (Some("NEW1"), "NEW1"));
    let is_free = async || scene.safes[1].0.store.take_lease(scene.user, Task::Renewal, FREE).await.unwrap().is_some();
    assert!(scene.comes(is_free).await, "the lease is never given back");
}

#[tokio::test]
async fn a_result_that_is_not_stored_yet_is_stored_when_the_server_ends() {
    let scene = Scene::new().await;
    scene.authority.may_answer.add_permits(1);
    databases::refuse(&scene.url, "update on oauth_tokens", "true").await;
    assert_eq!(scene.renewed(0).await.unwrap().as_deref(), Some("NEW1"));
    databases::allow(&scene.url, "oauth_tokens").await;
    scene.safes[0].shut_down().await;
    assert_eq!(scene.stored().await, "NEW1");
    assert_eq!(scene.brings(scene.renewed(1)).await.as_deref(), Some("NEW1"), "and the next may renew");
}

#[tokio::test]
async fn a_wait_for_another_server_ends_and_is_rested_from() {
    let scene = Scene::new().await;
    let first = scene.renewed(0);
    assert!(scene.comes(async || scene.authority.asked() == 1).await, "nobody is asked");
    let (safe, user) = (scene.safes[1].clone(), scene.user);
    for rests in [false, true] {
        let begun = scene.clock.clock().elapsed();
        let safe = safe.clone();
        let second = tokio::spawn(async move { safe.renewed(user, &"OLD".into()).await.err() });
        let ends = scene.comes(async || {
            scene.passes(GLANCE).await;
            second.is_finished()
        });
        assert!(ends.await, "it waits for ever");
        assert!(matches!(second.await.unwrap(), Some(Error::TokenRenewal { .. })));
        assert_eq!(scene.clock.clock().elapsed().saturating_sub(begun) < REST / 2, rests);
    }
    scene.authority.may_answer.add_permits(1);
    assert_eq!(scene.brings(first).await.as_deref(), Some("NEW1"));
    assert_eq!(scene.brings(scene.renewed(1)).await.as_deref(), Some("NEW1"), "it rests from what is there");
}

#[tokio::test]
async fn a_database_that_fails_for_a_moment_is_not_rested_from() {
    let scene = Scene::new().await;
    scene.authority.may_answer.add_permits(1);
    databases::refuse(&scene.url, "insert on leases", "true").await;
    assert!(scene.safes[1].renewed(scene.user, &"OLD".into()).await.is_err());
    databases::allow(&scene.url, "leases").await;
    assert_eq!(scene.brings(scene.renewed(1)).await.as_deref(), Some("NEW1"));
}

#[tokio::test]
async fn nothing_is_renewed_over_a_result_that_is_not_stored() {
    let scene = Scene::new().await;
    scene.authority.may_answer.add_permits(2);
    databases::refuse(&scene.url, "update on oauth_tokens", "true").await;
    assert_eq!(scene.brings(scene.renewed(0)).await.as_deref(), Some("NEW1"));
    let (safe, user) = (scene.safes[0].clone(), scene.user);
    let again = tokio::spawn(async move { safe.renewed(user, &"NEW1".into()).await.err() });
    assert!(
        scene
            .comes(async || {
                scene.passes(GLANCE).await;
                again.is_finished()
            })
            .await
    );
    assert!(matches!(again.await.unwrap(), Some(Error::TokenStore { .. })));
    assert_eq!(scene.authority.asked(), 1, "one of two results would be lost");
    databases::allow(&scene.url, "oauth_tokens").await;
    let is_stored = async || {
        scene.passes(GLANCE).await;
        scene.stored().await == "NEW1"
    };
    assert!(scene.comes(is_stored).await, "it is never stored");
}

/// PostgreSQL is short of something whoever asks for a token.
const NO_TOKENS: &str = "\
    alter table oauth_tokens rename to kept_tokens; \
    create function no_tokens() returns setof kept_tokens language plpgsql as \
    $$ begin raise exception 'failed for the test' using errcode = '53400'; end $$; \
    create view oauth_tokens as select * from no_tokens(); grant select on oauth_tokens to public";

#[tokio::test]
async fn a_database_that_is_away_takes_no_token_that_is_good_still_but_one_that_has_ended() {
    let scene = Scene::new().await;
    let keeper = scene.safes[0].keeper(scene.user).await.unwrap();
    databases::change(&scene.url, NO_TOKENS).await;
    scene.clock.advance(Duration::from_mins(58));
    for _ in 0..2 {
        assert_eq!(keeper.token().await.unwrap().expose_secret(), "OLD");
        scene.clock.advance(Duration::from_secs(30));
    }
    scene.clock.advance(Duration::from_mins(1));
    let error = keeper.token().await.unwrap_err();
    assert!(matches!(error, Error::TokenStore { .. }), "{error:?}");
}
