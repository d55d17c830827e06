//! F7 and F8 with the real program: what it needs does not grow with the library, and what it takes it gives back.

use crate::{
    house::{House, rest},
    program::Program,
};
use serde_json::json;
use std::time::Duration;

/// The most memory a first full sync of so many entries ever had, in kilobytes.
async fn peak(entries: usize) -> i64 {
    let mut house = House::with(entries / 2, entries / 2).await;
    house.close().await;
    let program = Program::start(&mut house).await;
    let status = house.sync(json!({"batchSize": 500})).await;
    assert_eq!((&status["status"], &status["stats"]["added"]), (&json!("completed"), &json!(entries)), "{status:#}");
    let peak = program.figure("VmHWM");
    assert_eq!(program.variable("MALLOC_ARENA_MAX").as_deref(), Some("2"), "memory is not shared out as it should be");
    program.kill();
    peak
}

/// A page or two of each list are in memory at a time, and some fifty bytes an entry for what is stored and was seen. The
/// bound is half of what the entries themselves would take.
#[tokio::test]
async fn f7_three_times_the_library_needs_hardly_more_memory() {
    let (small, large) = (peak(60_000).await, peak(180_000).await);
    assert!(large - small < 45_000, "{small} kB for 60,000 entries, {large} kB for 180,000");
}

#[tokio::test]
async fn f8_streams_and_their_sockets_are_given_back_when_browsers_go() {
    let mut house = House::with(50, 0).await;
    house.close().await;
    let program = Program::start(&mut house).await;
    house.sync(json!({})).await;
    let before = program.handles();
    let mut streams = Vec::new();
    for _ in 0..100 {
        // A client of its own is a connection of its own.
        let browser = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let events = browser.get(format!("{}/api/sync/events", house.base)).bearer_auth(&house.token).send().await;
        streams.push((browser, events.expect("a stream")));
    }
    assert!(program.handles() >= before + 100, "the streams are not open");
    drop(streams);
    let mut left = usize::MAX;
    for _ in 0..200 {
        left = program.handles();
        if left <= before + 3 {
            break;
        }
        rest(Duration::from_millis(50)).await;
    }
    assert!(left <= before + 3, "{before} handles before, {left} long after a hundred streams had gone");
    program.kill();
}
