//! Short words about what finished or failed, a few at once, each in a place of its own.
//!
//! What went well goes by itself after some seconds in which it could be read; what failed stays until it is dismissed.

use super::words;
use crate::domain::{State, SyncStatus, units::count};

/// How many are shown at once.
pub const PLACES: usize = 3;
/// Seconds in sight for what went well.
const IN_SIGHT: u32 = 10;
/// A lifetime, for what failed.
const FOR_EVER: u32 = u32::MAX;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The word for styles.
    pub tone: &'static str,
    /// What happened.
    pub title: &'static str,
    /// What there is to say about it.
    pub text: String,
    /// Seconds in sight that are left.
    left: u32,
}

impl Toast {
    /// Something went well.
    pub fn good(title: &'static str, text: String) -> Self {
        Self { tone: "good", title, text, left: IN_SIGHT }
    }

    /// The end of a run.
    pub fn end(status: &SyncStatus) -> Self {
        match status.status {
            State::Completed if status.held_deletions > 0 => Self {
                tone: "warn",
                title: "Sync completed, deletions held back",
                text: format!("{} wait for your word on the sync page.", count(status.held_deletions)),
                left: FOR_EVER,
            },
            State::Completed if status.stats.errors > 0 => Self {
                tone: "warn",
                title: "Sync completed with errors",
                text: words::changes_and_errors(status),
                left: FOR_EVER,
            },
            State::Completed => Self::good("Sync completed", words::changes_and_errors(status)),
            State::Error => Self {
                tone: "bad",
                title: "Sync failed",
                text: status.error.clone().unwrap_or_default(),
                left: FOR_EVER,
            },
            State::Idle | State::Running | State::Paused => {
                Self::good("Sync cancelled", "What was stored until then is kept.".to_owned())
            }
        }
    }
}

/// Those in sight. A toast keeps its place until it goes, so that nothing moves under a finger and a screen reader
/// hears each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Toasts([Option<Toast>; PLACES]);

impl Toasts {
    /// The one in a place.
    pub fn at(&self, place: usize) -> Option<&Toast> {
        self.0.get(place)?.as_ref()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Shows one: in the place of one that says the same, else in a free place, else in that of whichever would go next.
    pub fn put(&mut self, toast: Toast) {
        let same = self.0.iter().position(|it| it.as_ref().is_some_and(|it| it.title == toast.title));
        let next = || (0..PLACES).min_by_key(|place| self.at(*place).map_or(0, |it| it.left));
        if let Some(place) = same.or_else(next) {
            self.0[place] = Some(toast);
        }
    }

    /// Takes one away.
    pub fn dismiss(&mut self, place: usize) {
        if let Some(toast) = self.0.get_mut(place) {
            *toast = None;
        }
    }

    /// Lets a second in sight pass.
    pub fn pass(&mut self) {
        for place in &mut self.0 {
            if let Some(toast) = place {
                toast.left = toast.left.saturating_sub(1);
            }
            if place.as_ref().is_some_and(|toast| toast.left == 0) {
                *place = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Stats;

    fn good(title: &'static str) -> Toast {
        Toast::good(title, String::new())
    }

    fn failed(text: &str) -> Toast {
        Toast::end(&SyncStatus { status: State::Error, error: Some(text.to_owned()), ..SyncStatus::default() })
    }

    fn titles(toasts: &Toasts) -> Vec<&str> {
        (0..PLACES).filter_map(|place| toasts.at(place)).map(|toast| toast.title).collect()
    }

    #[test]
    fn what_went_well_goes_after_ten_seconds_in_sight_and_what_failed_stays() {
        let mut toasts = Toasts::default();
        toasts.put(good("Saved"));
        toasts.put(failed("why"));
        for _ in 0..9 {
            toasts.pass();
        }
        assert_eq!(titles(&toasts), ["Saved", "Sync failed"]);
        toasts.pass();
        assert_eq!(titles(&toasts), ["Sync failed"]);
        for _ in 0..100_000 {
            toasts.pass();
        }
        toasts.dismiss(1);
        assert!(toasts.is_empty());
    }

    #[test]
    fn a_few_are_shown_at_once_and_the_one_that_would_go_next_makes_room() {
        let mut toasts = Toasts::default();
        for title in ["a", "b"] {
            toasts.put(good(title));
            toasts.pass();
        }
        toasts.put(failed("first"));
        toasts.put(good("c"));
        assert_eq!(titles(&toasts), ["c", "b", "Sync failed"]);
    }

    #[test]
    fn the_same_word_again_takes_the_place_of_the_first() {
        let mut toasts = Toasts::default();
        toasts.put(failed("first"));
        toasts.put(failed("second"));
        assert_eq!(titles(&toasts), ["Sync failed"]);
        assert_eq!(toasts.at(0).map(|toast| toast.text.as_str()), Some("second"));
    }

    #[test]
    fn c6_the_end_of_a_run_is_told_with_its_counts() {
        let stats = Stats { added: 1_200, updated: 3, ..Stats::default() };
        let completed = SyncStatus { status: State::Completed, stats, ..SyncStatus::default() };
        assert_eq!(Toast::end(&completed), Toast::good("Sync completed", "1,200 added and 3 updated.".to_owned()));
        let nothing = SyncStatus { status: State::Completed, ..SyncStatus::default() };
        assert_eq!(Toast::end(&nothing).text, "Nothing had changed.");
        let held = SyncStatus { held_deletions: 60, ..completed };
        assert_eq!(Toast::end(&held).tone, "warn");
    }
}
