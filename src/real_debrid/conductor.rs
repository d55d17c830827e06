//! Who conducts a run: may hold it, may stop it, and is told of every wait.
//!
//! The client promises that no wait is longer than the conductor wants it to be and that none is silent. It knows
//! nothing of runs, so the sync engine, a command line and a test conduct it alike.

use crate::domain::{Timestamp, Waiting};
use std::{fmt, future::Future, pin::Pin, time::Duration};

/// The call was given up because the conductor said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// Who conducts the run.
pub trait Conductor: Send + Sync {
    /// Resolves when a request may be sent: at once, or after a pause ends. An error ends the call with
    /// [`Error::Stopped`](super::Error::Stopped).
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>>;

    /// Resolves when the call must be given up; a request in flight or a wait is dropped then.
    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

    /// Told before every wait, and with `None` when it is over.
    fn waits(&self, wait: Option<Wait>);
}

/// A conductor that always permits and never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unattended;

impl Conductor for Unattended {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(std::future::pending())
    }

    fn waits(&self, _: Option<Wait>) {}
}

/// A wait that begins now; its [`Display`](fmt::Display) is the reason in words, which can follow a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Why.
    pub reason: WaitReason,
    /// For how long.
    pub duration: Duration,
}

/// So many refusals in a row are no plea to slow down any more: the waits are of minutes then.
const BLOCKED: u32 = 3;

/// Why the client waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitReason {
    /// The requests of the last minute are used up; nobody was refused.
    OwnPace,
    /// The database does not answer, in which the pace and the token are kept: nothing is sent uncounted, or unsigned.
    Database,
    /// Real-Debrid refused a request for being too many.
    RateLimited {
        /// How many refusals there were in a row.
        refusals: u32,
    },
    /// A request failed in a way that the next one may not.
    Retry {
        /// Number of the repeat that follows, from 1.
        attempt: u32,
        /// Repeats allowed.
        of: u32,
        /// What failed, in a sentence.
        cause: String,
    },
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            WaitReason::OwnPace => f.write_str("keeping to the pace that Real-Debrid allows"),
            WaitReason::Database => f.write_str("the database does not answer"),
            WaitReason::RateLimited { refusals: ..BLOCKED } => f.write_str("Real-Debrid asked us to slow down"),
            WaitReason::RateLimited { .. } => f.write_str("Real-Debrid is blocking requests for a while"),
            WaitReason::Retry { attempt, of, cause } => {
                // The remedy behind the colon is for a failure that stays.
                let cause = cause.rsplit_once(": ").map_or(cause.as_str(), |(cause, _)| cause);
                write!(f, "repeating after an error ({attempt} of {of}), {cause}")
            }
        }
    }
}

impl Wait {
    /// The wait as the status tells it, if it begins at `now`.
    pub fn told(&self, now: Timestamp) -> Waiting {
        let millis = i64::try_from(self.duration.as_millis()).unwrap_or(i64::MAX);
        Waiting { reason: self.to_string(), until: now.plus_millis(millis) }
    }
}

/// Tells the conductor that a wait is over, also when the waiting future is dropped.
pub(super) struct Announced<'a>(&'a dyn Conductor);

impl<'a> Announced<'a> {
    pub(super) fn new(conductor: &'a dyn Conductor, wait: Wait) -> Self {
        conductor.waits(Some(wait));
        Self(conductor)
    }
}

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.0.waits(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_a_wait_says_its_reason_in_words_and_when_it_is_over() {
        let told = |reason| Wait { reason, duration: Duration::from_millis(11_200) }.told(Timestamp::from_millis(800));
        let reason = |reason| told(reason).reason;
        assert_eq!(told(WaitReason::OwnPace).until, Timestamp::from_millis(12_000));
        assert_eq!(reason(WaitReason::OwnPace), "keeping to the pace that Real-Debrid allows");
        assert_eq!(reason(WaitReason::Database), "the database does not answer");
        assert_eq!(reason(WaitReason::RateLimited { refusals: 2 }), "Real-Debrid asked us to slow down");
        assert_eq!(reason(WaitReason::RateLimited { refusals: 3 }), "Real-Debrid is blocking requests for a while");
        let cause = "Real-Debrid is not available at present (503, code 25): try again later.".to_owned();
        assert_eq!(
            reason(WaitReason::Retry { attempt: 2, of: 3, cause }),
            "repeating after an error (2 of 3), Real-Debrid is not available at present (503, code 25)"
        );
    }
}
