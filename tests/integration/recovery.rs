//! Group E: errors and recovery.

use crate::{
    house::{House, within},
    program::Program,
};
use dmm::simulator::{Fault, Rule};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn e1_e5_a_temporary_failure_is_retried_after_one_to_ten_seconds_and_heals_by_itself() {
    let house = House::with(80, 20).await;
    house.simulator.script(Rule::on("/torrents").answer(Fault::Html(503)));
    house.simulator.clear_journal();
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["errors"]), (&json!("completed"), &json!(0)), "{status:#}");
    let journal = house.simulator.journal();
    let torrents: Vec<_> = journal.iter().filter(|request| request.endpoint() == "/torrents").collect();
    let gap = torrents[1].at.checked_sub(torrents[0].at).unwrap();
    assert!((Duration::from_millis(950)..Duration::from_secs(11)).contains(&gap), "{gap:?}");
    house.assert_equal().await;
}

#[tokio::test]
async fn e1_c2_the_wait_for_a_retry_is_told_with_its_reason() {
    let house = House::with(10, 0).await;
    house.simulator.script(Rule::on("/torrents").times(2).answer(Fault::Html(502)));
    house.start(json!({})).await;
    let waiting = house
        .until(|status| {
            status["progress"]["current"].as_str().is_some_and(|step| step.contains("502") || step.contains("again in"))
        })
        .await;
    assert_eq!(waiting["status"], "running", "{waiting:#}");
    assert_eq!(house.ended().await["status"], "completed");
}

#[tokio::test]
async fn e2_a_network_that_breaks_off_corrupts_nothing() {
    for fault in [Fault::Reset, Fault::Cut, Fault::Truncated] {
        let house = House::with(10_200, 0).await;
        house.simulator.script(Rule::on("/torrents").query("page", 2).answer(fault.clone()));
        let status = house.sync(json!({"batchSize": 500})).await;
        assert_eq!(
            (&status["status"], &status["stats"]["added"]),
            (&json!("completed"), &json!(10_200)),
            "{fault:?}: {status:#}"
        );
        house.assert_equal().await;
    }
}

#[tokio::test]
async fn e2_e4_a_failure_that_stays_ends_the_run_with_a_remedy_and_keeps_everything() {
    let house = House::with(10_200, 0).await;
    house.simulator.script(Rule::on("/torrents").query("page", 3).times(20).answer(Fault::Html(503)));
    let status = house.sync(json!({"maxRetries": 1, "batchSize": 500})).await;
    assert_eq!(status["status"], "error", "{status:#}");
    let error = status["error"].as_str().unwrap_or_default();
    assert!(error.contains("503") && error.contains("try again"), "{error}");
    assert_eq!(status["lastSync"], Value::Null, "a failed run moved lastSync");
    assert_eq!(house.count("select count(*) from files").await, 10_000);
    let runs = house.get("/api/sync/runs").await;
    assert_eq!(runs.body["runs"][0]["errors"][0], error, "{runs:?}");
}

#[tokio::test]
async fn e1_what_no_retry_heals_is_not_retried() {
    let house = House::with(10, 0).await;
    house.simulator.script(Rule::on("/torrents").times(20).answer(Fault::Code(8)));
    house.requests();
    let status = house.sync(json!({})).await;
    assert!(status["error"].as_str().is_some_and(|error| error.contains("sign in again")), "{status:#}");
    assert_eq!(house.requests().iter().filter(|request| request.starts_with("/torrents")).count(), 1);
}

#[tokio::test]
async fn e3_e6_entries_that_cannot_be_read_or_stored_are_counted_named_and_stop_nobody() {
    let house = House::with(100, 0).await;
    let unreadable = house.simulator.edit(|library| {
        let id = library.torrents()[10].id;
        // The extra field overrides the one of the same name in the answer: a size that is no number.
        let extra = serde_json::Map::from_iter([("bytes".to_owned(), json!("a lot"))]);
        library.torrent_mut(id).expect("it").extra = Some(Box::new(extra));
        id.to_string()
    });
    house.refuse("insert on files", "new.original_filename like '%1080p%'").await;
    let status = house.sync(json!({"batchSize": 25})).await;
    assert_eq!(status["status"], "completed", "{status:#}");
    let (added, errors) = (status["stats"]["added"].as_i64().unwrap(), status["stats"]["errors"].as_i64().unwrap());
    assert!(errors > 1, "{status:#}");
    assert_eq!(added + errors, 100);
    let runs = house.get("/api/sync/runs?limit=1").await;
    let named: Vec<_> = runs.body["runs"][0]["errors"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(i64::try_from(named.len()).unwrap(), errors, "{named:#?}");
    assert!(named.iter().any(|error| error.contains(&unreadable)), "{named:#?}");
    assert!(named.iter().any(|error| error.contains("1080p") && error.contains("refused for the test")), "{named:#?}");
    house.allow_rows("files").await;
    house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().map(|torrent| torrent.id).collect();
        for id in ids {
            library.torrent_mut(id).expect("it").extra = None;
        }
    });
    house.sync(json!({})).await;
    house.assert_equal().await;
}

#[tokio::test]
async fn e5_an_entry_that_could_not_be_read_is_read_by_the_next_run_also_in_a_long_list() {
    let house = House::with(6_000, 0).await;
    let spoil = |extra: Option<serde_json::Map<String, Value>>| {
        house.simulator.edit(|library| {
            let id = library.torrents()[5_500].id;
            library.torrent_mut(id).expect("it").extra = extra.map(Box::new);
        });
    };
    spoil(Some(serde_json::Map::from_iter([("bytes".to_owned(), json!("a lot"))])));
    assert_eq!(house.sync(json!({"batchSize": 500})).await["stats"]["errors"], 1);
    spoil(None);
    let status = house.sync(json!({})).await;
    assert_eq!((&status["stats"]["added"], &status["stats"]["errors"]), (&json!(1), &json!(0)), "{status:#}");
    house.assert_equal().await;
}

fn extra(field: &str, value: Value) -> serde_json::Map<String, Value> {
    serde_json::Map::from_iter([(field.to_owned(), value)])
}

#[tokio::test]
async fn e3_a_row_without_an_id_is_counted_deletes_nothing_and_keeps_nobody_from_being_stored() {
    let house = House::with(50, 20).await;
    let id = house.simulator.edit(|library| {
        let id = library.torrents()[10].id;
        library.torrent_mut(id).expect("it").extra = Some(Box::new(extra("id", Value::Null)));
        id
    });
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "completed", "{status:#}");
    assert_eq!((&status["stats"]["added"], &status["stats"]["errors"]), (&json!(69), &json!(1)), "{status:#}");
    house.simulator.edit(|library| library.torrent_mut(id).expect("it").extra = None);
    house.sync(json!({})).await;
    house.assert_equal().await;
}

#[tokio::test]
async fn e3_a_list_that_is_never_read_to_its_end_does_not_keep_the_other_from_being_stored() {
    let house = House::with(50, 20).await;
    house.simulator.script(Rule::on("/torrents").times(20).answer(Fault::Total("60".to_owned())));
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["added"]), (&json!("error"), &json!(70)), "{status:#}");
}

#[tokio::test]
async fn e5_the_newest_row_of_a_long_list_may_be_unreadable_and_the_list_is_believed_all_the_same() {
    let house = House::with(6_000, 0).await;
    house.sync(json!({"batchSize": 500})).await;
    house.simulator.edit(|library| {
        let (newest, gone) = (library.torrents()[0].id, library.torrents()[5_500].id);
        library.torrent_mut(newest).expect("it").extra = Some(Box::new(extra("bytes", json!("a lot"))));
        library.remove_torrent(gone);
    });
    let status = house.sync(json!({"batchSize": 500})).await;
    assert_eq!((&status["stats"]["deleted"], &status["stats"]["errors"]), (&json!(1), &json!(1)), "{status:#}");
}

#[tokio::test]
async fn e5_the_end_of_a_run_that_cannot_be_stored_is_stored_when_the_database_can_be_written_again() {
    let house = House::with(20, 0).await;
    house.refuse("update of state on sync_runs", "new.state <> 'running'").await;
    assert_eq!(house.sync(json!({})).await["status"], "completed");
    assert_eq!(house.count("select count(*) from sync_runs where state = 'running'").await, 1);
    house.allow_rows("sync_runs").await;
    house.until(|status| !status["nextSync"].is_null()).await;
    assert_eq!(house.count("select count(*) from sync_runs where state = 'completed'").await, 1);
}

#[tokio::test]
async fn e4_a_run_without_progress_fails_after_its_timeout_and_says_so() {
    let house = House::with(10, 0).await;
    house.simulator.script(Rule::on("/torrents").times(20).answer(Fault::Silence));
    let status = house.sync(json!({"syncTimeout": 1000})).await;
    assert_eq!(status["status"], "error", "{status:#}");
    assert!(
        status["error"].as_str().is_some_and(|error| error.contains("no progress for 1 s") && error.contains("Retry"))
    );
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_before_it_is_ready_ends_well() {
    let house = House::with(0, 0).await;
    // A PostgreSQL that takes the connection and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = silent.local_addr().expect("an address");
    let program = Program::starting(&house, &format!("postgres://dmm@{address}/dmm"));
    let held = within(Duration::from_secs(20), silent.accept()).await;
    assert!(held.is_some(), "it never asks for its database");
    let status = program.terminate().await;
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
}
