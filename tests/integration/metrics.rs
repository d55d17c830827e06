//! `GET /metrics`: what is counted is what happened, and none of it is personal.
#![expect(clippy::float_cmp, reason = "the samples compared are whole numbers, which a double holds exactly")]

use crate::house::{House, rest, within};
use dmm::simulator::{Fault, Rule};
use reqwest::{StatusCode, header};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// The samples by name and labels.
type Samples = BTreeMap<String, f64>;

async fn scrape(house: &House) -> Samples {
    let answer = house.http.get(format!("{}/metrics", house.base)).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.expect("a text");
    let samples = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
        (name.to_owned(), value.parse().unwrap_or_else(|error| panic!("{line}: {error}")))
    });
    samples.collect()
}

fn sum(samples: &Samples, start: &str) -> f64 {
    samples.iter().filter(|(name, _)| name.starts_with(start)).map(|(_, value)| value).sum()
}

#[tokio::test]
async fn runs_requests_batches_and_files_are_counted_as_they_happened() {
    let house = House::with(260, 40).await;
    house.simulator.clear_journal();
    let before = scrape(&house).await;
    house.simulator.script(Rule::on("/downloads").answer(Fault::Html(502)));
    house.sync(json!({"batchSize": 100})).await;
    house.simulator.edit(|library| {
        let gone = library.torrents()[0].id;
        library.remove_torrent(gone);
    });
    house.sync(json!({"mode": "full"})).await;
    house.simulator.script(Rule::on("/user").answer(Fault::Code(8)));
    house.sync(json!({})).await;
    let after = scrape(&house).await;
    for (sample, count) in [
        ("dmm_runs_started_total{mode=\"full\"}", 2.0),
        ("dmm_runs_started_total{mode=\"incremental\"}", 1.0),
        ("dmm_runs_total{mode=\"full\",outcome=\"completed\"}", 2.0),
        ("dmm_runs_total{mode=\"incremental\",outcome=\"error\"}", 1.0),
        ("dmm_run_duration_seconds_count{mode=\"full\"}", 2.0),
        ("dmm_runs_alive{state=\"running\"}", 0.0),
        ("dmm_files_changed_total{change=\"added\"}", 300.0),
        ("dmm_files_changed_total{change=\"deleted\"}", 1.0),
        // Three and one of the first run; the second marks the duplicates of 259 torrents anew.
        ("dmm_batch_duration_seconds_count{batch=\"write\"}", 7.0),
        ("dmm_batch_duration_seconds_count{batch=\"delete\"}", 1.0),
        ("dmm_real_debrid_requests_total{endpoint=\"downloads\",outcome=\"unavailable\"}", 1.0),
        ("dmm_real_debrid_requests_total{endpoint=\"user\",outcome=\"token_refused\"}", 1.0),
        ("dmm_waits_total{reason=\"retry\"}", 1.0),
    ] {
        assert_eq!(after[sample] - before[sample], count, "{sample}");
    }
    let requests = "dmm_real_debrid_requests_total{";
    let counted = sum(&after, requests) - sum(&before, requests);
    let journal = house.requests();
    #[expect(clippy::cast_precision_loss, reason = "a handful of requests")]
    let asked = journal.len() as f64;
    assert_eq!(counted, asked, "{journal:?}");
    let waited = after["dmm_wait_seconds_total{reason=\"retry\"}"];
    assert!((1.0..11.0).contains(&waited), "{waited}");
}

#[tokio::test]
async fn f6_waits_for_the_pace_are_counted_with_their_seconds_and_a_paused_run_is_alive() {
    let house = House::with_pace(2, 20).await;
    house.start(json!({})).await;
    house.until(|status| status["progress"]["current"].as_str().is_some_and(|step| step.contains(" — "))).await;
    assert_eq!(scrape(&house).await["dmm_runs_alive{state=\"running\"}"], 1.0);
    house.post("/api/sync/status", json!({"action": "pause"})).await;
    assert_eq!(scrape(&house).await["dmm_runs_alive{state=\"paused\"}"], 1.0);
    house.post("/api/sync/status", json!({"action": "cancel"})).await;
    let samples = scrape(&house).await;
    assert!(samples["dmm_waits_total{reason=\"own_pace\"}"] >= 1.0, "{samples:#?}");
    assert!(samples["dmm_wait_seconds_total{reason=\"own_pace\"}"] > 0.0, "{samples:#?}");
    assert_eq!(samples["dmm_runs_total{mode=\"full\",outcome=\"cancelled\"}"], 1.0);
}

#[tokio::test]
async fn f8_listeners_are_counted_while_they_listen() {
    let house = House::with(3, 0).await;
    let listen = || house.http.get(format!("{}/api/sync/events", house.base)).bearer_auth(&house.token).send();
    let streams = (listen().await.expect("a stream"), listen().await.expect("a stream"));
    assert_eq!(scrape(&house).await["dmm_event_listeners"], 2.0);
    drop(streams);
    let gone = within(Duration::from_secs(20), async {
        while scrape(&house).await["dmm_event_listeners"] > 0.0 {
            rest(Duration::from_millis(50)).await;
        }
    });
    assert!(gone.await.is_some(), "listeners that have left are still counted");
}

#[tokio::test]
async fn contents_are_counted_when_read_and_as_unread_before() {
    let house = House::with_contents(12, 100_000).await;
    house.simulator.script(Rule::on("/torrents/info/*").answer(Fault::Code(7)));
    house.sync(json!({})).await;
    let read = within(Duration::from_secs(30), async {
        loop {
            let samples = scrape(&house).await;
            if sum(&samples, "dmm_contents_readings_total{") >= 12.0 && samples["dmm_contents_unread"] <= 1.0 {
                return samples;
            }
            rest(Duration::from_millis(50)).await;
        }
    });
    let samples = read.await.expect("they are read in time");
    assert_eq!(samples["dmm_contents_readings_total{outcome=\"stored\"}"], 11.0);
    assert_eq!(samples["dmm_contents_readings_total{outcome=\"unknown\"}"], 1.0);
    assert_eq!(samples["dmm_contents_unread"], 1.0);
}

#[tokio::test]
async fn metrics_need_no_session_and_hold_nothing_personal() {
    let house = House::with(40, 10).await;
    house.sync(json!({})).await;
    let text = house.http.get(format!("{}/metrics", house.base)).send().await.unwrap().text().await.unwrap();
    let user = house.get("/api/auth/session").await.body["user"]["username"].as_str().unwrap().to_owned();
    let mut personal = vec![user, house.token.clone(), house.simulator.token().to_owned()];
    personal.extend(house.stored().await.into_keys());
    for word in personal {
        assert!(!text.contains(&format!("\"{word}\"")) && !text.contains(&format!(" {word}")), "{word}");
    }
    let now = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs_f64();
    let samples = scrape(&house).await;
    assert!((now - 120.0..now + 1.0).contains(&samples["process_start_time_seconds"]), "{samples:#?}");
    assert_eq!(samples[&format!("dmm_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))], 1.0);
}
