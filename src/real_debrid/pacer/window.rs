//! What was sent in the last minute, how long nothing may be sent, and what follows from both for the next request.

mod written;

use super::{Class, Purpose, Urgency, learned::Learned};
use crate::real_debrid::{Wait, WaitReason, transport};
use std::time::Duration;

/// The window that Real-Debrid speaks of, and a little for clocks that do not tick alike.
pub(super) const HOLD: Duration = Duration::from_millis(60_100);
/// How long nothing is sent after the first, second and every further refusal in a row. The server's own wish holds
/// when it is longer.
pub(super) const PENALTIES: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(20),
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(5),
];
/// How often to look again when it depends on a request in flight, of which nobody knows when it ends.
pub(super) const GLANCE: Duration = Duration::from_secs(1);
/// After so long a request of another process is over, whatever became of that one: every transport has given it up by
/// then, and a minute later, in which it counts as if it had just arrived, it can be forgotten.
pub(super) const LONGEST_FLIGHT: Duration = transport::LONGEST;

/// The requests of the last minute and the state of refusals.
#[derive(Debug)]
pub(super) struct Window {
    /// The number of the next request.
    next: u64,
    sent: Vec<Sent>,
    /// After how long a request is over without a word; none where nobody can vanish without one.
    longest_flight: Option<Duration>,
    /// Callers of the foreground who wait for a slot.
    pub(super) waiting: usize,
    not_before: Duration,
    /// In a row.
    refusals: u32,
    /// Whether this row of refusals has taught something about all requests.
    taught: bool,
    last_refusal: Option<Duration>,
    all: Learned,
    /// No limit of its own until a refusal teaches one.
    lists: Learned,
}

/// A request that was sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    number: u64,
    at: Duration,
    purpose: Purpose,
    /// None while in flight.
    answered: Option<Duration>,
}

impl Sent {
    const fn is_in_flight(&self) -> bool {
        self.answered.is_none()
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// As [`Window::refused`], with how long it is to be waited.
    Refused(Option<Duration>),
    /// As [`Window::answered`].
    Answered,
    /// As [`Window::over`].
    Over,
    /// As [`Window::unsent`].
    Unsent,
}

impl Note {
    pub(super) fn apply(self, window: &mut Window, sent: &Sent, now: Duration) {
        match self {
            Self::Refused(retry_after) => window.refused(sent, retry_after, now),
            Self::Answered => window.answered(sent),
            Self::Over => window.over(sent, now),
            Self::Unsent => window.unsent(sent),
        }
    }
}

impl Window {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            next: 0,
            sent: Vec::new(),
            longest_flight: None,
            waiting: 0,
            not_before: Duration::ZERO,
            refusals: 0,
            taught: false,
            last_refusal: None,
            all: Learned::new(limit),
            lists: Learned::new(limit),
        }
    }

    /// One that several processes keep, each of which can vanish.
    pub(super) fn shared(limit: usize) -> Self {
        Self { longest_flight: Some(LONGEST_FLIGHT), ..Self::new(limit) }
    }

    /// Gives the next request this number, where counting on would give two processes the same.
    pub(super) fn number(&mut self, next: u64) {
        self.next = next;
    }

    pub(super) fn limit(&self, now: Duration) -> usize {
        self.all.limit(now)
    }

    pub(super) fn last_refusal(&self) -> Option<Duration> {
        self.last_refusal
    }

    pub(super) fn available(&mut self, now: Duration) -> usize {
        self.forget(now);
        if now < self.not_before { 0 } else { self.limit(now).saturating_sub(self.sent.len()) }
    }

    /// How long until nothing that was sent or refused counts any more. Of a request in flight only the least is known.
    pub(super) fn full_in(&self, now: Duration) -> Duration {
        let ends = self.sent.iter().map(|sent| sent.answered.unwrap_or(now) + HOLD);
        ends.chain([self.not_before]).max().unwrap_or_default().saturating_sub(now)
    }

    /// Notes a request as sent, or says how long to wait first.
    pub(super) fn take(&mut self, purpose: Purpose, now: Duration) -> Result<Sent, Wait> {
        self.forget(now);
        let refusals = self.refusals;
        let slow_down = |duration| Err(Wait { reason: WaitReason::RateLimited { refusals }, duration });
        if now < self.not_before {
            return slow_down(self.not_before.saturating_sub(now));
        }
        // Whether a refusal is over is asked by one request, and nobody repeats anything beside it.
        if refusals > 0 && self.in_flight(|_| true) {
            return slow_down(GLANCE);
        }
        let limit = self.limit(now);
        let wait = match purpose.urgency {
            Urgency::Foreground => self.until_fewer_than(limit, now, |_| true),
            Urgency::Background => self.until_fewer_than(share(limit), now, |_| true).or_else(|| {
                let is_foreground = |sent: &Sent| sent.purpose.urgency == Urgency::Foreground;
                (self.waiting > 0 || self.in_flight(is_foreground)).then_some(GLANCE)
            }),
        };
        let wait = wait.or_else(|| {
            let lists = (purpose.class == Class::TorrentList).then(|| self.lists.limit(now))?;
            self.until_fewer_than(lists, now, is_list)
        });
        if let Some(duration) = wait {
            return Err(Wait { reason: WaitReason::OwnPace, duration });
        }
        let sent = Sent { number: self.next, at: now, purpose, answered: None };
        self.next += 1;
        self.sent.push(sent.clone());
        Ok(sent)
    }

    /// A request was refused for being too many.
    pub(super) fn refused(&mut self, sent: &Sent, retry_after: Option<Duration>, now: Duration) {
        self.forget(now);
        // Several requests refused at once are one refusal.
        let is_new = now >= self.not_before || self.refusals == 0;
        if is_new {
            self.refusals = self.refusals.saturating_add(1);
        }
        let nth = usize::try_from(self.refusals).unwrap_or(usize::MAX).clamp(1, PENALTIES.len());
        let wait = PENALTIES[nth - 1].max(retry_after.unwrap_or_default());
        self.not_before = self.not_before.max(now + wait);
        self.last_refusal = Some(now);
        if is_new {
            self.learn(sent, now);
        }
        self.all.hold(now, self.not_before);
        self.lists.hold(now, self.not_before);
    }

    /// The first refusal of a list speaks of lists, every other and the next one of all requests. Further ones speak of
    /// how long it takes to be forgiven, and teach nothing about how many are allowed.
    fn learn(&mut self, sent: &Sent, now: Duration) {
        if is_list(sent) && self.refusals == 1 {
            let lists = self.sent.iter().filter(|sent| is_list(sent)).count();
            self.lists.teach_cautiously(lists, now, self.not_before);
        } else if !self.taught {
            self.all.teach(self.sent.len(), now, self.not_before);
            self.taught = true;
        }
    }

    /// A request was answered, so the refusals before it are over.
    pub(super) fn answered(&mut self, sent: &Sent) {
        if self.last_refusal.is_none_or(|refusal| sent.at > refusal) {
            self.refusals = 0;
            self.taught = false;
        }
    }

    /// A request is no longer in flight. One that is not known, since whoever wrote it down has lost it or had waited
    /// long enough, counts from now on.
    pub(super) fn over(&mut self, sent: &Sent, now: Duration) {
        match self.sent.iter_mut().find(|other| other.is_in_flight() && other.number == sent.number) {
            Some(sent) => sent.answered = Some(now),
            None => self.sent.push(Sent { answered: Some(now), ..sent.clone() }),
        }
    }

    /// A request was not sent after all.
    pub(super) fn unsent(&mut self, sent: &Sent) {
        self.sent.retain(|other| !(other.is_in_flight() && other.number == sent.number));
    }

    /// How long until fewer than `limit` of those that count are left; none when it is so already.
    fn until_fewer_than(&self, limit: usize, now: Duration, counts: impl Fn(&Sent) -> bool) -> Option<Duration> {
        let count = self.sent.iter().filter(|sent| counts(sent)).count();
        // The last one that has to go.
        let last = count.checked_sub(limit)?;
        let mut ends: Vec<Duration> =
            self.sent.iter().filter(|sent| counts(sent)).filter_map(|sent| sent.answered).collect();
        ends.sort_unstable();
        Some(ends.get(last).map_or(GLANCE, |answered| (*answered + HOLD).saturating_sub(now)))
    }

    fn in_flight(&self, counts: impl Fn(&Sent) -> bool) -> bool {
        self.sent.iter().any(|sent| sent.is_in_flight() && counts(sent))
    }

    /// Drops the requests that no longer count.
    fn forget(&mut self, now: Duration) {
        if let Some(longest) = self.longest_flight {
            for sent in self.sent.iter_mut().filter(|sent| sent.is_in_flight() && now >= sent.at + longest) {
                sent.answered = Some(sent.at + longest);
            }
        }
        self.sent.retain(|sent| sent.answered.is_none_or(|answered| now < answered + HOLD));
    }
}

/// What the background may use of a limit, so that who comes in a hurry finds room at once.
pub(super) fn share(limit: usize) -> usize {
    (limit - limit.div_ceil(5)).max(1)
}

fn is_list(sent: &Sent) -> bool {
    sent.purpose.class == Class::TorrentList
}
