//! The log of the real program: every line of a run names it, and none holds a secret.

use crate::{
    house::{House, rest, within},
    program::{Log, Program},
};
use dmm::simulator::{Fault, Knobs, Options, Rule};
use serde_json::{Value, json};
use std::time::Duration;

/// The lines from DMM's own sync and client, read.
fn own(log: &Log) -> Vec<Value> {
    let lines = log.lines();
    let read = lines.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")));
    read.filter(|line: &Value| {
        let target = line["target"].as_str().unwrap_or_default();
        target.starts_with("dmm::sync") || target.starts_with("dmm::real_debrid")
    })
    .collect()
}

fn message(line: &Value) -> &str {
    line["fields"]["message"].as_str().unwrap_or_default()
}

fn is_end(line: &Value) -> bool {
    matches!(message(line), "a run ended" | "a run failed")
}

/// DMM's own lines once so many runs have ended; the last of them is the last end.
async fn after_runs(log: &Log, runs: usize) -> Vec<Value> {
    let ended = within(Duration::from_secs(20), async {
        while own(log).iter().filter(|line| is_end(line)).count() < runs {
            rest(Duration::from_millis(10)).await;
        }
    });
    assert!(ended.await.is_some(), "the end of the run is not logged: {:#?}", log.lines());
    let mut lines = own(log);
    lines.truncate(lines.iter().rposition(is_end).map_or(0, |last| last + 1));
    lines
}

#[tokio::test]
async fn every_line_of_a_run_carries_its_id_and_none_a_secret() {
    let knobs = Knobs::unlimited();
    let mut house = House::with_options(Options { torrents: 300, downloads: 80, knobs, ..Options::default() }).await;
    house.close().await;
    let (_program, log) = Program::start_logged(&mut house, &[("DMM_LOG", "debug"), ("DMM_LOG_FORMAT", "json")]).await;
    // Something is repeated, something is deleted, something is new.
    house.simulator.script(Rule::on("/downloads").answer(Fault::Html(503)));
    house.sync(json!({"mode": "full", "batchSize": 50})).await;
    house.simulator.edit(|library| {
        let gone = library.torrents()[3].id;
        library.remove_torrent(gone);
        library.add_random_torrent();
    });
    house.sync(json!({"mode": "full"})).await;
    let lines = after_runs(&log, 2).await;
    let mut run = 0;
    for line in &lines {
        run += i64::from(message(line) == "a run starts");
        let span = &line["span"];
        // Contents are read between two runs, and called off by the second.
        let is_apart = span["name"] == "contents";
        assert!(is_apart || (run > 0 && span["name"] == "run" && span["id"] == run), "{line:#}");
        assert_eq!(span["account"], 1, "{line:#}");
    }
    for (words, run) in [
        ("a run starts", 1),
        ("asked Real-Debrid", 1),
        ("asking Real-Debrid again", 1),
        ("stored a batch", 1),
        ("a run ended", 1),
        ("a run starts", 2),
        ("deleted a batch", 2),
        ("a run ended", 2),
    ] {
        let is_said = lines.iter().any(|line| message(line) == words && line["span"]["id"] == run);
        assert!(is_said, "run {run} does not say “{words}”: {lines:#?}");
    }
    for secret in [house.simulator.token(), house.token.as_str()] {
        assert!(!log.lines().iter().any(|line| line.contains(secret)), "a secret is logged");
    }
}

#[tokio::test]
async fn at_the_usual_level_a_run_has_two_lines_with_its_counts_in_the_second() {
    let mut house = House::with(60, 20).await;
    house.close().await;
    let (_program, log) = Program::start_logged(&mut house, &[("DMM_LOG_FORMAT", "json")]).await;
    house.sync(json!({})).await;
    let lines = after_runs(&log, 1).await;
    assert_eq!(lines.iter().map(message).collect::<Vec<_>>(), ["a run starts", "a run ended"]);
    let end = &lines[1]["fields"];
    for (field, value) in
        [("mode", json!("full")), ("state", json!("completed")), ("processed", json!(80)), ("added", json!(80))]
    {
        assert_eq!(end[field], value, "{field} in {end:#}");
    }
    assert!(end["requests"].as_i64().is_some_and(|requests| requests >= 3), "{end:#}");
}

#[tokio::test]
async fn a_failure_names_its_run_also_where_only_warnings_are_logged() {
    let mut house = House::with(30, 0).await;
    house.close().await;
    let settings = [("DMM_LOG", "warn,dmm::cli=info"), ("DMM_LOG_FORMAT", "json")];
    let (_program, log) = Program::start_logged(&mut house, &settings).await;
    house.simulator.script(Rule::on("/user").answer(Fault::Code(8)));
    house.sync(json!({})).await;
    let lines = after_runs(&log, 1).await;
    let [line] = lines.as_slice() else { panic!("{lines:#?}") };
    assert_eq!((message(line), &line["span"]["id"]), ("a run failed", &json!(1)), "{line:#}");
    assert!(line["fields"]["error"].as_str().is_some_and(|error| error.contains("TokenRefused")), "{line:#}");
}
