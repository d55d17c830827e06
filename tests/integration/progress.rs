//! Group C: progress, as the event stream and the status tell it.

use crate::house::{House, within};
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

/// Reads the event stream until a run has ended.
async fn events_of_a_run(house: &House, body: Value) -> Vec<(i64, Value)> {
    let answer = house
        .http
        .get(format!("{}/api/sync/events", house.base))
        .bearer_auth(&house.token)
        .send()
        .await
        .expect("a stream");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut stream = answer.bytes_stream();
    let mut text = String::new();
    let mut events = Vec::new();
    let ended = within(Duration::from_mins(1), async {
        while let Some(Ok(part)) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&part));
            while let Some(end) = text.find("\n\n") {
                let event: String = text.drain(..end + 2).collect();
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                let Some(data) = field("data:") else { continue };
                assert_eq!(field("event:"), Some("status"));
                let status: Value = serde_json::from_str(data).expect("a status");
                let id = field("id:").and_then(|id| id.parse().ok()).expect("an id");
                let first = events.is_empty();
                let over = !first && matches!(status["status"].as_str(), Some("completed" | "error"));
                events.push((id, status));
                if first {
                    house.start(body.clone()).await;
                }
                if over {
                    return;
                }
            }
        }
    })
    .await;
    assert!(ended.is_some(), "the terminal event never came: {:?}", events.last());
    events
}

#[tokio::test]
async fn c1_c2_c3_c4_the_stream_tells_a_run_from_start_to_end_without_going_back() {
    let house = House::with(11_000, 5_500).await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(120));
    let events = events_of_a_run(&house, json!({"batchSize": 100})).await;
    assert_eq!(events[0].1["status"], "idle", "the first event comes at once");
    assert!(events.windows(2).all(|pair| pair[0].0 < pair[1].0), "ids rise");
    let run = &events[1..];
    assert!(run.len() > 5, "only {} events: nothing is live", run.len());
    let percentages: Vec<i64> =
        run.iter().filter_map(|(_, status)| status["progress"]["percentage"].as_i64()).collect();
    assert!(percentages.is_sorted(), "{percentages:?}");
    for (_, status) in run {
        let progress = &status["progress"];
        assert!(progress["processed"].as_i64() <= progress["total"].as_i64(), "{status:#}");
        assert_eq!(progress["percentage"] == 100, status["status"] == "completed", "{status:#}");
        assert_ne!(progress["current"], "", "{status:#}");
    }
    let last = &run[run.len() - 1].1;
    assert_eq!((&last["progress"]["processed"], &last["progress"]["total"]), (&json!(16_500), &json!(16_500)));
    assert!(
        run.iter()
            .any(|(_, status)| status["progress"]["current"].as_str().is_some_and(|step| step.contains("torrents")))
    );
}

#[tokio::test]
async fn c5_the_estimated_end_comes_true() {
    // Twenty pages at a steady pace that a busy machine does not change much.
    let house = House::with(4_000, 0).await;
    house.simulator.knobs(|knobs| {
        knobs.latency = Duration::from_millis(250);
        knobs.paging.max_limit = 200;
    });
    let events = events_of_a_run(&house, json!({"batchSize": 200})).await;
    let time = |status: &Value, field: &str| {
        status["timing"][field].as_str().and_then(|text| text.parse::<dmm::domain::Timestamp>().ok())
    };
    let last = &events[events.len() - 1].1;
    let (started, ended) = (time(last, "started").expect("a start"), time(last, "ended").expect("an end"));
    let whole = ended.millis_since(started);
    let mut judged = 0;
    for (_, status) in &events {
        let processed = status["progress"]["processed"].as_i64().unwrap_or(0);
        if let Some(estimated) = time(status, "estimatedEnd")
            && processed * 5 >= 4_000
            && status["status"] == "running"
        {
            judged += 1;
            let error = ended.millis_since(estimated).abs();
            // The unit test of the pace holds it to a quarter; here other tests make the pace unsteady.
            assert!(error * 2 <= whole, "{error} ms off in a run of {whole} ms: {status:#}");
        }
    }
    assert!(judged > 3, "hardly any estimate was given");
}

#[tokio::test]
async fn c6_added_updated_deleted_duplicates_and_errors_are_counted() {
    let house = House::with(100, 50).await;
    let first = house.sync(json!({})).await;
    assert_eq!(first["stats"]["added"], 150);
    house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().map(|torrent| torrent.id).collect();
        library.add_random_torrent();
        library.add_random_download();
        for id in &ids[10..13] {
            library.torrent_mut(*id).expect("it").status = "error".into();
        }
        for id in &ids[20..24] {
            library.remove_torrent(*id);
        }
    });
    let stats = house.sync(json!({})).await["stats"].clone();
    assert_eq!((&stats["added"], &stats["updated"], &stats["deleted"]), (&json!(2), &json!(3), &json!(4)), "{stats}");
    let runs = house.get("/api/sync/runs?limit=2").await;
    assert_eq!(runs.body["runs"][0]["filesDeleted"], 4, "{runs:?}");
    assert_eq!(runs.body["runs"][1]["filesAdded"], 150);
}
