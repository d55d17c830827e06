//! What there is once for all replicas: the schedule, the pace towards Real-Debrid, an empty database.

use super::Replicas;
use crate::{
    databases,
    house::{House, rest, within},
    program::Program,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than it takes every replica to look once at what is due.
const A_LOOK: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_run_that_is_due_starts_once() {
    let mut replicas = Replicas::of(House::on(&databases::postgres().await, 10, 20).await).await;
    replicas.sync(0).await;
    for due in 1..=5 {
        // One that has ended before the others look, and one that has not.
        let latency = Duration::from_millis(if due % 2 == 0 { 400 } else { 0 });
        replicas.house.simulator.knobs(|knobs| knobs.latency = latency);
        replicas.house.simulator.edit(dmm::simulator::Library::add_random_download);
        replicas
            .house
            .damage("update sync_runs set started_at = started_at - 7200000, ended_at = ended_at - 7200000")
            .await;
        let comes = async {
            let done = "select count(*) from sync_runs where started_by = 'schedule' and state = 'completed'";
            while replicas.house.count(done).await < due {
                rest(Duration::from_millis(50)).await;
            }
        };
        assert!(within(Duration::from_secs(30), comes).await.is_some(), "run {due} by schedule never came");
        rest(A_LOOK).await;
        let runs = replicas.house.count("select count(*) from sync_runs").await;
        assert_eq!(runs, due + 1, "a run that was due started more than once");
    }
    assert_eq!(replicas.house.count("select count(*) from sync_runs where state <> 'completed'").await, 0);
    replicas.assert_sound(1).await;
    replicas.agree(&[0, 1, 2]).await;
}

/// Opens pages of torrents whose contents have to be asked for, again and again.
async fn open_pages(replicas: &Replicas, replica: usize, torrents: &[Value]) {
    loop {
        for torrent in torrents {
            let page = replicas.get(replica, &format!("/api/files/{torrent}")).await;
            assert_eq!(page.status, StatusCode::OK, "{page:?}");
        }
    }
}

#[tokio::test]
async fn however_many_replicas_ask_real_debrid_the_account_keeps_its_pace() {
    const LIMIT: usize = 30;
    let house = House::on(&databases::postgres().await, 90, 800).await;
    house.sync(json!({})).await;
    house.simulator.knobs(|knobs| knobs.paging.max_limit = 100);
    let mut replicas = Replicas::with_settings(house, &[("REAL_DEBRID_RATE_LIMIT", "30")]).await;
    let page = replicas.get(1, "/api/files?kind=torrent&limit=90").await;
    let torrents: Vec<Value> =
        page.body["files"].as_array().expect("files").iter().map(|file| file["id"].clone()).collect();
    replicas.house.simulator.clear_journal();
    let run = replicas.begin(0, json!({"mode": "full"})).await;
    // Alone, each of them would fill the minute; so long that a second minute begins.
    let long = Duration::from_secs(70);
    let (status, ..) = tokio::join!(
        replicas.completed(0, &run),
        within(long, open_pages(&replicas, 1, &torrents[..45])),
        within(long, open_pages(&replicas, 2, &torrents[45..])),
    );
    assert_eq!(status["progress"]["processed"], 890, "{status:#}");
    let journal = replicas.house.simulator.journal();
    let contents = journal.iter().filter(|request| request.endpoint().starts_with("/torrents/info/")).count();
    assert!(journal.len() > LIMIT && contents > 0, "they hardly asked: {} requests, {contents} pages", journal.len());
    let busiest = journal.iter().map(|first| {
        let minute = first.at..first.at + Duration::from_mins(1);
        journal.iter().filter(|request| minute.contains(&request.at)).count()
    });
    let busiest = busiest.max().unwrap_or_default();
    assert!(busiest <= LIMIT, "{busiest} requests in a minute");
    assert!(journal.iter().all(|request| request.status != 429), "Real-Debrid had to refuse");
    replicas.assert_sound(1).await;
}

#[tokio::test]
async fn replicas_that_start_at_the_same_moment_on_an_empty_database_all_come_up() {
    let mut house = House::on(&databases::postgres().await, 30, 20).await;
    house.close().await;
    for _ in 0..3 {
        let url = databases::postgres().await;
        let start = || Program::beside(&house, &url, &[]);
        let ((first, _, one), (second, _, two), (third, _, three)) = tokio::join!(start(), start(), start());
        for base in [&one, &two, &three] {
            let ready = house.ask_at(base, Method::GET, "/readyz", None).await;
            assert_eq!(ready.status, StatusCode::OK, "{ready:?}");
        }
        // Who signs in at one is known at the others.
        let body = json!({"token": house.simulator.token()});
        let answer = house.ask_at(&one, Method::POST, "/api/auth/token", Some(body)).await;
        answer.body["accessToken"].as_str().expect("an access token").clone_into(&mut house.token);
        let answer = house.ask_at(&two, Method::POST, "/api/sync/start", Some(json!({}))).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        house.base = three;
        let status = house.until(|status| status["status"] == "completed").await;
        assert_eq!((&status["id"], &status["stats"]["added"]), (&json!("1"), &json!(50)), "{status:#}");
        assert_eq!(house.stored().await, house.library());
        assert_eq!(databases::number(&url, "select count(*) from users").await, 1);
        for program in [first, second, third] {
            program.kill();
        }
        databases::forget(&url).await;
    }
}
