//! What the buttons of the sync page ask for.

use crate::domain::State;
use serde::{Deserialize, Serialize};

/// One press of a button; the word is the value of the form field `command`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// Start a run that reads what can have changed.
    Start,
    /// Start a run that reads everything.
    Full,
    /// Hold the run.
    Pause,
    /// Go on.
    Resume,
    /// End the run; what is stored stays.
    Cancel,
    /// Carry out the deletions that were held back.
    Confirm,
    /// Keep the files whose deletion was held back.
    Dismiss,
}

impl Command {
    /// What the main button does in a state.
    pub const fn main_in(state: State) -> Self {
        match state {
            State::Idle | State::Completed | State::Error => Self::Start,
            State::Running => Self::Pause,
            State::Paused => Self::Resume,
        }
    }

    /// What the main button says in a state.
    pub const fn label_in(state: State) -> &'static str {
        match state {
            State::Idle => "Sync files",
            State::Running => "Pause",
            State::Paused => "Resume",
            State::Completed => "Sync again",
            State::Error => "Retry",
        }
    }

    /// What a button says from the click until the server has answered.
    pub const fn pending_label(self) -> &'static str {
        match self {
            Self::Start | Self::Full => "Starting…",
            Self::Pause => "Pausing…",
            Self::Resume => "Resuming…",
            Self::Cancel => "Cancelling…",
            Self::Confirm => "Deleting…",
            Self::Dismiss => "Keeping…",
        }
    }

    /// The value of the form field.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Full => "full",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Confirm => "confirm",
            Self::Dismiss => "dismiss",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_value_is_the_word_that_is_read_back() {
        use Command::{Cancel, Confirm, Dismiss, Full, Pause, Resume, Start};
        for command in [Start, Full, Pause, Resume, Cancel, Confirm, Dismiss] {
            assert_eq!(serde_json::to_value(command).ok(), Some(serde_json::json!(command.word())));
        }
    }

    #[test]
    fn d3_the_main_button_follows_the_state() {
        let labels =
            [State::Idle, State::Running, State::Paused, State::Completed, State::Error].map(Command::label_in);
        assert_eq!(labels, ["Sync files", "Pause", "Resume", "Sync again", "Retry"]);
    }
}
