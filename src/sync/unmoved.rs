//! What has not changed for a while, as whoever looks at it again and again sees it.

use std::{collections::HashMap, hash::Hash, time::Duration};

/// Values by their key, each with the time since when it is as it is.
#[derive(Debug)]
pub(super) struct Unmoved<K, V>(HashMap<K, (V, Duration)>);

impl<K, V> Default for Unmoved<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, V: Copy + PartialEq> Unmoved<K, V> {
    /// Notes everything as it is `now`; what is not there any more is forgotten.
    pub(super) fn see(&mut self, there: impl IntoIterator<Item = (K, V)>, now: Duration) {
        let mut before = std::mem::take(&mut self.0);
        self.0 = there
            .into_iter()
            .map(|(key, value)| {
                let seen = before.remove(&key).filter(|(then, _)| *then == value).unwrap_or((value, now));
                (key, seen)
            })
            .collect();
    }

    /// A value, and for how long it has been like that; none when it was not there.
    pub(super) fn of(&self, key: &K, now: Duration) -> Option<(V, Duration)> {
        self.0.get(key).map(|(value, since)| (*value, now.saturating_sub(*since)))
    }

    /// Everything that has been as it is for longer than `time`.
    pub(super) fn for_longer_than(&self, time: Duration, now: Duration) -> impl Iterator<Item = (&K, V)> {
        let is_old = move |since: &Duration| now.saturating_sub(*since) > time;
        self.0.iter().filter(move |(_, (_, since))| is_old(since)).map(|(key, (value, _))| (key, *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_or_comes_again_begins_anew() {
        let at = Duration::from_secs;
        let mut seen = Unmoved::default();
        seen.see([("a", 1), ("b", 1)], at(0));
        seen.see([("a", 1), ("b", 2)], at(5));
        assert_eq!((seen.of(&"a", at(9)), seen.of(&"b", at(9))), (Some((1, at(9))), Some((2, at(4)))));
        assert_eq!(seen.for_longer_than(at(8), at(9)).collect::<Vec<_>>(), [(&"a", 1)]);
        seen.see([("b", 2)], at(10));
        seen.see([("a", 1)], at(20));
        assert_eq!((seen.of(&"a", at(21)), seen.of(&"b", at(21))), (Some((1, at(1))), None));
    }
}
