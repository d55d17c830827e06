//! Something that happens at certain requests: the way to play “an entry is deleted between page 2 and 3”.

use super::{account::Account, fault::Fault, journal, knobs::Knobs, serve::lock};
use std::{
    fmt,
    ops::{Bound, RangeBounds},
    sync::{Arc, Mutex},
};

/// What happens when a request that matches has come often enough.
pub struct Rule {
    method: Option<String>,
    /// Below the API's root; a `*` at the end stands for anything.
    path: String,
    query: Vec<(String, String)>,
    token: Option<String>,
    /// Of the request, counted since the start: the first and the last.
    numbers: (u64, u64),
    /// Counts down to the request it is about.
    left: u64,
    /// How many requests in a row it is about.
    times: u64,
    act: Act,
}

/// A change that can be made again; one that was given as made once does nothing the second time.
pub(crate) struct Change<T>(Arc<Mutex<Making<T>>>);

type Making<T> = dyn FnMut(&mut T) + Send;

/// What a rule does.
#[derive(Clone)]
pub(crate) enum Act {
    Nothing,
    Answer(Fault),
    Before(Change<Account>),
    After(Change<Account>),
    Turn(Change<Knobs>),
}

impl<T> Change<T> {
    fn once(change: impl FnOnce(&mut T) + Send + 'static) -> Self {
        let mut change = Some(change);
        Self::each(move |changed| {
            if let Some(change) = change.take() {
                change(changed);
            }
        })
    }

    fn each(change: impl FnMut(&mut T) + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(change)))
    }

    pub(crate) fn make(&self, changed: &mut T) {
        lock(&self.0)(changed);
    }
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A request as far as rules look at it.
pub(crate) struct Seen<'a> {
    pub(crate) number: u64,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(String, String)],
    pub(crate) token: Option<&'a str>,
}

/// Whether `path` below the API's root is what `wanted` says; a `*` at its end stands for anything.
pub(crate) fn path_matches(wanted: &str, path: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == wanted,
    }
}

impl Rule {
    /// About the first request for `path` below the API's root, such as `/torrents` or `/torrents/info/*`.
    pub fn on(path: impl Into<String>) -> Self {
        Self {
            method: None,
            path: path.into(),
            query: Vec::new(),
            token: None,
            numbers: (0, u64::MAX),
            left: 1,
            times: 1,
            act: Act::Nothing,
        }
    }

    /// About the `number`-th request (from 1) since the simulator was started, whatever it asks for.
    pub fn number(number: u64) -> Self {
        Self::numbers(number..=number)
    }

    /// About every request with a number in `range`, whatever it asks for: `3..6` is the third, fourth and fifth since
    /// the simulator was started.
    pub fn numbers(range: impl RangeBounds<u64>) -> Self {
        let first = match range.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let last = match range.end_bound() {
            Bound::Included(last) => *last,
            Bound::Excluded(end) => end.saturating_sub(1),
            Bound::Unbounded => u64::MAX,
        };
        let times = last.saturating_sub(first).saturating_add(1);
        Self { numbers: (first, last), times, ..Self::on("*") }
    }

    /// Changes the account once page `page` of the list at `path` has been answered and before the next is asked for.
    /// Runs under the lock: do not call the simulator from it.
    pub fn between_pages(
        path: impl Into<String>,
        page: u64,
        change: impl FnOnce(&mut Account) + Send + 'static,
    ) -> Self {
        Self::on(path).method("GET").query("page", page).after(change)
    }

    /// Only requests with this verb.
    #[must_use]
    pub fn method(self, method: &str) -> Self {
        Self { method: Some(method.to_ascii_uppercase()), ..self }
    }

    /// Only requests with this in the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Only requests with this token.
    #[must_use]
    pub fn token(self, secret: impl Into<String>) -> Self {
        Self { token: Some(secret.into()), ..self }
    }

    /// Only the `n`-th (from 1) of the requests that match from now on, instead of the first.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        Self { left: n.max(1), ..self }
    }

    /// So many requests in a row instead of one. A change that was given as one to be made once is not repeated.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: times.max(1), ..self }
    }

    /// Answers with this fault.
    #[must_use]
    pub fn answer(self, fault: Fault) -> Self {
        Self { act: Act::Answer(fault), ..self }
    }

    /// Changes the account before the request is answered. Runs under the lock: do not call the simulator from it.
    #[must_use]
    pub fn before(self, change: impl FnOnce(&mut Account) + Send + 'static) -> Self {
        Self { act: Act::Before(Change::once(change)), ..self }
    }

    /// As [`Rule::before`], at every request that the rule is about.
    #[must_use]
    pub fn before_each(self, change: impl FnMut(&mut Account) + Send + 'static) -> Self {
        Self { act: Act::Before(Change::each(change)), ..self }
    }

    /// Changes the account once the answer is made. Runs under the lock: do not call the simulator from it.
    #[must_use]
    pub fn after(self, change: impl FnOnce(&mut Account) + Send + 'static) -> Self {
        Self { act: Act::After(Change::once(change)), ..self }
    }

    /// As [`Rule::after`], at every request that the rule is about.
    #[must_use]
    pub fn after_each(self, change: impl FnMut(&mut Account) + Send + 'static) -> Self {
        Self { act: Act::After(Change::each(change)), ..self }
    }

    /// Turns knobs before the request is answered. Runs under the lock: do not call the simulator from it.
    #[must_use]
    pub fn turn(self, change: impl FnOnce(&mut Knobs) + Send + 'static) -> Self {
        Self { act: Act::Turn(Change::once(change)), ..self }
    }

    /// As [`Rule::turn`], at every request that the rule is about.
    #[must_use]
    pub fn turn_each(self, change: impl FnMut(&mut Knobs) + Send + 'static) -> Self {
        Self { act: Act::Turn(Change::each(change)), ..self }
    }

    fn matches(&self, seen: &Seen<'_>) -> bool {
        (self.numbers.0..=self.numbers.1).contains(&seen.number)
            && path_matches(&self.path, journal::endpoint(seen.path))
            && self.method.as_deref().is_none_or(|wanted| wanted == seen.method)
            && self.token.as_deref().is_none_or(|wanted| Some(wanted) == seen.token)
            && self.query.iter().all(|pair| seen.query.contains(pair))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("path", &self.path).field("query", &self.query).finish_non_exhaustive()
    }
}

/// Rules that have still something to do, in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Script(Vec<Rule>);

impl Script {
    pub(crate) fn add(&mut self, rule: Rule) {
        self.0.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What this request sets off. Each rule counts on its own.
    pub(crate) fn due(&mut self, seen: &Seen<'_>) -> Vec<Act> {
        let mut due = Vec::new();
        self.0.retain_mut(|rule| {
            if !rule.matches(seen) {
                return true;
            }
            rule.left -= 1;
            if rule.left > 0 {
                return true;
            }
            rule.times -= 1;
            rule.left = 1;
            due.push(rule.act.clone());
            rule.times > 0
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many acts each of the `paths` sets off, asked for one after the other with `page=2` and the token `a`.
    fn due<const N: usize>(rule: Rule, paths: [&str; N]) -> [usize; N] {
        let mut script = Script::default();
        script.add(rule);
        let query = [("page".to_owned(), "2".to_owned())];
        let mut number = 0;
        paths.map(|path| {
            number += 1;
            let path = format!("/rest/1.0{path}");
            script.due(&Seen { number, method: "GET", path: &path, query: &query, token: Some("a") }).len()
        })
    }

    #[test]
    fn a_rule_is_about_the_nth_request_that_matches_and_then_gone() {
        let rule = Rule::on("/torrents").query("page", 2).nth(2).answer(Fault::Reset);
        assert_eq!(due(rule, ["/torrents", "/downloads", "/torrents", "/torrents"]), [0, 0, 1, 0]);
    }

    #[test]
    fn a_star_matches_any_end_and_a_fault_may_come_several_times() {
        let rule = Rule::on("/torrents/info/*").times(2).answer(Fault::Reset);
        assert_eq!(due(rule, ["/torrents/info/A", "/torrents/info/B", "/torrents/info/C"]), [1, 1, 0]);
    }

    #[test]
    fn another_query_verb_or_token_does_not_match() {
        let on = || Rule::on("/torrents");
        for rule in [on().query("page", 3), on().method("DELETE"), on().token("b")] {
            assert_eq!(due(rule.answer(Fault::Reset), ["/torrents"]), [0]);
        }
        assert_eq!(due(on().token("a").answer(Fault::Reset), ["/torrents"]), [1]);
    }

    #[test]
    fn a_rule_by_number_is_about_any_request_with_that_number() {
        let paths = ["/user", "/torrents", "/downloads", "/user", "/user"];
        assert_eq!(due(Rule::number(3).answer(Fault::Reset), paths), [0, 0, 1, 0, 0]);
        assert_eq!(due(Rule::numbers(2..4).answer(Fault::Reset), paths), [0, 1, 1, 0, 0]);
        assert_eq!(due(Rule::numbers(4..).answer(Fault::Reset), paths), [0, 0, 0, 1, 1]);
        assert_eq!(due(Rule::numbers(..=2).answer(Fault::Reset), paths), [1, 1, 0, 0, 0]);
    }

    #[test]
    fn a_change_for_each_request_is_made_each_time_and_the_other_once() {
        let mut knobs = Knobs::default();
        for (rule, slots) in [
            (Rule::on("*").times(3).turn_each(|knobs| knobs.slots += 1), 45),
            (Rule::on("*").times(3).turn(|knobs| knobs.slots += 1), 46),
        ] {
            let mut script = Script::default();
            script.add(rule);
            for number in 1..=4 {
                let seen = Seen { number, method: "GET", path: "/rest/1.0/user", query: &[], token: None };
                for act in script.due(&seen) {
                    if let Act::Turn(change) = act {
                        change.make(&mut knobs);
                    }
                }
            }
            assert_eq!(knobs.slots, slots);
        }
    }
}
