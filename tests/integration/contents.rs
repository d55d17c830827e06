//! Contents of torrents, read in the background.

use crate::{
    clockwork::Clockwork,
    house::{House, rest, within},
};
use dmm::{
    domain::{State, SyncConfigurationPatch},
    simulator::{Fault, Knobs, Options, Rule, Torrent},
    sync::EngineOptions,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const INFO: &str = "/torrents/info/";

/// Ids of the torrents whose contents were asked for, in order.
fn asked(simulator: &dmm::simulator::Simulator) -> Vec<String> {
    let journal = simulator.journal();
    journal.iter().filter_map(|request| request.endpoint().strip_prefix(INFO)).map(str::to_owned).collect()
}

/// Whether the contents of so many torrents are known.
fn read(count: usize) -> impl Fn(&Value) -> bool {
    move |status| status["contents"]["processed"] == count
}

/// Real-Debrid's ids of all stored torrents, newest first.
async fn newest_first(house: &House) -> Vec<String> {
    let page = house.get("/api/files?kind=torrent&sort=added&order=desc&limit=500").await;
    let files = page.body["files"].as_array().expect("files");
    files.iter().filter_map(|file| file["realDebridId"].as_str()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_contents_of_all_torrents_are_read_newest_first_and_tied_to_their_links() {
    let house = House::with_contents(60, 100_000).await;
    let status = house.sync(json!({})).await;
    assert_eq!(status["contents"]["total"], 60, "{status:#}");
    let status = house.until(read(60)).await;
    assert_eq!((&status["status"], &status["contents"]["total"]), (&json!("completed"), &json!(60)), "{status:#}");
    assert_eq!(asked(&house.simulator), newest_first(&house).await);
    let (files, links): (Vec<_>, Vec<_>) = house.simulator.edit(|library| {
        let tied = |torrent: &Torrent| {
            let links = torrent.link_list();
            if links.len() == torrent.selected().count() { links.len() } else { 0 }
        };
        library.torrents().iter().map(|torrent| (torrent.file_list().len(), tied(torrent))).unzip()
    });
    let total = |counts: Vec<usize>| i64::try_from(counts.iter().sum::<usize>()).expect("few");
    assert!(total(links.clone()) > 60, "hardly a link in the library");
    assert_eq!(house.count("select count(*) from file_contents where link is not null").await, total(links));
    assert_eq!(house.count("select count(*) from file_contents").await, total(files));
    // Nothing is asked again.
    rest(Duration::from_millis(200)).await;
    assert_eq!(asked(&house.simulator).len(), 60);
}

#[tokio::test]
async fn a_sync_goes_first_and_nothing_is_asked_while_it_runs_or_is_paused() {
    let house = House::with_contents(80, 100_000).await;
    house.sync(json!({})).await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(30));
    house.until(|status| status["contents"]["processed"].as_i64() > Some(3)).await;
    house.start(json!({})).await;
    house.simulator.clear_journal();
    assert_eq!(house.post("/api/sync/status", json!({"action": "pause"})).await.status, StatusCode::OK);
    rest(Duration::from_millis(300)).await;
    assert_eq!(asked(&house.simulator), Vec::<String>::new(), "contents were asked for beside a run");
    assert_eq!(house.post("/api/sync/status", json!({"action": "resume"})).await.status, StatusCode::OK);
    assert_eq!(house.ended().await["status"], "completed");
    house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    house.until(read(80)).await;
    let journal = house.simulator.journal();
    let of_the_run = journal.iter().rposition(|request| !request.endpoint().starts_with(INFO)).expect("a run");
    let first = journal.iter().position(|request| request.endpoint().starts_with(INFO)).expect("contents");
    assert!(of_the_run < first, "contents were asked for between the requests of a run");
}

#[tokio::test]
async fn e5_what_was_read_survives_a_restart_and_the_rest_is_read_after_it() {
    let mut house = House::with_contents(60, 100_000).await;
    house.sync(json!({})).await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(20));
    house.until(|status| status["contents"]["processed"].as_i64() > Some(5)).await;
    house.restart().await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    house.until(read(60)).await;
    let asked = asked(&house.simulator);
    assert!((60..=61).contains(&asked.len()), "{} questions for 60 torrents", asked.len());
}

#[tokio::test]
async fn e3_a_torrent_that_always_fails_is_set_aside_and_named_while_all_others_are_read() {
    let house = House::with_contents(30, 100_000).await;
    let (failing, gone) = house.simulator.edit(|library| {
        let id = |number: usize| library.torrents()[number].id.to_string();
        (id(4), id(9))
    });
    house.simulator.script(Rule::on(format!("{INFO}{failing}")).times(u64::MAX).answer(Fault::Html(502)));
    house.simulator.script(Rule::on(format!("{INFO}{gone}")).times(u64::MAX).answer(Fault::Code(7)));
    house.sync(json!({})).await;
    let status = house.until(read(28)).await;
    assert_eq!(status["contents"]["total"], 30, "{status:#}");
    while house.count("select count(*) from contents_failures").await < 2 {
        rest(Duration::from_millis(20)).await;
    }
    for (id, words) in [(&failing, "502"), (&gone, "does not know this torrent")] {
        let found = house.get("/api/files?kind=torrent&limit=500").await;
        let files = found.body["files"].as_array().expect("files");
        let file = files.iter().find(|file| file["realDebridId"] == id.as_str()).expect("it is stored");
        let details = house.get(&format!("/api/files/{}", file["id"])).await;
        let error = details.body["contentsError"].as_str().unwrap_or_default();
        assert!(error.contains(words), "{details:?}");
        let page = house.ask(reqwest::Method::GET, &format!("/library/{}", file["id"]), None).await;
        assert!(page.body.as_str().is_some_and(|page| page.contains(words)), "the page does not say it");
    }
}

#[tokio::test]
async fn f1_a_torrent_that_changes_is_read_again_and_no_other() {
    let house = House::with_contents(40, 100_000).await;
    house.sync(json!({})).await;
    house.until(read(40)).await;
    let changed = house.simulator.edit(|library| {
        let id = library.torrents()[7].id;
        assert!(library.change_torrent(id, |torrent| torrent.status = "error".into()));
        id.to_string()
    });
    house.simulator.clear_journal();
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["updated"], 1, "{status:#}");
    house.until(read(40)).await;
    assert_eq!(asked(&house.simulator), [changed]);
}

#[tokio::test]
async fn f6_the_background_leaves_a_fifth_of_the_pace_to_others() {
    let mut house = House::with_contents(40, 20).await;
    house.sync(json!({})).await;
    let of_others = house.simulator.journal().iter().filter(|request| !request.endpoint().starts_with(INFO)).count();
    // The sign-in has a pace of its own.
    let share = 16 - (of_others - 1);
    house.until(read(share)).await;
    rest(Duration::from_millis(300)).await;
    assert_eq!(asked(&house.simulator).len(), share);
    let unread = house.get("/api/files?kind=torrent&sort=added&order=asc&limit=1").await;
    let details = house.get(&format!("/api/files/{}", unread.body["files"][0]["id"])).await;
    assert!(!details.body["contentsReadAt"].is_null(), "a page had to wait for the background: {details:?}");
    assert_eq!(house.status().await["contents"]["processed"], share + 1);
    // The reader waits for most of a minute now, and ends with the server all the same.
    assert!(within(Duration::from_secs(2), house.close()).await.is_some(), "the server waited for the background");
}

/// An engine on a clock moved by hand, with so many torrents stored and nothing read yet.
async fn works(torrents: usize) -> Clockwork {
    let options = Options { torrents, downloads: 0, knobs: Knobs::unlimited(), ..Options::default() };
    let works = Clockwork::with(options, EngineOptions { tick: Duration::from_secs(20), ..Default::default() }).await;
    let status = works.sync(SyncConfigurationPatch::default()).await;
    assert_eq!(status.status, State::Completed, "{status:#?}");
    works
}

/// Lets so much time pass on the clock of the works.
async fn pass(works: &Clockwork, time: Duration) {
    let begun = works.clock.clock().elapsed();
    while works.clock.clock().elapsed().saturating_sub(begun) < time {
        rest(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn e5_an_outage_is_held_against_no_torrent_backs_off_and_heals() {
    let works = works(30).await;
    works.simulator.knobs(|knobs| knobs.outage = Some(Fault::Html(503)));
    works.simulator.clear_journal();
    pass(&works, Duration::from_mins(40)).await;
    let sent = works.simulator.journal().len();
    assert!((8..=24).contains(&sent), "{sent} requests in forty minutes of outage");
    assert_eq!(works.count("select count(*) from contents_failures").await, 0);
    works.simulator.knobs(|knobs| knobs.outage = None);
    works.until(|status| status.contents.processed == 30).await;
}

#[tokio::test]
async fn three_bad_torrents_side_by_side_do_not_keep_the_others_from_being_read() {
    let works = works(30).await;
    for number in 0..4 {
        let id = works.simulator.edit(|library| library.torrents()[number].id);
        works.simulator.script(Rule::on(format!("{INFO}{id}")).times(u64::MAX).answer(Fault::Html(502)));
    }
    works.until(|status| status.contents.processed == 26).await;
    while works.count("select count(*) from contents_failures").await < 4 {
        rest(Duration::from_millis(5)).await;
    }
    let attempts = works.count("select max(attempts) from contents_failures").await;
    assert!(attempts < 9, "{attempts} attempts");
}

#[tokio::test]
async fn e5_a_torrent_that_failed_is_tried_again_later_and_its_error_goes() {
    let works = works(12).await;
    let id = works.simulator.edit(|library| library.torrents()[3].id);
    // Each attempt is two requests, so the third is answered.
    works.simulator.script(Rule::on(format!("{INFO}{id}")).times(4).answer(Fault::Html(502)));
    works.until(|status| status.contents.processed == 12).await;
    assert_eq!(works.count("select count(*) from contents_failures").await, 0);
    let journal = works.simulator.journal();
    let times: Vec<_> =
        journal.iter().filter(|request| request.path.ends_with(&id.to_string())).map(|it| it.at).collect();
    let minutes = |pair: [usize; 2]| times[pair[1]].saturating_sub(times[pair[0]]).as_secs() / 60;
    assert_eq!((times.len(), minutes([1, 2]), minutes([3, 4])), (5, 1, 5), "{times:?}");
}

#[tokio::test]
async fn a_refused_token_stops_the_reading_until_a_run_has_succeeded() {
    let works = works(20).await;
    works.simulator.knobs(|knobs| knobs.outage = Some(Fault::Code(8)));
    works.simulator.clear_journal();
    pass(&works, Duration::from_hours(2)).await;
    let sent = works.simulator.journal().len();
    assert!((1..=4).contains(&sent), "{sent} requests with a token that was refused");
    assert_eq!(works.count("select count(*) from contents_failures").await, 0);
    works.simulator.knobs(|knobs| knobs.outage = None);
    assert_eq!(works.sync(SyncConfigurationPatch::default()).await.status, State::Completed);
    works.until(|status| status.contents.processed == 20).await;
}

#[tokio::test]
async fn what_was_read_a_month_ago_is_read_again_oldest_first() {
    let works = works(10).await;
    works.until(|status| status.contents.processed == 10).await;
    let first = asked(&works.simulator);
    works.simulator.clear_journal();
    works.clock.advance(Duration::from_hours(24 * 31));
    while asked(&works.simulator).len() < 10 {
        rest(Duration::from_millis(5)).await;
    }
    assert_eq!(asked(&works.simulator), first);
    assert_eq!(works.status().await.contents.processed, 10);
}

#[tokio::test]
async fn a_torrent_changed_while_it_is_read_keeps_nothing_of_the_answer() {
    let works = works(1).await;
    works.until(|status| status.contents.processed == 1).await;
    let file = works.count("select id from files").await;
    let task = works.store.contents_task(works.user, file).await.expect("it answers").expect("a task");
    let before = works.count("select count(*) from file_contents").await;
    sqlx::query("update files set fingerprint = fingerprint + 1, contents_read_at = null")
        .execute(works.store.writer())
        .await
        .expect("a change");
    let now = works.clock.clock().now();
    assert!(!works.store.put_contents(works.user, &task, &[], now).await.expect("it answers"));
    assert_eq!(works.count("select count(*) from file_contents").await, before);
    // Nor is a failure of then held against what it is now.
    works.store.note_contents_failure(works.user, &task, "old news", now).await.expect("it answers");
    assert_eq!(works.count("select count(*) from contents_failures").await, 0);
}
