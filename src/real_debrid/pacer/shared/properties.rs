//! What a shared pacer promises for any interleaving of processes that ask, are answered or refused, die and are born.

use super::{
    memory::{MemoryBook, settle},
    *,
};
use crate::{
    clock::ManualClock,
    real_debrid::{
        Unattended,
        pacer::{
            Pacer, Urgency, limit,
            tests::{BACKGROUND, ENTRY, LIST},
            window::{LONGEST_FLIGHT, PENALTIES, share},
        },
        scripted::manual_clock,
    },
};
use proptest::prelude::*;
use std::collections::VecDeque;

const MINUTE: Duration = Duration::from_mins(1);
const REPLICAS: usize = 2;

#[derive(Debug, Clone)]
enum Step {
    /// Nothing for so many milliseconds.
    Rest(u64),
    /// A replica waits for a slot and sends.
    Send(usize, Purpose),
    /// All replicas try at the same moment.
    SendAtOnce(Purpose),
    /// What a replica sent first is answered; it reached Real-Debrid right now, or when it was sent.
    Answer(usize, bool),
    /// It is refused, perhaps with so many seconds to wait.
    Refuse(usize, Option<u64>),
    /// A replica dies and another takes its place; what it sent arrives after a part of the time that it can take.
    Die(usize, u32),
    /// The book goes away or comes back.
    Away(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..REPLICAS;
    let purpose = prop_oneof![Just(ENTRY), Just(LIST), Just(BACKGROUND)];
    let step = prop_oneof![
        3 => (0..30_000_u64).prop_map(Step::Rest),
        8 => (who.clone(), purpose.clone()).prop_map(|(who, purpose)| Step::Send(who, purpose)),
        4 => purpose.prop_map(Step::SendAtOnce),
        9 => (who.clone(), any::<bool>()).prop_map(|(who, late)| Step::Answer(who, late)),
        1 => (who.clone(), prop::option::weighted(0.3, 0..300_u64)).prop_map(|(who, wish)| Step::Refuse(who, wish)),
        1 => (who, 0..=100_u32).prop_map(|(who, part)| Step::Die(who, part)),
        1 => prop::bool::weighted(0.3).prop_map(Step::Away),
    ];
    prop::collection::vec(step, 1..150)
}

struct Play {
    configured: usize,
    manual: ManualClock,
    book: Arc<MemoryBook>,
    pacers: [Pacer; REPLICAS],
    flying: [VecDeque<(Sent, Duration)>; REPLICAS],
    /// When requests reached Real-Debrid.
    arrivals: Vec<Duration>,
    silent_until: Duration,
}

impl Play {
    fn new(configured: u32) -> Self {
        let manual = manual_clock();
        let book = MemoryBook::new(manual.clock());
        let pacer = || Pacer::shared(configured, manual.clock(), Arc::clone(&book) as Arc<dyn PaceBook>);
        let pacers = [pacer(), pacer()];
        Self {
            configured: limit(configured),
            manual,
            book,
            pacers,
            flying: <[VecDeque<_>; REPLICAS]>::default(),
            arrivals: Vec::new(),
            silent_until: Duration::ZERO,
        }
    }

    fn now(&self) -> Duration {
        self.manual.clock().elapsed()
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Rest(millis) => self.manual.advance(Duration::from_millis(*millis)),
            Step::Send(who, purpose) => self.send(*who, *purpose).await,
            Step::SendAtOnce(purpose) => {
                let [ours, theirs] = &self.pacers;
                let taken = tokio::join!(ours.take(*purpose, &Unattended), theirs.take(*purpose, &Unattended));
                for (who, taken) in [taken.0, taken.1].into_iter().enumerate() {
                    if let Ok(sent) = taken.expect("nobody stops it") {
                        self.sent(who, sent, *purpose);
                    }
                }
            }
            Step::Answer(who, is_late) => self.end(*who, Note::Answered, *is_late),
            Step::Refuse(who, wish) => {
                let wish = wish.map(Duration::from_secs);
                let is_told = !self.flying[*who].is_empty() && !self.book.is_away();
                self.end(*who, Note::Refused(wish), true);
                if is_told {
                    settle().await;
                    let silence = PENALTIES[0].max(wish.unwrap_or_default());
                    self.silent_until = self.silent_until.max(self.now() + silence);
                }
            }
            Step::Die(who, part) => self.die(*who, *part),
            Step::Away(is_away) => self.book.go_away(*is_away),
        }
    }

    /// Waits as callers do, for some time.
    async fn send(&mut self, who: usize, purpose: Purpose) {
        for _ in 0..20 {
            match self.pacers[who].take(purpose, &Unattended).await.expect("nobody stops it") {
                Ok(sent) => return self.sent(who, sent, purpose),
                Err(wait) => {
                    assert!(!wait.duration.is_zero(), "a wait for nothing");
                    self.manual.advance(wait.duration);
                }
            }
        }
    }

    fn sent(&mut self, who: usize, sent: Sent, purpose: Purpose) {
        let now = self.now();
        assert!(now >= self.silent_until, "sent at {now:?}, before {:?}", self.silent_until);
        self.flying[who].push_back((sent, now));
        if purpose.urgency == Urgency::Background {
            let last = self.arrivals.iter().filter(|at| now.saturating_sub(**at) < MINUTE).count();
            assert!(last <= share(self.configured), "{last} in a minute, and the background asks for more");
        }
    }

    /// Ends what a replica sent first.
    fn end(&mut self, who: usize, note: Note, is_late: bool) {
        let Some((sent, at)) = self.flying[who].pop_front() else { return };
        // The transport has given it up by then.
        let arrival = if is_late { self.now().min(at + LONGEST_FLIGHT) } else { at };
        self.arrivals.push(arrival);
        self.pacers[who].note(&sent, note);
        self.pacers[who].note(&sent, Note::Over);
    }

    fn die(&mut self, who: usize, part: u32) {
        let book = Arc::clone(&self.book) as Arc<dyn PaceBook>;
        let configured = u32::try_from(self.configured).unwrap_or(u32::MAX);
        self.pacers[who] = Pacer::shared(configured, self.manual.clock(), book);
        for (_, at) in std::mem::take(&mut self.flying[who]) {
            self.arrivals.push(at + LONGEST_FLIGHT * part / 100);
        }
    }

    fn check(&mut self) {
        self.arrivals.extend(self.flying.iter().flatten().map(|(_, at)| *at));
        self.arrivals.sort_unstable();
        for (first, start) in self.arrivals.iter().enumerate() {
            let held = self.arrivals[first..].iter().take_while(|at| **at < *start + MINUTE).count();
            assert!(held <= self.configured, "{held} requests in the minute from {start:?}");
        }
    }
}

fn play(configured: u32, steps: &[Step], is_restless: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let mut play = Play::new(configured);
        for step in steps {
            play.step(step).await;
            // Otherwise what was noted is told during the next steps, or taken along by them.
            if !is_restless {
                settle().await;
            }
        }
        play.check();
    });
}

proptest! {
    #[test]
    fn no_minute_holds_more_than_the_limit_over_all_replicas(
        configured in 1..20_u32,
        steps in steps(),
        is_restless in any::<bool>(),
    ) {
        play(configured, &steps, is_restless);
    }
}
