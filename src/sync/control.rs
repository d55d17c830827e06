//! How a run is held and stopped from outside: a gate that every request and every batch passes.

use super::live::Live;
use crate::{
    clock::Clock,
    domain::Waiting,
    real_debrid::{Conductor, Stopped, Wait, WaitReason},
};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// How long work lets itself be put off by refusals for being too many before it fails.
pub(super) const REFUSAL_PATIENCE: Duration = Duration::from_mins(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Go,
    Hold,
    Stop,
    /// Like stop, but the run is to be taken up again.
    Leave,
    /// Like stop, but the run is another server's already.
    Lose,
}

/// The reins of one run; clones hold the same ones.
#[derive(Clone, Debug)]
pub struct Control {
    order: Arc<watch::Sender<Order>>,
    clock: Clock,
    live: Live,
    held: Arc<Mutex<Held>>,
}

/// Why the time of a run stands still.
#[derive(Debug, Default)]
struct Held {
    paused: bool,
    /// By Real-Debrid's refusals, by our own pace, or by the database that keeps it.
    put_off: bool,
    /// By the database, which cannot be had: how many of its questions wait, one inside of the other.
    stranded: usize,
    pauses: Standstill,
    /// Pauses, and times of being put off.
    all: Standstill,
}

impl Held {
    fn note(&mut self, now: Duration) {
        self.pauses.note(self.paused, now);
        self.all.note(self.paused || self.put_off || self.stranded > 0, now);
    }
}

/// A stop-watch.
#[derive(Debug, Default)]
struct Standstill {
    since: Option<Duration>,
    before: Duration,
}

impl Standstill {
    fn note(&mut self, stands: bool, now: Duration) {
        match self.since {
            None if stands => self.since = Some(now),
            Some(since) if !stands => {
                self.before += now.saturating_sub(since);
                self.since = None;
            }
            _ => {}
        }
    }

    fn total(&self, now: Duration) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }
}

impl Control {
    /// Reins of a run that shows itself in `live`.
    pub fn new(clock: Clock, live: Live) -> Self {
        Self { order: Arc::new(watch::Sender::new(Order::Go)), clock, live, held: Arc::default() }
    }

    /// Lets nothing pass until [`Control::resume`].
    pub fn pause(&self) {
        if self.give(Order::Hold) {
            self.note(|held| held.paused = true);
        }
    }

    /// Lets the run go on.
    pub fn resume(&self) {
        self.note(|held| held.paused = false);
        self.give(Order::Go);
    }

    /// Ends the run at the next gate; final.
    pub fn stop(&self) {
        self.give(Order::Stop);
    }

    /// Ends the run at the next gate, to be taken up by the next start of the server. A run that was told to stop before
    /// stays stopped.
    pub fn leave(&self) {
        self.give(Order::Leave);
    }

    /// Ends the run at the next gate without a word, since another server works on it.
    pub fn lose(&self) {
        self.give(Order::Lose);
    }

    fn give(&self, order: Order) -> bool {
        self.order.send_if_modified(|current| {
            let is_over = matches!(*current, Order::Stop | Order::Leave | Order::Lose);
            let changes = *current != order && (!is_over || order == Order::Lose);
            if changes {
                *current = order;
            }
            changes
        })
    }

    /// Whether the run is to be taken up again.
    pub fn is_left(&self) -> bool {
        *self.order.borrow() == Order::Leave
    }

    /// Whether the run is another server's.
    pub fn is_lost(&self) -> bool {
        *self.order.borrow() == Order::Lose
    }

    /// Whether the run is on hold.
    pub fn is_held(&self) -> bool {
        *self.order.borrow() == Order::Hold
    }

    /// Time of the run's own stands still until what is given is dropped, and what is waited for is said: the database
    /// cannot be had.
    pub(super) fn strand(&self) -> Stranded {
        self.note(|held| held.stranded += 1);
        Stranded(self.clone())
    }

    /// Waits because of the database, for `reason`.
    ///
    /// # Errors
    /// When it was told to stop.
    pub(super) async fn wait_out(&self, reason: String, wait: Duration) -> Result<(), Stopped> {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.live.waiting(Some(Waiting { reason, until: self.clock.now().plus_millis(millis) }));
        tokio::select! {
            biased;
            () = self.stopped() => {}
            () = self.clock.sleep(wait) => {}
        }
        self.pass().await
    }

    /// Waits while the run is held.
    ///
    /// # Errors
    /// When it was told to stop.
    pub async fn pass(&self) -> Result<(), Stopped> {
        let mut order = self.order.subscribe();
        // The sender lives in `self`, so the wait ends only by an order.
        match order.wait_for(|order| *order != Order::Hold).await.map(|order| *order) {
            Ok(Order::Go) => Ok(()),
            _ => Err(Stopped),
        }
    }

    /// Time at work, by which the end is estimated: since the clock was made, without what was spent on hold.
    pub fn at_work(&self) -> Duration {
        let now = self.clock.elapsed();
        now.saturating_sub(self.held().pauses.total(now))
    }

    /// Time of the run's own, by which it is judged whether it gets on: time at work, without what was spent waiting
    /// because Real-Debrid refused a request for being too many, because we keep to our pace, or for the database.
    pub fn on_its_own(&self) -> Duration {
        let now = self.clock.elapsed();
        now.saturating_sub(self.held().all.total(now))
    }

    fn note(&self, change: impl FnOnce(&mut Held)) {
        let mut held = self.held();
        change(&mut held);
        held.note(self.clock.elapsed());
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The database cannot be had.
#[derive(Debug)]
pub(super) struct Stranded(Control);

impl Drop for Stranded {
    fn drop(&mut self) {
        self.0.note(|held| held.stranded = held.stranded.saturating_sub(1));
        if self.0.held().stranded == 0 {
            self.0.live.waiting(None);
        }
    }
}

impl Conductor for Control {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(self.pass())
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            let mut order = self.order.subscribe();
            let _ = order.wait_for(|order| matches!(order, Order::Stop | Order::Leave | Order::Lose)).await;
        })
    }

    fn waits(&self, wait: Option<Wait>) {
        let reason = wait.as_ref().map(|wait| &wait.reason);
        self.note(|held| {
            held.put_off =
                matches!(reason, Some(WaitReason::OwnPace | WaitReason::Database | WaitReason::RateLimited { .. }));
        });
        // What the database is waited for says more than what a page on its way waits for.
        if self.held().stranded == 0 {
            self.live.waiting(wait.map(|wait| wait.told(self.clock.now())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::ManualClock,
        domain::{SyncStatus, Timestamp},
        sync::meter::Meter,
    };

    #[test]
    fn f6_waits_that_limits_impose_are_no_time_of_the_runs_own_and_overlap_with_pauses() {
        let manual = ManualClock::new(Timestamp::from_millis(0));
        let control = Control::new(manual.clock(), Live::new(SyncStatus::default(), Meter::default()));
        let wait = |reason| control.waits(Some(Wait { reason, duration: Duration::from_secs(9) }));
        let times = || (control.at_work().as_secs(), control.on_its_own().as_secs());
        let second = Duration::from_secs(1);
        manual.advance(second);
        wait(WaitReason::RateLimited { refusals: 1 });
        manual.advance(second);
        assert_eq!(times(), (2, 1), "a refusal counted");
        control.pause();
        manual.advance(second);
        control.waits(None);
        manual.advance(second);
        assert_eq!(times(), (2, 1), "a pause counted");
        control.resume();
        wait(WaitReason::OwnPace);
        manual.advance(second);
        assert_eq!(times(), (3, 1), "our own pace counted");
        wait(WaitReason::Database);
        manual.advance(second);
        assert_eq!(times(), (4, 1), "waiting for the database counted");
        control.waits(None);
        wait(WaitReason::Retry { attempt: 1, of: 3, cause: String::new() });
        manual.advance(second);
        control.waits(None);
        assert_eq!(times(), (5, 2), "waiting for a repeat did not count");
    }
    #[test]
    fn time_stands_still_until_the_last_question_to_a_database_that_is_away_is_answered() {
        let manual = ManualClock::new(Timestamp::from_millis(0));
        let control = Control::new(manual.clock(), Live::new(SyncStatus::default(), Meter::default()));
        let second = Duration::from_secs(1);
        let batch = control.strand();
        drop(control.strand());
        manual.advance(second);
        assert_eq!(control.on_its_own(), Duration::ZERO, "the answer to one question ended the wait for the other");
        drop(batch);
        manual.advance(second);
        assert_eq!(control.on_its_own(), second);
    }
}
