//! Where the requests that are left to an account are read off, whenever its status is shown or changes.
//!
//! Read at these moments and not told by the pacer: a request alone is no event, and an idle page gets none because a
//! minute passes.

use crate::{
    clock::Clock,
    domain::{RequestPace, Timestamp},
    real_debrid::{Minute, Pacer},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Nearer than this to the moment told last, a moment is taken for the same one: the two clocks that it is made of are
/// not read at once, and a status in which nothing happened shall not differ from the one before.
const SAME_MOMENT_MILLIS: u64 = 1_000;

/// A meter of one account; the one by default says nothing.
#[derive(Debug, Clone, Default)]
pub struct Meter(Option<Arc<Of>>);

#[derive(Debug)]
struct Of {
    pacer: Arc<Pacer>,
    clock: Clock,
    /// When the minute was last said to be full.
    told: Mutex<Option<Timestamp>>,
}

impl Meter {
    /// Of the account that keeps this pace.
    pub fn new(pacer: Arc<Pacer>, clock: Clock) -> Self {
        Self(Some(Arc::new(Of { pacer, clock, told: Mutex::default() })))
    }

    /// Writes down how the minute stands.
    pub(super) fn read(&self, pace: &mut RequestPace) {
        if let Some(of) = &self.0 {
            let Minute { limit, left, full_in } = of.pacer.minute();
            pace.limit = limit;
            pace.left = left;
            pace.full_at = of.full_at(full_in);
        }
    }
}

impl Of {
    fn full_at(&self, full_in: Duration) -> Option<Timestamp> {
        let millis = i64::try_from(full_in.as_millis()).unwrap_or(i64::MAX);
        let read = (millis > 0).then(|| self.clock.now().plus_millis(millis));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_same(*told, read) {
            *told = read;
        }
        *told
    }
}

fn is_same(told: Option<Timestamp>, read: Option<Timestamp>) -> bool {
    match (told, read) {
        (Some(told), Some(read)) => told.as_millis().abs_diff(read.as_millis()) < SAME_MOMENT_MILLIS,
        (told, read) => told == read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_read_twice_is_shown_as_the_same_one() {
        let at = |millis| Some(Timestamp::from_millis(millis));
        assert!(is_same(at(60_000), at(60_001)) && is_same(at(60_001), at(60_000)), "the clocks are not read at once");
        assert!(!is_same(at(60_000), at(61_000)), "a request since then moves it");
        assert!(
            !is_same(at(60_000), None) && !is_same(None, at(60_000)),
            "a full minute and a used one are not the same"
        );
        assert!(is_same(None, None));
    }
}
