use super::*;
use crate::{
    clock::ManualClock,
    real_debrid::scripted::{Baton, manual_clock},
};

const MINUTE: Duration = Duration::from_mins(1);

fn pacer(limit: u32) -> (Pacer, ManualClock, Baton) {
    let manual = manual_clock();
    (Pacer::new(limit, manual.clock()), manual.clone(), Baton::skipping(&manual))
}

#[tokio::test]
async fn no_minute_ever_holds_more_requests_than_the_limit() {
    const LIMIT: usize = 20;
    let (pacer, manual, baton) = pacer(20);
    let mut arrivals = Vec::new();
    for step in 0..500_u64 {
        let slot = pacer.slot(&baton).await.expect("a slot");
        // Uneven gaps, latencies of up to 2.9 s, and arrivals anywhere between sending and answer.
        let latency = Duration::from_millis(step * 7919 % 2_900);
        let arrival = latency / 3;
        manual.advance(arrival);
        arrivals.push(manual.clock().elapsed());
        manual.advance(latency.saturating_sub(arrival));
        drop(slot);
        manual.advance(Duration::from_millis(step * 104_729 % 1_700));
    }
    for start in &arrivals {
        let held = arrivals.iter().filter(|at| (*start..*start + MINUTE).contains(*at)).count();
        assert!(held <= LIMIT, "{held} requests in the minute from {start:?}");
    }
    // And it does not dawdle: the budget of a minute is used whenever it is asked for.
    assert!(!baton.waited().is_empty());
}

#[tokio::test]
async fn a_first_sync_of_a_few_pages_is_not_slowed_at_all() {
    let (pacer, _, baton) = pacer(250);
    for _ in 0..250 {
        drop(pacer.slot(&baton).await.expect("a slot"));
    }
    assert_eq!(baton.announced(), []);
    assert_eq!(pacer.available(), 0);
}

#[tokio::test]
async fn the_next_request_waits_until_the_oldest_is_a_minute_old() {
    let (pacer, manual, baton) = pacer(2);
    drop(pacer.slot(&baton).await.expect("a slot"));
    manual.advance(Duration::from_secs(45));
    drop(pacer.slot(&baton).await.expect("a slot"));
    drop(pacer.slot(&baton).await.expect("a slot"));
    assert_eq!(
        baton.announced(),
        [Some(Wait { reason: WaitReason::OwnPace, duration: Duration::from_millis(15_100) }), None]
    );
}

#[tokio::test]
async fn a_request_in_flight_counts_until_a_minute_after_its_answer() {
    let (pacer, manual, baton) = pacer(2);
    let slot = pacer.slot(&baton).await.expect("a slot");
    manual.advance(MINUTE * 3);
    assert_eq!(pacer.available(), 1);
    drop(slot);
    manual.advance(HOLD.saturating_sub(Duration::from_millis(1)));
    assert_eq!(pacer.available(), 1);
    manual.advance(Duration::from_millis(1));
    assert_eq!(pacer.available(), 2);
}

#[tokio::test]
async fn refusals_in_a_row_hold_everything_for_10_then_20_then_60_seconds() {
    let (pacer, _, baton) = pacer(250);
    for _ in 0..4 {
        pacer.refused(None);
        assert_eq!(pacer.available(), 0);
        drop(pacer.slot(&baton).await.expect("a slot"));
    }
    let waits: Vec<u64> = baton.waited().iter().map(|wait| wait.duration.as_secs()).collect();
    assert_eq!(waits, [10, 20, 60, 60]);
}

#[tokio::test]
async fn an_answer_makes_the_next_refusal_a_first_one_again() {
    let (pacer, _, baton) = pacer(250);
    pacer.refused(None);
    drop(pacer.slot(&baton).await.expect("a slot"));
    pacer.answered();
    pacer.refused(None);
    drop(pacer.slot(&baton).await.expect("a slot"));
    let first = Wait { reason: WaitReason::RateLimited { refusals: 1 }, duration: PENALTIES[0] };
    assert_eq!(baton.waited(), [first.clone(), first]);
}

#[tokio::test]
async fn requests_refused_at_the_same_time_are_one_refusal() {
    let (pacer, _, baton) = pacer(250);
    pacer.refused(None);
    pacer.refused(None);
    drop(pacer.slot(&baton).await.expect("a slot"));
    let waits: Vec<u64> = baton.waited().iter().map(|wait| wait.duration.as_secs()).collect();
    assert_eq!(waits, [10]);
}

#[tokio::test]
async fn what_the_server_asks_for_is_waited_for() {
    let (pacer, _, baton) = pacer(250);
    pacer.refused(Some(Duration::from_secs(33)));
    drop(pacer.slot(&baton).await.expect("a slot"));
    assert_eq!(baton.waited()[0].duration, Duration::from_secs(33));
}

#[tokio::test]
async fn the_aftermath_of_a_refusal_is_half_a_minute() {
    let (pacer, manual, _) = pacer(250);
    assert!(!pacer.refused_lately());
    pacer.refused(None);
    manual.advance(AFTERMATH);
    assert!(pacer.refused_lately());
    manual.advance(Duration::from_millis(1));
    assert!(!pacer.refused_lately());
}

#[tokio::test]
async fn a_stop_ends_a_wait_and_the_wait_is_announced_as_over() {
    let manual = manual_clock();
    let pacer = Pacer::new(1, manual.clock());
    let baton = Baton::default();
    drop(pacer.slot(&baton).await.expect("a slot"));
    let (result, ()) = tokio::join!(pacer.slot(&baton), async {
        tokio::task::yield_now().await;
        baton.stop();
    });
    assert!(matches!(result, Err(Stopped)));
    assert_eq!(baton.announced().last(), Some(&None));
    assert_eq!(baton.waited().len(), 1);
}
