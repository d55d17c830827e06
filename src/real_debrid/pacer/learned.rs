//! A limit that refusals lower and time gives back: never above its ceiling, never so low that nothing gets through.

use std::time::Duration;

/// No refusal makes us slower than this a minute: it is what another program leaves over at worst.
const LEAST: usize = 10;
const MINUTE: u128 = 60_000;

/// What is thought to be allowed in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Learned {
    ceiling: usize,
    lesson: Option<Lesson>,
}

/// What a refusal has taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lesson {
    pub(super) limit: usize,
    /// From when on it is given back, and how much each minute.
    pub(super) since: Duration,
    pub(super) step: usize,
}

impl Learned {
    pub(super) const fn new(ceiling: usize) -> Self {
        Self { ceiling, lesson: None }
    }

    /// The same ceiling over what another process was taught.
    pub(super) fn taught(self, lesson: Option<Lesson>) -> Self {
        let lesson = lesson.map(|lesson| Lesson { limit: lesson.limit.max(1), ..lesson });
        Self { lesson, ..self }
    }

    pub(super) const fn lesson(&self) -> Option<Lesson> {
        self.lesson
    }

    pub(super) fn limit(&self, now: Duration) -> usize {
        let Some(Lesson { limit, since, step }) = self.lesson else { return self.ceiling };
        let regained = now.saturating_sub(since).as_millis() * step as u128 / MINUTE;
        limit.saturating_add(usize::try_from(regained).unwrap_or(usize::MAX)).min(self.ceiling)
    }

    /// A refusal although no more than `sent` were sent in the last minute. What is learnt is given back after
    /// `until`: a tenth of the ceiling each minute.
    pub(super) fn teach(&mut self, sent: usize, now: Duration, until: Duration) {
        let limit = self.lowered(sent, now);
        self.lesson = Some(Lesson { limit, since: until, step: (self.ceiling / 10).max(1) });
    }

    /// The same for a limit that nobody has configured: a tenth of what was learnt each minute, since the true limit
    /// may be far below the ceiling and is to be met seldom.
    pub(super) fn teach_cautiously(&mut self, sent: usize, now: Duration, until: Duration) {
        let limit = self.lowered(sent, now);
        self.lesson = Some(Lesson { limit, since: until, step: (limit / 10).max(1) });
    }

    /// Another refusal: nothing is given back before `until`.
    pub(super) fn hold(&mut self, now: Duration, until: Duration) {
        let limit = self.limit(now);
        if let Some(lesson) = &mut self.lesson {
            lesson.limit = limit;
            lesson.since = lesson.since.max(until);
        }
    }

    fn lowered(&self, sent: usize, now: Duration) -> usize {
        let sent = sent.min(self.limit(now));
        (sent - sent.div_ceil(4)).clamp(LEAST.min(self.ceiling), self.ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn f6_a_refusal_lowers_the_limit_to_three_quarters_of_what_was_sent_and_minutes_give_it_back() {
        let mut learned = Learned::new(250);
        assert_eq!(learned.limit(at(0)), 250);
        learned.teach(101, at(0), at(10));
        let seen = [0, 10, 40, 70, 430, 640, 9_999].map(|second| learned.limit(at(second)));
        assert_eq!(seen, [75, 75, 87, 100, 250, 250, 250]);
    }

    #[test]
    fn f6_a_limit_never_falls_below_ten_a_minute_nor_above_what_is_configured() {
        for (ceiling, least) in [(250, 10), (10, 10), (3, 3)] {
            let mut learned = Learned::new(ceiling);
            for sent in [0, 1, 5] {
                learned.teach(sent, at(0), at(0));
                assert_eq!(learned.limit(at(0)), least);
            }
        }
    }

    #[test]
    fn f6_while_refusals_follow_each_other_nothing_is_given_back() {
        let mut learned = Learned::new(250);
        learned.hold(at(0), at(99));
        assert_eq!(learned.limit(at(0)), 250, "a hold taught something");
        learned.teach(100, at(0), at(10));
        learned.hold(at(70), at(130));
        assert_eq!((learned.limit(at(70)), learned.limit(at(130)), learned.limit(at(190))), (100, 100, 125));
    }

    #[test]
    fn a_limit_that_nobody_configured_comes_back_slower() {
        let mut learned = Learned::new(250);
        learned.teach_cautiously(76, at(0), at(0));
        assert_eq!([60, 240, 7_200].map(|second| learned.limit(at(second))), [62, 77, 250]);
    }
}
