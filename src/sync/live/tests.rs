//! Tests of what is shown.

use super::*;

fn counters(total: i64, processed: i64) -> Counters {
    Counters { total, processed, ..Counters::default() }
}

#[test]
fn c3_the_percentage_never_goes_down_and_keeps_100_for_the_end() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    let mut shown = Vec::new();
    for (total, processed) in [(10, 0), (10, 5), (20, 6), (20, 20)] {
        live.progress(&counters(total, processed), &Pace::default(), 0, Timestamp::from_millis(0));
        shown.push(live.status().progress.percentage);
    }
    assert_eq!(shown, [0, 50, 50, 99]);
}

#[test]
fn c4_processed_never_exceeds_total() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    live.progress(&counters(10, 12), &Pace::default(), 0, Timestamp::from_millis(0));
    let progress = live.status().progress;
    assert_eq!((progress.processed, progress.total), (12, 12));
}

#[tokio::test]
async fn c1_a_slow_reader_skips_but_never_misses_the_end_of_a_run() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    let mut reader = live.subscribe();
    assert_eq!(reader.next().await.map(|status| status.status), Some(State::Idle));
    let show = |id: &str, state: State| {
        live.change(|status| {
            status.id = Some(id.to_owned());
            status.status = state;
            status.timing.ended = (state != State::Running).then_some(Timestamp::from_millis(1));
        });
    };
    show("1", State::Running);
    show("1", State::Completed);
    show("2", State::Running);
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen.extend(reader.next().await.map(|status| (status.id.unwrap_or_default(), status.status)));
    }
    assert_eq!(seen, [("1".to_owned(), State::Completed), ("2".to_owned(), State::Running)]);
    let mut newcomer = live.subscribe();
    assert_eq!(newcomer.next().await.and_then(|status| status.id).as_deref(), Some("2"));
}

/// A status of a run, as another server tells it.
fn told(id: &str, state: State, percentage: u8, processed: i64) -> SyncStatus {
    let mut status = SyncStatus { id: Some(id.to_owned()), status: state, ..SyncStatus::default() };
    status.progress.percentage = percentage;
    (status.progress.processed, status.progress.total) = (processed, 1_000);
    status.timing.ended = (!is_alive(state)).then_some(Timestamp::from_millis(1));
    status
}

#[test]
fn c3_the_percentage_stands_still_while_whoever_took_the_run_over_is_behind_what_was_shown() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    let mut shown = Vec::new();
    for (id, state, percentage, processed) in [
        ("7", State::Running, 57, 570),
        ("7", State::Running, 40, 400),
        ("7", State::Paused, 41, 410),
        ("7", State::Running, 58, 580),
        ("7", State::Error, 50, 500),
        ("8", State::Running, 3, 30),
    ] {
        live.mirror(told(id, state, percentage, processed));
        let status = live.status();
        shown.push((status.status, status.progress.percentage, status.progress.processed));
    }
    let expected = [
        (State::Running, 57, 570),
        (State::Running, 57, 570),
        (State::Paused, 57, 570),
        (State::Running, 58, 580),
        // The end is told as it is stored, and another run begins by itself.
        (State::Error, 50, 500),
        (State::Running, 3, 30),
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn c1_the_ends_of_two_runs_are_both_told_to_a_reader_who_saw_neither() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    let mut reader = live.subscribe();
    reader.next().await;
    for (id, state) in [("7", State::Running), ("7", State::Error), ("8", State::Completed)] {
        live.mirror(told(id, state, 0, 0));
    }
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen.extend(reader.next().await.map(|status| (status.id.unwrap_or_default(), status.status)));
    }
    assert_eq!(seen, [("7".to_owned(), State::Error), ("8".to_owned(), State::Completed)]);
}

fn wait(reason: &str) -> Waiting {
    Waiting { reason: reason.to_owned(), until: Timestamp::from_millis(9) }
}

#[test]
fn contents_are_shown_beside_the_step_and_the_wait_of_a_run() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    live.step("Reading torrents");
    live.waiting(Some(wait("asked to slow down")));
    live.contents(|contents| *contents = ContentsProgress { total: 9, processed: 4 });
    let status = live.status();
    assert_eq!(status.progress.current, "Reading torrents — asked to slow down");
    assert_eq!((status.contents.processed, status.contents.total), (4, 9));
    live.waiting(None);
    assert_eq!(live.status().progress.current, "Reading torrents");
}

#[test]
fn c2_a_wait_is_told_beside_the_step_and_goes_by_itself() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    live.step("Reading torrents");
    live.waiting(Some(wait("asked to slow down")));
    assert_eq!(live.status().progress.current, "Reading torrents — asked to slow down");
    assert_eq!(live.status().pace.waiting, Some(wait("asked to slow down")));
    live.waiting(None);
    assert_eq!((live.status().progress.current, live.status().pace.waiting), ("Reading torrents".to_owned(), None));
}

#[test]
fn c2_the_background_tells_its_waits_at_rest_and_never_in_place_of_a_run() {
    let live = Live::new(SyncStatus::default(), Meter::default());
    live.waiting_at_rest(Some(wait("for later")));
    assert_eq!(live.status().pace.waiting, Some(wait("for later")));
    assert_eq!(live.status().progress.current, "", "it is no step of a run");
    live.change(|status| status.status = State::Running);
    assert_eq!(live.status().pace.waiting, None, "the run has not waited yet");
    live.waiting(Some(wait("for the run")));
    live.waiting_at_rest(None);
    assert_eq!(live.status().pace.waiting, Some(wait("for the run")));
}

proptest::proptest! {
    #[test]
    fn c3_c4_whatever_a_run_counts_the_percentage_never_goes_back_nor_over_99_and_processed_stays_within_total(
        steps in proptest::collection::vec((0..200_i64, 0..250_i64), 1..60),
    ) {
        let live = Live::new(SyncStatus::default(), Meter::default());
        let mut before = 0;
        for (total, processed) in steps {
            live.progress(&counters(total, processed), &Pace::default(), 1, Timestamp::from_millis(0));
            let shown = live.status().progress;
            proptest::prop_assert!((before..=99).contains(&shown.percentage), "{} after {before}", shown.percentage);
            proptest::prop_assert!(shown.processed <= shown.total);
            before = shown.percentage;
        }
    }
}

#[test]
fn c3_what_a_run_has_processed_stands_still_while_it_is_counted_again() {
    let live = Live::new(told("7", State::Running, 57, 570), Meter::default());
    live.progress(&counters(1_000, 400), &Pace::default(), 0, Timestamp::from_millis(0));
    let progress = live.status().progress;
    assert_eq!((progress.processed, progress.percentage), (570, 57));
    live.progress(&counters(1_000, 600), &Pace::default(), 0, Timestamp::from_millis(0));
    assert_eq!(live.status().progress.processed, 600);
}

#[test]
fn an_end_that_was_expected_before_a_wait_is_over_is_none() {
    for (expected, shown) in [(8, None), (9, None), (10, Some(10))] {
        let live = Live::new(told("7", State::Running, 0, 0), Meter::default());
        live.change(|status| status.timing.estimated_end = Some(Timestamp::from_millis(expected)));
        live.waiting(Some(wait("the database is busy")));
        assert_eq!(live.status().timing.estimated_end, shown.map(Timestamp::from_millis));
        live.waiting(None);
        assert_eq!(live.status().timing.estimated_end, shown.map(Timestamp::from_millis));
    }
}
