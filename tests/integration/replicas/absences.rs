//! The owner of a run is away for a time and does not know it: its process sleeps, or it is cut off from the database.
//! What it finds when it comes back is not its run any more.

use super::{PATIENCE, Replicas, house, three};
use crate::{
    cut::Cable,
    house::{rest, within},
    kills::live,
};
use futures::future::join_all;
use std::time::Duration;
use tokio::time::Instant;

/// Long enough for one that comes back to do what it has in mind.
const AFTERMATH: Duration = Duration::from_secs(5);

/// Three replicas, each with a cable of its own to the database.
async fn on_cables() -> (Replicas, Vec<Cable>) {
    let house = house(Duration::from_millis(100)).await;
    let url = house.config().core.database.database_url;
    let cables = join_all((0..3).map(|_| Cable::to(&url))).await;
    let urls: Vec<&str> = cables.iter().map(Cable::url).collect();
    (Replicas::on(house, &urls, &[]).await, cables)
}

/// The owner, replica 0, is away from the middle of its run until others have ended it and done another.
async fn a_long_absence(replicas: &mut Replicas, leave: impl FnOnce(&Replicas), come_back: impl FnOnce(&Replicas)) {
    let run = replicas.in_mid_run(0).await;
    let lost = Instant::now();
    leave(replicas);
    assert!(replicas.taken_over(lost).await, "the run is too short for this test");
    let ready = within(Duration::from_secs(3), replicas.get(0, "/readyz")).await;
    assert!(ready.is_none_or(|ready| ready.status != 200), "who is away is ready");
    replicas.completed(1, &run).await;
    replicas.agree(&[1, 2]).await;
    replicas.assert_sound(1).await;
    replicas.house.simulator.edit(live);
    let second = replicas.sync(2).await;
    replicas.assert_sound(1).await;
    let before = replicas.written().await;
    come_back(replicas);
    rest(AFTERMATH).await;
    assert_eq!(replicas.written().await, before, "who came back wrote what was in its mind");
    back_again(replicas, &second).await;
}

/// The owner, replica 0, is away until another goes on, and comes back in the middle of that.
async fn an_early_return(replicas: &mut Replicas, leave: impl FnOnce(&Replicas), come_back: impl FnOnce(&Replicas)) {
    let run = replicas.in_mid_run(0).await;
    let lost = Instant::now();
    leave(replicas);
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(300));
    assert!(replicas.taken_over(lost).await, "the run is too short for this test");
    let alive = "select count(*) from sync_runs where state = 'running'";
    assert_eq!(replicas.house.count(alive).await, 1, "the heir is too quick for this test");
    come_back(replicas);
    replicas.completed(1, &run).await;
    replicas.house.simulator.knobs(|knobs| knobs.latency = Duration::from_millis(100));
    let before = replicas.written().await;
    replicas.assert_sound(2).await;
    rest(AFTERMATH).await;
    assert_eq!(replicas.written().await, before, "a run went on after its end");
    back_again(replicas, &run).await;
}

/// Replica 0 shows the run that is the newest by now, and works as before.
async fn back_again(replicas: &mut Replicas, newest: &str) {
    let ready = async {
        while replicas.get(0, "/readyz").await.status != 200 {
            rest(Duration::from_millis(100)).await;
        }
    };
    assert!(within(PATIENCE, ready).await.is_some(), "who came back is never ready again");
    replicas.completed(0, newest).await;
    replicas.agree(&[0, 1, 2]).await;
    replicas.assert_sound(0).await;
    replicas.house.simulator.edit(live);
    replicas.sync(0).await;
    replicas.assert_sound(1).await;
    replicas.agree(&[0, 1, 2]).await;
}

fn freeze(replicas: &Replicas) {
    replicas.program(0).freeze();
}

fn thaw(replicas: &Replicas) {
    replicas.program(0).thaw();
}

#[tokio::test]
async fn an_owner_that_sleeps_is_followed_by_another_and_writes_nothing_when_it_wakes() {
    a_long_absence(&mut three().await, freeze, thaw).await;
}

#[tokio::test]
async fn an_owner_that_wakes_while_another_goes_on_with_its_run_stands_back() {
    an_early_return(&mut three().await, freeze, thaw).await;
}

/// Right when it is decided whether the run is lost.
#[tokio::test]
async fn an_owner_that_wakes_at_any_moment_around_the_end_of_its_lease_leaves_one_owner() {
    let mut replicas = three().await;
    for owner in [0, 1] {
        let run = replicas.in_mid_run(owner).await;
        replicas.program(owner).freeze();
        rest(Duration::from_millis(rand::random_range(9_000..15_000))).await;
        replicas.program(owner).thaw();
        replicas.completed(2, &run).await;
        replicas.agree(&[0, 1, 2]).await;
        let before = replicas.written().await;
        replicas.assert_sound(2).await;
        rest(AFTERMATH).await;
        assert_eq!(replicas.written().await, before, "a run went on after its end");
        replicas.house.simulator.edit(live);
    }
    replicas.sync(0).await;
    replicas.assert_sound(1).await;
}

#[tokio::test]
async fn an_owner_cut_off_from_the_database_is_followed_by_another_and_works_again_afterwards() {
    let (mut replicas, cables) = on_cables().await;
    a_long_absence(&mut replicas, |_| cables[0].cut(), |_| cables[0].heal()).await;
}

#[tokio::test]
async fn an_owner_whose_connections_are_reset_is_followed_by_another_and_works_again_afterwards() {
    let (mut replicas, cables) = on_cables().await;
    a_long_absence(&mut replicas, |_| cables[0].reset(), |_| cables[0].heal()).await;
}

#[tokio::test]
async fn an_owner_that_reaches_the_database_again_while_another_goes_on_with_its_run_stands_back() {
    let (mut replicas, cables) = on_cables().await;
    an_early_return(&mut replicas, |_| cables[0].cut(), |_| cables[0].heal()).await;
}
