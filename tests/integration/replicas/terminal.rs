//! `dmm sync` in a terminal, beside servers that share its database.

use super::{Replicas, house};
use crate::terminal_ends::Sync;
use serde_json::Value;
use std::time::Duration;

/// A house whose runs take ten seconds of nothing but waiting.
const LONG: Duration = Duration::from_millis(300);

#[tokio::test]
async fn the_sync_of_a_server_is_shown_in_the_terminal_to_its_end() {
    let mut replicas = Replicas::of(house(LONG).await).await;
    let run = replicas.in_mid_run(0).await;
    let mut sync = Sync::start(&replicas.house, &[]);
    sync.says("under way already").await;
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    let (status, output) = sync.ends().await;
    assert_eq!(status.code(), Some(0), "{output}");
    let result: Value = serde_json::from_str(&output).expect("a result");
    assert_eq!(result["success"], true, "{result:#}");
    replicas.completed(1, &run).await;
    replicas.assert_sound(1).await;
}

#[tokio::test]
async fn ctrl_c_in_the_terminal_leaves_the_sync_of_a_server_alone() {
    let mut replicas = Replicas::of(house(LONG).await).await;
    let run = replicas.in_mid_run(0).await;
    let mut sync = Sync::start(&replicas.house, &[]);
    sync.says("under way already").await;
    sync.says(" of ").await;
    sync.signal("-INT");
    sync.says("goes on without this").await;
    assert_eq!(sync.ends().await.0.code(), Some(130));
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    replicas.completed(1, &run).await;
    replicas.assert_sound(1).await;
}

#[tokio::test]
async fn the_sync_of_servers_that_are_all_gone_goes_on_in_the_terminal() {
    let mut replicas = Replicas::of(house(LONG).await).await;
    replicas.in_mid_run(0).await;
    for each in 0..3 {
        replicas.kill(each);
    }
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    let mut sync = Sync::start(&replicas.house, &[]);
    let (status, output) = sync.ends().await;
    assert_eq!(status.code(), Some(0), "{output}");
    replicas.restart(1).await;
    replicas.assert_sound(1).await;
}
