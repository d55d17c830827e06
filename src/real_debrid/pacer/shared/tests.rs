use super::{
    memory::{MemoryBook, settle},
    *,
};
use crate::{
    clock::ManualClock,
    real_debrid::{
        Unattended,
        pacer::{
            Pacer, Waiting,
            tests::{BACKGROUND, ENTRY, LIST},
            window::{GLANCE, HOLD, LONGEST_FLIGHT, PENALTIES},
        },
        scripted::{Baton, manual_clock},
    },
};
use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};

const SECOND: Duration = Duration::from_secs(1);

struct House {
    manual: ManualClock,
    book: Arc<MemoryBook>,
    baton: Baton,
}

impl House {
    fn new() -> Self {
        let manual = manual_clock();
        Self { book: MemoryBook::new(manual.clock()), baton: Baton::skipping(&manual), manual }
    }

    fn pacer(&self, limit: u32) -> Pacer {
        Pacer::shared(limit, self.manual.clock(), Arc::clone(&self.book) as Arc<dyn PaceBook>)
    }

    /// How long a process that comes anew would have to wait, and why; it takes nothing.
    async fn wait(&self, limit: u32, purpose: Purpose) -> Option<(WaitReason, Duration)> {
        let before = self.book.text.lock().await.clone();
        let taken = self.pacer(limit).take(purpose, &Unattended).await.expect("nobody stops it");
        *self.book.text.lock().await = before;
        taken.err().map(|wait| (wait.reason, wait.duration))
    }

    /// How many requests such a process finds left.
    async fn left(&self, limit: u32) -> u32 {
        let before = self.book.text.lock().await.clone();
        let pacer = self.pacer(limit);
        let mut left = 0;
        while left <= limit && pacer.take(ENTRY, &Unattended).await.expect("nobody stops it").is_ok() {
            left += 1;
        }
        *self.book.text.lock().await = before;
        left
    }
}

/// Sends a request that is answered at once.
async fn ask(pacer: &Pacer, purpose: Purpose, baton: &Baton) {
    pacer.slot(purpose, baton).await.expect("a slot").answered();
    settle().await;
}

async fn refuse(pacer: &Pacer, baton: &Baton) {
    pacer.slot(ENTRY, baton).await.expect("a slot").refused(None);
    settle().await;
}

#[tokio::test]
async fn two_replicas_have_one_limit() {
    let house = House::new();
    let replicas = [house.pacer(10), house.pacer(10)];
    for _ in 0..5 {
        for pacer in &replicas {
            ask(pacer, ENTRY, &house.baton).await;
        }
    }
    assert_eq!(house.baton.announced(), []);
    assert_eq!((replicas[1].available(), replicas[1].minute().full_in), (0, HOLD));
    ask(&replicas[0], ENTRY, &house.baton).await;
    assert_eq!(house.baton.waited(), [Wait { reason: WaitReason::OwnPace, duration: HOLD }]);
}

#[tokio::test]
async fn a_refusal_met_by_one_replica_holds_the_other_at_once() {
    let house = House::new();
    let [ours, theirs] = [house.pacer(250), house.pacer(250)];
    refuse(&ours, &house.baton).await;
    assert!(ours.refused_lately() && !theirs.refused_lately());
    refuse(&theirs, &house.baton).await;
    ask(&ours, ENTRY, &house.baton).await;
    let waited: Vec<_> = house.baton.waited().into_iter().map(|wait| (wait.reason, wait.duration)).collect();
    let refused = |refusals, wait| (WaitReason::RateLimited { refusals }, wait);
    assert_eq!(waited, [refused(1, PENALTIES[0]), refused(2, PENALTIES[1])]);
}

#[tokio::test]
async fn after_a_refusal_one_request_of_all_replicas_asks_whether_it_is_over() {
    let house = House::new();
    let [ours, theirs] = [house.pacer(250), house.pacer(250)];
    refuse(&ours, &house.baton).await;
    house.manual.advance(PENALTIES[0]);
    let asking = theirs.slot(ENTRY, &house.baton).await.expect("a slot");
    assert_eq!(house.wait(250, ENTRY).await, Some((WaitReason::RateLimited { refusals: 1 }, GLANCE)));
    asking.answered();
    settle().await;
    assert_eq!(house.wait(250, ENTRY).await, None);
}

#[tokio::test]
async fn what_a_refusal_taught_one_replica_is_the_limit_of_all_and_comes_back_for_all() {
    let house = House::new();
    let [ours, theirs] = [house.pacer(250), house.pacer(250)];
    for _ in 0..40 {
        ask(&ours, LIST, &house.baton).await;
        ask(&theirs, ENTRY, &house.baton).await;
    }
    ours.slot(LIST, &house.baton).await.expect("a slot").refused(None);
    settle().await;
    house.manual.advance(PENALTIES[0]);
    assert_eq!(
        house.wait(250, LIST).await.map(|(reason, _)| reason),
        Some(WaitReason::OwnPace),
        "lists are not learnt"
    );
    refuse(&theirs, &house.baton).await;
    assert!(ours.take(ENTRY, &Unattended).await.expect("no stop").is_err(), "sent during a penalty");
    assert_eq!((ours.limit(), theirs.limit()), (61, 61), "three quarters of 82 requests");
    house.manual.advance(Duration::from_mins(20));
    assert_eq!((ours.limit(), theirs.limit()), (250, 250));
}

#[tokio::test]
async fn the_background_keeps_to_its_share_over_all_replicas_and_yields_to_whoever_asks_on_any() {
    let house = House::new();
    let [ours, theirs] = [house.pacer(10), house.pacer(10)];
    let asking = ours.slot(ENTRY, &house.baton).await.expect("a slot");
    assert_eq!(house.wait(10, BACKGROUND).await, Some((WaitReason::OwnPace, GLANCE)), "beside the foreground");
    drop(asking);
    settle().await;
    for _ in 0..7 {
        ask(&theirs, BACKGROUND, &house.baton).await;
    }
    assert_eq!(house.wait(10, BACKGROUND).await, Some((WaitReason::OwnPace, HOLD)), "more than its share");
    ask(&ours, ENTRY, &house.baton).await;
    house.manual.advance(HOLD);
    let waiting = Waiting::new(&ours);
    let wait = ours.take(BACKGROUND, &Unattended).await.expect("no stop").expect_err("before who waits");
    assert_eq!(wait.duration, GLANCE);
    drop(waiting);
    assert!(ours.take(BACKGROUND, &Unattended).await.expect("no stop").is_ok());
}

#[tokio::test]
async fn each_replica_keeps_to_its_own_limit_over_what_all_have_sent() {
    let house = House::new();
    let [small, large] = [house.pacer(3), house.pacer(6)];
    for _ in 0..3 {
        ask(&large, ENTRY, &house.baton).await;
    }
    assert_eq!(house.wait(3, ENTRY).await, Some((WaitReason::OwnPace, HOLD)));
    for _ in 0..3 {
        ask(&large, ENTRY, &house.baton).await;
    }
    assert_eq!(house.baton.announced(), []);
    assert_eq!((small.limit(), large.limit()), (3, 6));
}

#[tokio::test]
async fn a_request_whose_process_died_is_over_when_it_can_no_longer_be_on_its_way() {
    let house = House::new();
    let dies = house.pacer(2);
    let _ = dies.take(ENTRY, &Unattended).await.expect("no stop").expect("a request");
    drop(dies);
    house.manual.advance(LONGEST_FLIGHT + HOLD.saturating_sub(Duration::from_millis(1)));
    assert_eq!(house.left(2).await, 1);
    house.manual.advance(Duration::from_millis(1));
    assert_eq!(house.left(2).await, 2);
}

#[tokio::test]
async fn without_the_book_nothing_is_sent_and_it_is_asked_for_ever_more_rarely() {
    let house = House::new();
    let pacer = house.pacer(2);
    let before = pacer.slot(ENTRY, &house.baton).await.expect("a slot");
    house.book.go_away(true);
    drop(before);
    let baton = Baton::default();
    let (slot, ()) = tokio::join!(pacer.slot(ENTRY, &baton), async {
        for seconds in [1, 2, 4] {
            settle().await;
            house.manual.advance(SECOND * seconds);
        }
        settle().await;
        house.book.go_away(false);
        house.manual.advance(SECOND * 8);
    });
    let _slot = slot.expect("a slot");
    let away = |seconds| Wait { reason: WaitReason::Database, duration: SECOND * seconds };
    assert_eq!(baton.waited(), [1, 2, 4, 8].map(away));
    // The end of the one before was told as well, though nobody waited for that.
    settle().await;
    assert_eq!(house.wait(2, ENTRY).await, Some((WaitReason::OwnPace, HOLD)));
}

#[tokio::test]
async fn a_book_that_is_away_for_half_an_hour_is_a_failure_that_says_so() {
    let house = House::new();
    let pacer = house.pacer(2);
    house.book.go_away(true);
    let begun = house.manual.clock().elapsed();
    let error = pacer.slot(ENTRY, &house.baton).await.expect_err("it never comes back");
    assert!(matches!(&error, Error::Database { cause } if cause.contains("half an hour")), "{error}");
    let waited = house.manual.clock().elapsed().saturating_sub(begun);
    assert!((Duration::from_mins(30)..Duration::from_mins(31)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn a_book_that_no_waiting_brings_back_is_not_waited_for() {
    let house = House::new();
    house.book.is_lost.store(true, Ordering::Relaxed);
    let error = house.pacer(2).slot(ENTRY, &house.baton).await.expect_err("it is lost");
    assert_eq!(error, Error::Database { cause: "The book is lost: write another.".to_owned() });
    assert_eq!(house.baton.announced(), []);
}

#[tokio::test]
async fn a_refusal_that_could_not_be_written_down_is_as_soon_as_the_book_is_back() {
    let house = House::new();
    let pacer = house.pacer(250);
    let slot = pacer.slot(ENTRY, &house.baton).await.expect("a slot");
    house.book.go_away(true);
    slot.refused(None);
    drop(slot);
    settle().await;
    assert!(pacer.refused_lately(), "it does not know itself");
    house.book.go_away(false);
    house.manual.advance(SECOND);
    settle().await;
    let wait = house.wait(250, ENTRY).await;
    assert_eq!(wait, Some((WaitReason::RateLimited { refusals: 1 }, PENALTIES[0])));
}

#[tokio::test]
async fn a_request_that_was_written_down_without_an_answer_is_taken_back() {
    let house = House::new();
    let pacer = house.pacer(2);
    house.book.is_silent.store(true, Ordering::Relaxed);
    let taken = pacer.take(ENTRY, &Unattended).await.expect("no stop");
    assert_eq!(taken.expect_err("unknown whether it counts").reason, WaitReason::Database);
    house.book.is_silent.store(false, Ordering::Relaxed);
    house.manual.advance(SECOND);
    settle().await;
    assert_eq!(house.left(2).await, 2);
}

#[tokio::test]
async fn whoever_goes_away_during_a_turn_leaves_no_request_behind() {
    let house = House::new();
    let pacer = house.pacer(2);
    for polls in 1..8 {
        let mut slot = Box::pin(pacer.slot(ENTRY, &house.baton));
        for _ in 0..polls {
            if let std::task::Poll::Ready(slot) = futures::poll!(&mut slot) {
                drop(slot);
                house.manual.advance(HOLD);
                break;
            }
            yield_now().await;
        }
        drop(slot);
        settle().await;
        house.manual.advance(HOLD);
        assert_eq!(house.left(2).await, 2, "after {polls} polls");
    }
}

/// Permits so many times, and once more when it is told to.
struct Pausing(AtomicUsize, tokio::sync::Notify);

impl Conductor for Pausing {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(async {
            let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if left.is_err() {
                self.1.notified().await;
            }
            Ok(())
        })
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(std::future::pending())
    }

    fn waits(&self, _: Option<Wait>) {}
}

#[tokio::test]
async fn a_pause_that_began_during_a_turn_holds_and_the_request_does_not_count_meanwhile() {
    let house = House::new();
    let pacer = house.pacer(2);
    let conductor = Pausing(AtomicUsize::new(2), tokio::sync::Notify::new());
    let mut slot = Box::pin(pacer.slot(ENTRY, &conductor));
    for _ in 0..20 {
        assert!(futures::poll!(&mut slot).is_pending(), "it was sent during a pause");
        settle().await;
    }
    assert_eq!(house.left(2).await, 2);
    conductor.0.store(1, Ordering::Relaxed);
    conductor.1.notify_one();
    slot.await.expect("a slot").answered();
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_turn() {
    let house = House::new();
    let pacer = house.pacer(2);
    let held = house.book.text.lock().await;
    let baton = Baton::default();
    let (slot, ()) = tokio::join!(pacer.slot(ENTRY, &baton), async {
        settle().await;
        baton.stop();
    });
    assert!(matches!(slot, Err(Error::Stopped)));
    drop(held);
    settle().await;
    assert_eq!(house.left(2).await, 2);
}

#[tokio::test]
async fn a_clock_that_is_set_back_neither_blocks_nor_lets_more_through() {
    let house = House::new();
    let pacer = house.pacer(3);
    refuse(&pacer, &house.baton).await;
    let flying = pacer.take(ENTRY, &Unattended).await.expect("no stop");
    assert_eq!(flying.expect_err("a penalty").duration, PENALTIES[0]);
    house.book.set_back(Duration::from_hours(999));
    let again = house.wait(3, ENTRY).await;
    assert_eq!(again, Some((WaitReason::RateLimited { refusals: 1 }, PENALTIES[0])));
    house.manual.advance(PENALTIES[0]);
    ask(&pacer, ENTRY, &house.baton).await;
    ask(&pacer, ENTRY, &house.baton).await;
    house.book.set_back(Duration::from_mins(30));
    let wait = pacer.take(ENTRY, &Unattended).await.expect("no stop").expect_err("the limit is reached");
    assert_eq!((wait.reason, wait.duration), (WaitReason::OwnPace, HOLD.saturating_sub(PENALTIES[0])));
    house.manual.advance(wait.duration);
    assert_eq!(house.wait(3, ENTRY).await, None);
}

#[tokio::test]
async fn a_request_that_the_book_has_lost_counts_from_its_end_on() {
    let house = House::new();
    let pacer = house.pacer(2);
    let slot = pacer.slot(ENTRY, &house.baton).await.expect("a slot");
    *house.book.text.lock().await = None;
    assert_eq!(house.left(2).await, 2);
    drop(slot);
    settle().await;
    assert_eq!(house.left(2).await, 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_taken_for_a_minute_that_is_used_up() {
    let house = House::new();
    *house.book.text.lock().await = Some("{\"at\":\"yesterday\"}".to_owned());
    let wait = house.pacer(7).take(ENTRY, &Unattended).await.expect("no stop").expect_err("it may be used up");
    assert_eq!((wait.reason, wait.duration), (WaitReason::OwnPace, HOLD));
    house.manual.advance(HOLD);
    assert_eq!(house.left(7).await, 7);
}

#[tokio::test]
async fn what_is_written_down_of_a_full_minute_is_short() {
    let house = House::new();
    let pacer = house.pacer(250);
    for _ in 0..200 {
        ask(&pacer, ENTRY, &house.baton).await;
        house.manual.advance(Duration::from_millis(201));
    }
    let _flying: Vec<_> = futures::future::join_all((0..50).map(|_| pacer.take(ENTRY, &Unattended))).await;
    let text = house.book.text.lock().await.clone().expect("something is written down");
    assert!(text.len() < 4_000 && text.starts_with('{'), "{} bytes: {text}", text.len());
}
