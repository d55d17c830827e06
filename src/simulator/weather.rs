//! What goes wrong by itself, without a script: an outage, every n-th request, or a spell that begins and ends by the clock.

use super::{fault::Fault, journal, knobs::Knobs, rule};
use std::time::Duration;

/// A fault that lasts for a time, such as an outage, or lists that claim to be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Spell {
    from: Duration,
    until: Duration,
    path: String,
    token: Option<String>,
    fault: Fault,
}

impl Spell {
    /// Every request meets `fault` from `from` until `until`, both counted from the start of the simulator, as
    /// [`super::Request::at`] is.
    pub fn new(from: Duration, until: Duration, fault: Fault) -> Self {
        Self { from, until, path: "*".to_owned(), token: None, fault }
    }

    /// Only requests for this path below the API's root; a `*` at the end stands for anything.
    #[must_use]
    pub fn on(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// Only requests with this token.
    #[must_use]
    pub fn token(self, secret: impl Into<String>) -> Self {
        Self { token: Some(secret.into()), ..self }
    }

    fn covers(&self, met: &Met<'_>) -> bool {
        (self.from..self.until).contains(&met.at)
            && rule::path_matches(&self.path, journal::endpoint(met.path))
            && self.token.as_deref().is_none_or(|token| Some(token) == met.token)
    }
}

/// What the weather asks of a request.
pub(crate) struct Met<'a> {
    pub(crate) number: u64,
    pub(crate) at: Duration,
    pub(crate) path: &'a str,
    pub(crate) token: Option<&'a str>,
}

/// The fault that a request meets without a script.
pub(crate) fn fault(met: &Met<'_>, knobs: &Knobs) -> Option<Fault> {
    let every = knobs.fail_every.as_ref().filter(|(every, _)| met.number.is_multiple_of((*every).max(1)));
    let spell = || knobs.spells.iter().find(|spell| spell.covers(met)).map(|spell| &spell.fault);
    every.map(|(_, fault)| fault).or_else(spell).or(knobs.outage.as_ref()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spell_holds_from_its_beginning_until_just_before_its_end_and_only_where_it_was_told() {
        let second = Duration::from_secs;
        let spell = Spell::new(second(10), second(20), Fault::Reset).on("/torrents*").token("a");
        let knobs = Knobs { spells: vec![spell], ..Knobs::default() };
        let meets = |at, path, token| fault(&Met { number: 1, at: second(at), path, token: Some(token) }, &knobs);
        let list = "/rest/1.0/torrents";
        assert_eq!([9, 10, 19, 20].map(|at| meets(at, list, "a").is_some()), [false, true, true, false]);
        assert_eq!(meets(15, "/rest/1.0/downloads", "a"), None);
        assert_eq!(meets(15, list, "b"), None);
    }
}
