//! The life of a synchronisation as one enum with one transition function.

use crate::domain::State;

/// What can happen to a synchronisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A click, the scheduler or a restart asks for a run.
    Start,
    /// The user holds the run.
    Pause,
    /// The user lets it go on.
    Resume,
    /// The user ends it.
    Cancel,
    /// Everything is stored.
    Complete,
    /// It cannot go on.
    Fail,
}

/// Where `event` leads from `state`; none when the state does not allow it.
pub fn next(state: State, event: Event) -> Option<State> {
    match (state, event) {
        (State::Idle | State::Completed | State::Error, Event::Start) | (State::Paused, Event::Resume) => {
            Some(State::Running)
        }
        (State::Running, Event::Pause) => Some(State::Paused),
        (State::Running | State::Paused, Event::Cancel) => Some(State::Idle),
        // A run can end in the moment in which it is paused; what is done is done.
        (State::Running | State::Paused, Event::Complete) => Some(State::Completed),
        (State::Running | State::Paused, Event::Fail) => Some(State::Error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d5_a_living_run_refuses_a_second_start() {
        assert_eq!(next(State::Running, Event::Start), None);
        assert_eq!(next(State::Paused, Event::Start), None);
    }

    #[test]
    fn d3_d4_only_a_living_run_is_paused_resumed_or_cancelled() {
        for state in [State::Idle, State::Completed, State::Error] {
            for event in [Event::Pause, Event::Resume, Event::Cancel] {
                assert_eq!(next(state, event), None, "{state:?} {event:?}");
            }
        }
        assert_eq!(next(State::Running, Event::Resume), None);
        assert_eq!(next(State::Paused, Event::Pause), None);
        assert_eq!(next(State::Running, Event::Pause), Some(State::Paused));
        assert_eq!(next(State::Paused, Event::Resume), Some(State::Running));
        assert_eq!(next(State::Paused, Event::Cancel), Some(State::Idle));
    }
}
