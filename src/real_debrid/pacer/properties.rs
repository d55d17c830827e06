//! What the pacer promises for any sequence of requests, answer times and refusals.

use super::{
    tests::{BACKGROUND, ENTRY, LIST},
    window::{PENALTIES, Sent, Window, share},
    *,
};
use proptest::prelude::*;
use std::collections::VecDeque;

const MINUTE: Duration = Duration::from_mins(1);

/// One thing that callers and the server do.
#[derive(Debug, Clone)]
enum Step {
    /// Nothing for so many milliseconds.
    Rest(u64),
    /// A caller waits for a slot and sends.
    Send(Purpose),
    /// The request that was sent longest ago is answered.
    Answer,
    /// It is refused, perhaps with so many seconds to wait.
    Refuse(Option<u64>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0..30_000_u64).prop_map(Step::Rest),
        8 => prop_oneof![Just(ENTRY), Just(LIST), Just(BACKGROUND)].prop_map(Step::Send),
        6 => Just(Step::Answer),
        1 => prop::option::weighted(0.3, 0..900_u64).prop_map(Step::Refuse),
    ];
    prop::collection::vec(step, 1..300)
}

/// A window at play, with a record of what it let through.
struct Play {
    configured: usize,
    window: Window,
    now: Duration,
    flying: VecDeque<Sent>,
    arrivals: Vec<Duration>,
    silent_until: Duration,
}

impl Play {
    fn new(configured: usize) -> Self {
        Self {
            configured,
            window: Window::new(configured),
            now: Duration::from_secs(1_000),
            flying: VecDeque::new(),
            arrivals: Vec::new(),
            silent_until: Duration::ZERO,
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Rest(millis) => self.now += Duration::from_millis(*millis),
            Step::Send(purpose) => self.send(*purpose),
            Step::Answer => self.end(|window, sent, _| window.answered(sent)),
            Step::Refuse(seconds) => {
                let retry_after = seconds.map(Duration::from_secs);
                self.end(|window, sent, now| window.refused(sent, retry_after, now));
                self.silent_until = self.silent_until.max(self.now + PENALTIES[0].max(retry_after.unwrap_or_default()));
            }
        }
        let limit = self.window.limit(self.now);
        assert!((1..=self.configured).contains(&limit), "{limit} is allowed of {}", self.configured);
    }

    /// Waits as callers do; one that waits for an answer which is not due yet gives up.
    fn send(&mut self, purpose: Purpose) {
        for _ in 0..100 {
            match self.window.take(purpose, self.now) {
                Ok(sent) => {
                    self.flying.push_back(sent);
                    return self.check(purpose);
                }
                Err(wait) => {
                    assert!(!wait.duration.is_zero(), "a wait for nothing");
                    self.now += wait.duration;
                }
            }
        }
    }

    fn check(&mut self, purpose: Purpose) {
        assert!(self.now >= self.silent_until, "sent at {:?}, before {:?}", self.now, self.silent_until);
        self.arrivals.push(self.now);
        let last = self.arrivals.iter().filter(|at| self.now.saturating_sub(**at) < MINUTE).count();
        let allowed = match purpose.urgency {
            Urgency::Foreground => self.configured,
            Urgency::Background => share(self.configured),
        };
        assert!(last <= allowed, "{last} in a minute, though {allowed} are allowed");
    }

    /// Ends what was sent first. Nothing in flight, nothing to end: then somebody sends first.
    fn end(&mut self, judge: impl FnOnce(&mut Window, &Sent, Duration)) {
        if self.flying.is_empty() {
            self.send(ENTRY);
        }
        let sent = self.flying.pop_front().expect("nothing stands in the way of a first request");
        judge(&mut self.window, &sent, self.now);
        self.window.over(&sent, self.now);
    }
}

proptest! {
    #[test]
    fn f6_no_minute_holds_more_than_the_limit_the_background_no_more_than_its_share_and_penalties_are_kept(
        configured in 1..40_usize,
        steps in steps(),
    ) {
        let mut play = Play::new(configured);
        for step in &steps {
            play.step(step);
        }
    }

    #[test]
    fn f6_whatever_was_learnt_is_forgotten_after_a_time_without_refusals(configured in 1..300_usize, steps in steps()) {
        let mut play = Play::new(configured);
        for step in &steps {
            play.step(step);
        }
        while let Some(sent) = play.flying.pop_front() {
            play.window.over(&sent, play.now);
        }
        // The longest penalty or wish, and eleven minutes in which a tenth comes back each.
        play.now = play.now.max(play.silent_until) + PENALTIES[4] + MINUTE * 11;
        prop_assert_eq!(play.window.limit(play.now), configured);
        prop_assert_eq!(play.window.available(play.now), configured);
    }
}
