use super::*;
use crate::{
    clock::ManualClock,
    domain::Kind,
    real_debrid::{
        Client, PageRequest, TokenSource,
        scripted::{Baton, Reply, Scripted, client, connection, manual_clock, refuses, says, transport},
    },
};
use secrecy::ExposeSecret;
use std::sync::{Arc, atomic::AtomicUsize};

const FIRST: PageRequest = PageRequest { page: 1, limit: 5_000, active_only: false };

fn seconds(baton: &Baton) -> Vec<u64> {
    baton.waited().iter().map(|wait| wait.duration.as_secs()).collect()
}

#[test]
fn delays_grow_are_scattered_and_stay_between_1_and_10_seconds() {
    let mut firsts = Vec::new();
    for seed in 0..100 {
        let delays: Vec<Duration> = delays(6, Some(seed)).collect();
        assert_eq!(delays.len(), 6);
        assert!(delays.iter().all(|delay| (SHORTEST..=LONGEST).contains(delay)), "{delays:?}");
        assert!(delays[0] < delays[1] && delays[1] < delays[2], "{delays:?}");
        firsts.push(delays[0]);
    }
    firsts.sort();
    firsts.dedup();
    assert!(firsts.len() > 50, "hardly scattered: {firsts:?}");
}

#[tokio::test]
async fn what_heals_by_itself_is_repeated_and_every_wait_is_announced() {
    let server = Scripted::new([says(503, "<html>"), says(200, "{}"), Reply::BreaksOff("[{"), says(200, "[]")]).await;
    let (client, baton) = client(&server);
    assert_eq!(client.list(Kind::Torrent, FIRST).await.map(|page| page.rows.len()), Ok(0));
    assert_eq!(client.requests_sent(), 4);
    let announced = baton.announced();
    assert_eq!(announced.len(), 6);
    for (number, pair) in (1..).zip(announced.chunks(2)) {
        assert_eq!(pair[1], None);
        let reason = pair[0].clone().expect("a wait").reason;
        let WaitReason::Retry { attempt, of: 3, cause } = reason else { panic!("{reason:?}") };
        assert!(attempt == number && cause.contains("Real-Debrid"), "{attempt}: {cause}");
    }
}

#[tokio::test]
async fn after_max_retries_the_last_error_is_the_answer() {
    let server = Scripted::new((0..9).map(|_| says(502, "<html>"))).await;
    let (client, _) = client(&server);
    let error = client.list(Kind::Torrent, FIRST).await.expect_err("an outage");
    assert_eq!(error, Error::Unavailable { status: 502, code: None, retry_after: None });
    assert_eq!(server.asked().len(), 4);
    assert_eq!(client.requests_sent(), 4);
}

#[tokio::test]
async fn what_no_repeat_heals_is_asked_once() {
    for (status, code) in [(401, 8), (403, 9), (403, 14), (403, 15), (503, 20), (403, 22), (404, 7), (503, 24)] {
        let server = Scripted::new([refuses(status, code)]).await;
        let (client, baton) = client(&server);
        let error = client.list(Kind::Torrent, FIRST).await.expect_err("a refusal");
        assert_eq!((error.status(), error.error_code()), (Some(status), Some(Code::from(code))));
        assert_eq!((server.asked().len(), baton.announced().len()), (1, 0), "{status} {code}");
    }
}

#[tokio::test]
async fn refusals_for_being_too_many_are_waited_out_longer_each_time() {
    let too_many = || refuses(429, 34);
    let server = Scripted::new([too_many(), too_many(), too_many(), says(200, "[]")]).await;
    let (client, baton) = client(&server);
    client.list(Kind::Torrent, FIRST).await.expect("a page");
    assert_eq!(seconds(&baton), [10, 20, 60]);
    assert!(baton.waited().iter().all(|wait| matches!(wait.reason, WaitReason::RateLimited { .. })));
}

#[tokio::test]
async fn retry_after_is_obeyed_for_refusals_and_for_outages() {
    let server = Scripted::new([
        refuses(429, 34).with("retry-after", "17"),
        says(503, "<html>").with("retry-after", "42"),
        says(200, "[]"),
    ])
    .await;
    let (client, baton) = client(&server);
    client.list(Kind::Torrent, FIRST).await.expect("a page");
    assert_eq!(seconds(&baton), [17, 42]);
}

#[tokio::test]
async fn f6_an_infringing_list_is_throttling_and_so_is_an_infringing_torrent_within_half_a_minute_of_a_refusal() {
    let server = Scripted::new([refuses(451, 35), refuses(451, 35), says(200, "[]"), refuses(451, 35)]).await;
    let (client, baton) = client(&server);
    client.list(Kind::Torrent, FIRST).await.expect("a page");
    assert_eq!(seconds(&baton), [10, 20]);
    // The second refusal was answered 20 s ago, which is lately.
    let error = client.torrent_info("A").await.expect_err("the script is over");
    assert_eq!((seconds(&baton), error.status()), (vec![10, 20, 10], Some(418)));
}

#[tokio::test]
async fn one_infringing_torrent_is_an_answer() {
    let server = Scripted::new([refuses(451, 35)]).await;
    let (client, baton) = client(&server);
    let error = client.torrent_info("A").await.expect_err("a refusal");
    assert_eq!((error.error_code(), baton.announced().len()), (Some(Code::InfringingFile), 0));
}

/// A client of a run, which is patient with refusals, and repeats nothing else.
fn patient(server: &Scripted) -> (Client, Arc<Baton>, ManualClock) {
    let manual = manual_clock();
    let baton = Arc::new(Baton::skipping(&manual));
    let connection = Connection {
        max_retries: 0,
        refusal_patience: Duration::from_mins(30),
        ..connection(&server.url, manual.clock(), baton.clone())
    };
    (Client::new(transport(), connection), baton, manual)
}

#[tokio::test]
async fn f6_refusals_use_up_no_repeats_and_a_block_of_minutes_is_survived() {
    let refusals = (0..6).map(|_| refuses(429, 34));
    let server = Scripted::new(refusals.chain([says(200, "[]"), refuses(429, 34), says(502, "<html>")])).await;
    let (client, baton, _) = patient(&server);
    client.list(Kind::Torrent, FIRST).await.expect("a page after 13 minutes of refusals");
    assert_eq!(seconds(&baton), [10, 20, 60, 120, 300, 300]);
    let error = client.list(Kind::Torrent, FIRST).await.expect_err("an outage after a refusal, and no repeat for it");
    assert_eq!(error.status(), Some(502));
}

#[tokio::test]
async fn f6_half_an_hour_of_nothing_but_refusals_is_a_failure_that_says_so() {
    let server = Scripted::new((0..99).map(|_| refuses(429, 34))).await;
    let (client, _, manual) = patient(&server);
    let begun = manual.clock().elapsed();
    let error = client.list(Kind::Torrent, FIRST).await.expect_err("refusals only");
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    let waited = manual.clock().elapsed().saturating_sub(begun);
    assert!((Duration::from_mins(30)..Duration::from_mins(36)).contains(&waited), "{waited:?}");
    assert_eq!(server.asked().len(), 11);
}

/// A token in a database that is away for so many questions.
struct Away(AtomicUsize);

impl Away {
    fn answer(&self, token: &str) -> Result<SecretString, Error> {
        let is_away = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if is_away { Err(Error::TokenStore { cause: "It is away: wait.".to_owned() }) } else { Ok(token.into()) }
    }
}

impl TokenSource for Away {
    fn token(&self) -> Tokened<'_, SecretString> {
        Box::pin(async { self.answer("OLD") })
    }

    fn renewed<'a>(&'a self, refused: &'a SecretString) -> Tokened<'a, Option<SecretString>> {
        Box::pin(async {
            assert_eq!(refused.expose_secret(), "OLD");
            self.answer("NEW").map(Some)
        })
    }
}

fn away(server: &Scripted, failures: usize, patience: Duration) -> (Client, Arc<Away>, Arc<Baton>) {
    let manual = manual_clock();
    let (baton, token) = (Arc::new(Baton::skipping(&manual)), Arc::new(Away(AtomicUsize::new(failures))));
    let connection = Connection {
        refusal_patience: patience,
        token: token.clone(),
        ..connection(&server.url, manual.clock(), baton.clone())
    };
    (Client::new(transport(), connection), token, baton)
}

#[tokio::test]
async fn a_database_that_is_away_and_keeps_the_token_is_waited_for_and_uses_up_no_repeat() {
    let server = Scripted::new([says(503, ""), says(503, ""), says(503, ""), says(200, "[]")]).await;
    let (client, _, baton) = away(&server, 7, Duration::from_mins(30));
    client.list(Kind::Torrent, FIRST).await.expect("a page");
    let (outage, repeats): (Vec<_>, Vec<_>) =
        baton.waited().into_iter().partition(|wait| wait.reason == WaitReason::Database);
    let seconds: Vec<_> = outage.iter().map(|wait| wait.duration.as_secs()).collect();
    assert_eq!((seconds, repeats.len()), (vec![1, 2, 4, 8, 16, 30, 30], 3));
}

#[tokio::test]
async fn a_renewal_waits_for_the_database_as_well() {
    let server = Scripted::new([refuses(401, 8), says(200, "[]")]).await;
    let (client, token, baton) = away(&server, 0, Duration::from_mins(30));
    // The first question is answered; the one for a renewal is not.
    let listing = async {
        while server.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        token.0.store(2, Ordering::Relaxed);
    };
    let (page, ()) = tokio::join!(client.list(Kind::Torrent, FIRST), listing);
    assert_eq!((page.map(|page| page.rows.len()), seconds(&baton)), (Ok(0), vec![1, 2]));
    assert_eq!(server.authorization(1).as_deref(), Some("Bearer NEW"));
}

#[tokio::test]
async fn a_database_that_is_away_for_half_an_hour_is_a_failure_and_is_not_repeated() {
    let server = Scripted::new([]).await;
    let (client, _, baton) = away(&server, usize::MAX, Duration::from_mins(30));
    let error = client.list(Kind::Torrent, FIRST).await.expect_err("no token");
    assert_eq!(error, Error::Database { cause: "It is away: wait.".to_owned() });
    let waited: u64 = seconds(&baton).iter().sum();
    assert!((1_800..1_860).contains(&waited), "{waited}");
    assert!(baton.waited().iter().all(|wait| wait.reason == WaitReason::Database));
}

#[tokio::test]
async fn whoever_has_no_patience_does_not_wait_for_the_database_either() {
    let server = Scripted::new([]).await;
    let (client, _, baton) = away(&server, usize::MAX, Duration::ZERO);
    let error = client.list(Kind::Torrent, FIRST).await.expect_err("no token");
    assert!(matches!(error, Error::TokenStore { .. }), "{error}");
    assert_eq!(seconds(&baton).len(), 3, "as many repeats as for any failure");
}

#[tokio::test]
async fn a_pause_during_a_wait_holds_the_repeat_until_it_ends() {
    let server = Scripted::new([says(503, ""), says(200, "[]")]).await;
    let manual = manual_clock();
    let baton = Arc::new(Baton::holding_after_a_wait(&manual));
    let client = Client::new(transport(), connection(&server.url, manual.clock(), baton.clone()));
    let listing = tokio::spawn({
        let client = client.clone();
        async move { client.list(Kind::Torrent, FIRST).await }
    });
    baton.until_held().await;
    // The wait is over at once; only the permission is missing.
    while baton.announced().len() < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.requests_sent(), 1);
    baton.release();
    assert!(listing.await.expect("no panic").is_ok());
    assert_eq!(client.requests_sent(), 2);
}

#[tokio::test]
async fn a_stop_ends_a_wait_and_a_request_in_flight_within_a_second() {
    for script in [says(503, ""), Reply::Hangs] {
        let server = Scripted::new([script]).await;
        let baton = Arc::new(Baton::default());
        // This clock stands still, so nothing but the stop can end the wait.
        let clock = manual_clock().clock();
        let client = Client::new(transport(), connection(&server.url, clock, baton.clone()));
        let listing = tokio::spawn(async move { client.list(Kind::Torrent, FIRST).await });
        while server.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        baton.stop();
        let result = tokio::time::timeout(Duration::from_secs(1), listing).await.expect("in time");
        assert_eq!(result.expect("no panic"), Err(Error::Stopped));
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_a_setting_to_correct() {
    for url in ["", "api.real-debrid.com", "ftp://api.real-debrid.com/rest/1.0", "data:text/plain,hello"] {
        let baton = Arc::new(Baton::default());
        let client = Client::new(transport(), connection(url, manual_clock().clock(), baton));
        let error = client.user().await.expect_err(url);
        assert!(error.to_string().contains("REAL_DEBRID_API_URL"), "{error}");
        assert_eq!(client.requests_sent(), 0);
    }
}
