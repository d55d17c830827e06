use super::{
    window::{GLANCE, HOLD, PENALTIES},
    *,
};
use crate::{
    clock::ManualClock,
    real_debrid::{
        Unattended, WaitReason,
        scripted::{Baton, manual_clock},
    },
};
use futures::FutureExt as _;

const MINUTE: Duration = Duration::from_mins(1);
pub(super) const ENTRY: Purpose = Purpose { class: Class::Entry, urgency: Urgency::Foreground };
pub(super) const LIST: Purpose = Purpose { class: Class::TorrentList, urgency: Urgency::Foreground };
pub(super) const BACKGROUND: Purpose = Purpose { class: Class::Entry, urgency: Urgency::Background };

fn pacer(limit: u32) -> (Pacer, ManualClock, Baton) {
    let manual = manual_clock();
    (Pacer::new(limit, manual.clock()), manual.clone(), Baton::skipping(&manual))
}

impl Pacer {
    /// A slot at once, or how long to wait for it.
    fn at_once(&self, purpose: Purpose) -> Result<Slot<'_>, Wait> {
        let taken = self.take(purpose, &Unattended).now_or_never().expect("nothing to wait for").expect("no stop");
        taken.map(|sent| Slot { pacer: self, sent })
    }
}

#[tokio::test]
async fn no_minute_ever_holds_more_requests_than_the_limit() {
    const LIMIT: usize = 20;
    let (pacer, manual, baton) = pacer(20);
    let mut arrivals = Vec::new();
    for step in 0..500_u64 {
        let slot = pacer.slot(ENTRY, &baton).await.expect("a slot");
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
        drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    }
    assert_eq!(baton.announced(), []);
    assert_eq!(pacer.available(), 0);
}

#[tokio::test]
async fn the_next_request_waits_until_the_oldest_is_a_minute_old() {
    let (pacer, manual, baton) = pacer(2);
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    manual.advance(Duration::from_secs(45));
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    assert_eq!(
        baton.announced(),
        [Some(Wait { reason: WaitReason::OwnPace, duration: Duration::from_millis(15_100) }), None]
    );
}

#[tokio::test]
async fn a_request_in_flight_counts_until_a_minute_after_its_answer() {
    let (pacer, manual, baton) = pacer(2);
    let slot = pacer.slot(ENTRY, &baton).await.expect("a slot");
    manual.advance(MINUTE * 3);
    assert_eq!(pacer.available(), 1);
    drop(slot);
    manual.advance(HOLD.saturating_sub(Duration::from_millis(1)));
    assert_eq!(pacer.available(), 1);
    manual.advance(Duration::from_millis(1));
    assert_eq!(pacer.available(), 2);
}

/// Sends a request that is refused.
async fn refuse(pacer: &Pacer, purpose: Purpose, baton: &Baton, retry_after: Option<u64>) {
    let slot = pacer.slot(purpose, baton).await.expect("a slot");
    slot.refused(retry_after.map(Duration::from_secs));
}

fn seconds(baton: &Baton) -> Vec<u64> {
    baton.waited().iter().map(|wait| wait.duration.as_secs()).collect()
}

#[tokio::test]
async fn f6_refusals_in_a_row_hold_everything_for_10_20_60_120_and_then_300_seconds() {
    let (pacer, _, baton) = pacer(250);
    for _ in 0..7 {
        refuse(&pacer, ENTRY, &baton, None).await;
        assert_eq!(pacer.available(), 0);
    }
    assert_eq!(seconds(&baton), [10, 20, 60, 120, 300, 300]);
}

#[tokio::test]
async fn an_answer_makes_the_next_refusal_a_first_one_again() {
    let (pacer, _, baton) = pacer(250);
    refuse(&pacer, ENTRY, &baton, None).await;
    pacer.slot(ENTRY, &baton).await.expect("a slot").answered();
    refuse(&pacer, ENTRY, &baton, None).await;
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    let first = Wait { reason: WaitReason::RateLimited { refusals: 1 }, duration: PENALTIES[0] };
    assert_eq!(baton.waited(), [first.clone(), first]);
}

#[tokio::test]
async fn an_answer_to_what_was_sent_before_a_refusal_does_not_end_it() {
    let (pacer, manual, baton) = pacer(250);
    let early = pacer.slot(ENTRY, &baton).await.expect("a slot");
    manual.advance(Duration::from_secs(1));
    refuse(&pacer, ENTRY, &baton, None).await;
    early.answered();
    drop(early);
    refuse(&pacer, ENTRY, &baton, None).await;
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    assert_eq!(seconds(&baton), [10, 20]);
}

#[tokio::test]
async fn requests_refused_at_the_same_time_are_one_refusal() {
    let (pacer, _, baton) = pacer(250);
    let both = [pacer.at_once(ENTRY).expect("a slot"), pacer.at_once(ENTRY).expect("a slot")];
    for slot in &both {
        slot.refused(None);
    }
    drop(both);
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    assert_eq!(seconds(&baton), [10]);
}

#[tokio::test]
async fn f6_what_the_server_asks_for_is_waited_for_when_it_is_longer() {
    let (pacer, _, baton) = pacer(250);
    refuse(&pacer, ENTRY, &baton, Some(33)).await;
    refuse(&pacer, ENTRY, &baton, Some(1)).await;
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    assert_eq!(seconds(&baton), [33, 20]);
}

#[tokio::test]
async fn f6_after_a_refusal_one_request_at_a_time_asks_whether_it_is_over() {
    let (pacer, manual, baton) = pacer(250);
    refuse(&pacer, ENTRY, &baton, None).await;
    manual.advance(PENALTIES[0]);
    let first = pacer.at_once(ENTRY).expect("a slot");
    let wait = pacer.at_once(ENTRY).expect_err("a second repeat beside the first");
    assert_eq!((wait.reason, wait.duration), (WaitReason::RateLimited { refusals: 1 }, GLANCE));
    first.answered();
    assert!(pacer.at_once(ENTRY).is_ok());
}

#[tokio::test]
async fn f6_a_refusal_of_a_list_teaches_about_lists_and_the_next_about_all_requests() {
    let (pacer, manual, baton) = pacer(250);
    for _ in 0..40 {
        for purpose in [LIST, ENTRY] {
            pacer.slot(purpose, &baton).await.expect("a slot").answered();
        }
    }
    refuse(&pacer, LIST, &baton, None).await;
    manual.advance(PENALTIES[0]);
    assert_eq!(pacer.limit(), 250, "a list taught about everything");
    assert_eq!(pacer.at_once(LIST).expect_err("more lists than learnt").reason, WaitReason::OwnPace);
    refuse(&pacer, ENTRY, &baton, None).await;
    assert_eq!(pacer.limit(), 61, "three quarters of 82 requests");
    for _ in 0..3 {
        refuse(&pacer, ENTRY, &baton, None).await;
    }
    assert!(pacer.limit() >= 61, "further refusals in a row taught something");
    manual.advance(PENALTIES[4] + MINUTE * 20);
    assert_eq!(pacer.limit(), 250);
}

#[tokio::test]
async fn f6_the_background_leaves_a_fifth_free_and_yields_to_whoever_waits_or_asks() {
    let (pacer, manual, baton) = pacer(10);
    let asking = pacer.at_once(ENTRY).expect("a slot");
    assert_eq!(pacer.at_once(BACKGROUND).expect_err("beside the foreground").duration, GLANCE);
    drop(asking);
    for _ in 0..7 {
        drop(pacer.at_once(BACKGROUND).expect("a slot"));
    }
    assert_eq!(pacer.at_once(BACKGROUND).expect_err("more than its share").reason, WaitReason::OwnPace);
    for _ in 0..2 {
        drop(pacer.at_once(ENTRY).expect("the rest is there for others"));
    }
    manual.advance(HOLD);
    let waiting = Waiting::new(&pacer);
    assert_eq!(pacer.at_once(BACKGROUND).expect_err("before who waits").duration, GLANCE);
    drop(waiting);
    assert!(pacer.at_once(BACKGROUND).is_ok());
    assert!(baton.announced().is_empty());
}

#[tokio::test]
async fn the_aftermath_of_a_refusal_is_half_a_minute() {
    let (pacer, manual, baton) = pacer(250);
    assert!(!pacer.refused_lately());
    refuse(&pacer, ENTRY, &baton, None).await;
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
    drop(pacer.slot(ENTRY, &baton).await.expect("a slot"));
    let (result, ()) = tokio::join!(pacer.slot(ENTRY, &baton), async {
        tokio::task::yield_now().await;
        baton.stop();
    });
    assert!(matches!(result, Err(Error::Stopped)));
    assert_eq!(baton.announced().last(), Some(&None));
    assert_eq!(baton.waited().len(), 1);
}
