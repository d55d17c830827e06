//! How often a client may ask: sliding windows by token, and by address if wanted. Refused requests count.

use super::knobs::Rate;
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

const MINUTE: Duration = Duration::from_mins(1);

/// What a request counts as, besides as a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    TorrentList,
    Write,
    Token,
    Other,
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    callers: HashMap<String, Caller>,
}

#[derive(Debug, Default)]
struct Caller {
    all: VecDeque<Duration>,
    lists: VecDeque<Duration>,
    writes: VecDeque<Duration>,
    tokens: VecDeque<Duration>,
    refused: VecDeque<Duration>,
    blocked_until: Option<Duration>,
}

impl Limiter {
    /// Counts a request of `caller` at `now`; false when it is refused.
    pub(crate) fn admit(&mut self, caller: &str, class: Class, now: Duration, rate: &Rate) -> bool {
        if !self.callers.contains_key(caller) {
            self.callers.insert(caller.to_owned(), Caller::default());
        }
        self.callers.get_mut(caller).is_none_or(|caller| caller.admit(class, now, rate))
    }
}

impl Caller {
    fn admit(&mut self, class: Class, now: Duration, rate: &Rate) -> bool {
        let mut fits = count(&mut self.all, now, MINUTE, rate.per_minute, rate.fixed_window);
        match class {
            Class::TorrentList => {
                fits &= count(&mut self.lists, now, MINUTE, rate.lists_per_minute, rate.fixed_window);
            }
            Class::Write => {
                let ten_seconds = Duration::from_secs(10);
                fits &= count(&mut self.writes, now, ten_seconds, rate.writes_per_ten_seconds, rate.fixed_window);
            }
            Class::Token => {
                fits &= count(&mut self.tokens, now, MINUTE, rate.tokens_per_minute, rate.fixed_window);
            }
            Class::Other => {}
        }
        let blocked = self.blocked_until.is_some_and(|end| now < end);
        if (!fits || blocked) && !count(&mut self.refused, now, MINUTE, rate.block_after, false) {
            self.blocked_until = Some(now + rate.block_for);
        }
        fits && !blocked
    }
}

/// Adds `now` to the window; whether no more than `limit` are inside.
fn count(window: &mut VecDeque<Duration>, now: Duration, length: Duration, limit: Option<usize>, fixed: bool) -> bool {
    let Some(limit) = limit else {
        return true;
    };
    let start = if fixed {
        let full = now.as_secs() / length.as_secs() * length.as_secs();
        Duration::from_secs(full)
    } else {
        (now + Duration::from_nanos(1)).saturating_sub(length)
    };
    while window.pop_front_if(|time| *time < start).is_some() {}
    window.push_back(now);
    window.len() <= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_request_above_the_limit_is_refused_until_the_window_has_passed() {
        let rate = Rate { per_minute: Some(3), ..Rate::unlimited() };
        let mut limiter = Limiter::default();
        let seen = [0, 1, 2, 3, 59].map(|second| limiter.admit("a", Class::Other, at(second), &rate));
        assert_eq!(seen, [true, true, true, false, false]);
        assert!(limiter.admit("b", Class::Other, at(59), &rate), "another caller was refused");
        assert!(limiter.admit("a", Class::Other, at(119), &rate), "the window never passed");
    }

    #[test]
    fn refused_requests_count() {
        let rate = Rate { per_minute: Some(1), ..Rate::unlimited() };
        let mut limiter = Limiter::default();
        let seen = [0, 40, 70, 131].map(|second| limiter.admit("a", Class::Other, at(second), &rate));
        assert_eq!(seen, [true, false, false, true]);
    }

    #[test]
    fn a_fixed_window_opens_again_at_the_full_minute() {
        let rate = Rate { per_minute: Some(1), fixed_window: true, ..Rate::unlimited() };
        let mut limiter = Limiter::default();
        let seen = [58, 59, 60].map(|second| limiter.admit("a", Class::Other, at(second), &rate));
        assert_eq!(seen, [true, false, true]);
    }

    #[test]
    fn lists_and_writes_have_windows_of_their_own() {
        let rate = Rate { lists_per_minute: Some(1), writes_per_ten_seconds: Some(1), ..Rate::unlimited() };
        let mut limiter = Limiter::default();
        let mut ask = |class, second| limiter.admit("a", class, at(second), &rate);
        assert!(ask(Class::TorrentList, 0) && ask(Class::Write, 0) && ask(Class::Other, 0));
        assert!(!ask(Class::TorrentList, 5) && !ask(Class::Write, 5) && ask(Class::Other, 5));
        assert!(ask(Class::Write, 16) && !ask(Class::TorrentList, 16));
    }

    #[test]
    fn who_goes_on_asking_while_refused_is_blocked() {
        let block_for = at(120);
        let rate = Rate { per_minute: Some(1), block_after: Some(2), block_for, ..Rate::unlimited() };
        let mut limiter = Limiter::default();
        let seen = [0, 1, 2, 3, 100, 161].map(|second| limiter.admit("a", Class::Other, at(second), &rate));
        assert_eq!(seen, [true, false, false, false, false, true]);
    }
}
