//! Something that happens at a certain request, once: the way to play “an entry is deleted between page 2 and 3”.

use super::{account::Account, fault::Fault, journal, knobs::Knobs};
use std::fmt;

/// When a request that matches has come often enough, [`Act`]s.
pub struct Rule {
    method: Option<String>,
    /// Below the API's root; a `*` at the end stands for anything.
    path: String,
    query: Vec<(String, String)>,
    token: Option<String>,
    /// Counts down to the request it is about.
    left: u64,
    /// How many requests in a row it is about.
    times: u64,
    act: Act,
}

/// What a rule does.
pub(crate) enum Act {
    Nothing,
    Answer(Fault),
    Before(Box<dyn FnOnce(&mut Account) + Send>),
    After(Box<dyn FnOnce(&mut Account) + Send>),
    Turn(Box<dyn FnOnce(&mut Knobs) + Send>),
}

impl Rule {
    /// About the first request for `path` below the API's root, such as `/torrents` or `/torrents/info/*`.
    pub fn on(path: impl Into<String>) -> Self {
        Self { method: None, path: path.into(), query: Vec::new(), token: None, left: 1, times: 1, act: Act::Nothing }
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

    /// So many requests in a row instead of one; for faults only, since a change can be made but once.
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
        Self { act: Act::Before(Box::new(change)), ..self }
    }

    /// Changes the account once the answer is made. Runs under the lock: do not call the simulator from it.
    #[must_use]
    pub fn after(self, change: impl FnOnce(&mut Account) + Send + 'static) -> Self {
        Self { act: Act::After(Box::new(change)), ..self }
    }

    /// Turns knobs before the request is answered. Runs under the lock: do not call the simulator from it.
    #[must_use]
    pub fn turn(self, change: impl FnOnce(&mut Knobs) + Send + 'static) -> Self {
        Self { act: Act::Turn(Box::new(change)), ..self }
    }

    fn matches(&self, method: &str, path: &str, query: &[(String, String)], token: Option<&str>) -> bool {
        let endpoint = journal::endpoint(path);
        let path_matches = match self.path.strip_suffix('*') {
            Some(start) => endpoint.starts_with(start),
            None => endpoint == self.path,
        };
        path_matches
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.query.iter().all(|pair| query.contains(pair))
            && self.token.as_deref().is_none_or(|wanted| Some(wanted) == token)
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
    pub(crate) fn due(
        &mut self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        token: Option<&str>,
    ) -> Vec<Act> {
        let mut due = Vec::new();
        self.0.retain_mut(|rule| {
            if !rule.matches(method, path, query, token) {
                return true;
            }
            rule.left -= 1;
            if rule.left > 0 {
                return true;
            }
            rule.times -= 1;
            rule.left = 1;
            due.push(match &rule.act {
                Act::Answer(fault) => Act::Answer(fault.clone()),
                _ => std::mem::replace(&mut rule.act, Act::Nothing),
            });
            rule.times > 0
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(script: &mut Script, path: &str) -> usize {
        script.due("GET", path, &[("page".to_owned(), "2".to_owned())], Some("a")).len()
    }

    #[test]
    fn a_rule_is_about_the_nth_request_that_matches_and_then_gone() {
        let mut script = Script::default();
        script.add(Rule::on("/torrents").query("page", 2).nth(2).answer(Fault::Reset));
        let seen = ["/rest/1.0/torrents", "/rest/1.0/downloads", "/rest/1.0/torrents", "/rest/1.0/torrents"]
            .map(|path| due(&mut script, path));
        assert_eq!(seen, [0, 0, 1, 0]);
    }

    #[test]
    fn a_star_matches_any_end_and_a_fault_may_come_several_times() {
        let mut script = Script::default();
        script.add(Rule::on("/torrents/info/*").times(2).answer(Fault::Reset));
        let seen = ["/rest/1.0/torrents/info/A", "/rest/1.0/torrents/info/B", "/rest/1.0/torrents/info/C"]
            .map(|path| due(&mut script, path));
        assert_eq!(seen, [1, 1, 0]);
    }

    #[test]
    fn another_query_verb_or_token_does_not_match() {
        let mut script = Script::default();
        script.add(Rule::on("/torrents").query("page", 3).answer(Fault::Reset));
        script.add(Rule::on("/torrents").method("DELETE").answer(Fault::Reset));
        script.add(Rule::on("/torrents").token("b").answer(Fault::Reset));
        assert_eq!(due(&mut script, "/rest/1.0/torrents"), 0);
    }
}
