//! F6: Real-Debrid's limits, as they are and as they might be.

use crate::clockwork::Clockwork;
use dmm::{
    domain::{State, SyncConfigurationPatch, SyncStatus},
    simulator::{Knobs, Options, knobs::Rate},
    sync::EngineOptions,
};
use std::time::Duration;

const TORRENTS: usize = 600;

/// A library of 60 pages, and no contents beside it.
async fn pages(rate: Rate) -> Clockwork {
    let knobs = Knobs { rate, ..Knobs::default() };
    let options = Options { torrents: TORRENTS, downloads: 0, knobs, ..Options::default() };
    let engine = EngineOptions { page_rows: 10, contents: false, ..EngineOptions::default() };
    Clockwork::with(options, engine).await
}

/// Less than two minutes without progress of its own would end the run.
fn impatient() -> SyncConfigurationPatch {
    SyncConfigurationPatch { sync_timeout: Some(110_000), max_retries: Some(1), ..SyncConfigurationPatch::default() }
}

async fn assert_complete(works: &Clockwork, status: &SyncStatus, what: &str) {
    assert_eq!((status.status, &status.error), (State::Completed, &None), "{what}");
    assert_eq!(works.count("select count(*) from files").await, 600, "{what}");
}

fn refused(works: &Clockwork) -> usize {
    works.simulator.journal().iter().filter(|request| matches!(request.status, 429 | 451)).count()
}

/// Requests in the busiest minute from the first refusal on.
fn busiest_minute_after_a_refusal(works: &Clockwork) -> usize {
    let journal = works.simulator.journal();
    let first = journal.iter().position(|request| request.status == 429).expect("a refusal");
    let times: Vec<_> = journal[first + 1..].iter().map(|request| request.at).collect();
    let busy =
        |start: &Duration| times.iter().filter(|at| **at >= *start && **at < *start + Duration::from_mins(1)).count();
    times.iter().map(busy).max().unwrap_or_default()
}

#[tokio::test]
async fn f6_a_limit_far_below_the_configured_one_is_learnt_with_and_without_retry_after() {
    for retry_after in [None, Some("25".to_owned()), Some("soon".to_owned())] {
        let what = format!("Retry-After: {retry_after:?}");
        let rate = Rate { per_minute: Some(20), lists_per_minute: None, retry_after, ..Rate::default() };
        let works = pages(rate).await;
        let status = works.sync(impatient()).await;
        assert_complete(&works, &status, &what).await;
        // The first refusal comes with the 21st request; what is learnt comes back, so there are some more, but few.
        assert!((1..=6).contains(&refused(&works)), "{what}: {} refusals", refused(&works));
        assert!(busiest_minute_after_a_refusal(&works) <= 21, "{what}: {}", busiest_minute_after_a_refusal(&works));
    }
}

#[tokio::test]
async fn f6_a_limit_on_lists_alone_slows_lists_alone() {
    let works = pages(Rate { lists_per_minute: Some(25), ..Rate::default() }).await;
    let status = works.sync(impatient()).await;
    assert_complete(&works, &status, "lists").await;
    assert!((1..=3).contains(&refused(&works)), "{} refusals", refused(&works));
    let pacer = works.engine.pacer(works.user).await.expect("a pacer");
    assert_eq!(pacer.limit(), 250, "a refusal of a list slowed everything");
}

#[tokio::test]
async fn f6_a_fixed_window_and_refusals_that_call_lists_infringing_are_waited_out() {
    for (what, rate) in [
        ("fixed", Rate { per_minute: Some(20), fixed_window: true, ..Rate::default() }),
        ("infringing", Rate { per_minute: Some(20), says_infringing: true, ..Rate::default() }),
    ] {
        let works = pages(rate).await;
        let status = works.sync(impatient()).await;
        assert_complete(&works, &status, what).await;
        assert!((1..=8).contains(&refused(&works)), "{what}: {} refusals", refused(&works));
    }
}

#[tokio::test]
async fn f6_a_block_of_minutes_is_survived_although_nothing_moves_for_longer_than_sync_timeout() {
    // Every refusal begins the block anew.
    let block_for = Duration::from_mins(4);
    let rate = Rate { per_minute: Some(20), block_after: Some(0), block_for, ..Rate::default() };
    let works = pages(rate).await;
    let status = works.sync(impatient()).await;
    assert_complete(&works, &status, "blocked").await;
    let journal = works.simulator.journal();
    let longest = journal.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).max().unwrap_or_default();
    assert!(longest >= block_for, "it was never made to wait: {longest:?}");
    assert!(journal.iter().all(|request| request.in_flight == 0), "two requests at the same time");
}

#[tokio::test]
async fn f6_half_an_hour_of_nothing_but_refusals_ends_the_run_with_the_reason() {
    let works = pages(Rate { per_minute: Some(0), ..Rate::default() }).await;
    let status = works.sync(impatient()).await;
    assert_eq!(status.status, State::Error);
    let error = status.error.unwrap_or_default();
    assert!(error.contains("too many"), "{error}");
    let (Some(started), Some(ended)) = (status.timing.started, status.timing.ended) else { panic!("no times") };
    let minutes = ended.millis_since(started) / 60_000;
    assert!((30..40).contains(&minutes), "it waited {minutes} minutes");
    assert!(works.simulator.journal().len() < 15, "{} requests", works.simulator.journal().len());
}
