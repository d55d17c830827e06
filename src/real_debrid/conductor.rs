//! Who conducts a run: may hold it, may stop it, and is told of every wait.
//!
//! The client promises that no wait is longer than the conductor wants it to be and that none is silent. It knows
//! nothing of runs, so the sync engine, a command line and a test conduct it alike.

use crate::domain::units;
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

/// A wait that begins now; its [`Display`](fmt::Display) is the line for the status card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Why.
    pub reason: WaitReason,
    /// For how long.
    pub duration: Duration,
}

/// Why the client waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitReason {
    /// The requests of the last minute are used up; nobody was refused.
    OwnPace,
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
        // Rounded up, so that a wait that is not over never reads "0 s".
        let seconds = self.duration.as_millis().div_ceil(1000);
        let time = units::duration(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000));
        match &self.reason {
            WaitReason::OwnPace => {
                write!(f, "Keeping to the pace that Real-Debrid allows; going on in {time}")
            }
            WaitReason::RateLimited { .. } => {
                write!(f, "Real-Debrid asked us to slow down; going on in {time}")
            }
            WaitReason::Retry { attempt, of, cause } => {
                write!(f, "{cause} Trying again in {time} ({attempt} of {of})")
            }
        }
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
    fn a_wait_is_a_line_for_the_status_card() {
        let line = |reason, millis| Wait { reason, duration: Duration::from_millis(millis) }.to_string();
        assert_eq!(
            line(WaitReason::RateLimited { refusals: 1 }, 11_200),
            "Real-Debrid asked us to slow down; going on in 12 s"
        );
        assert_eq!(line(WaitReason::OwnPace, 1), "Keeping to the pace that Real-Debrid allows; going on in 1 s");
        let retry = WaitReason::Retry { attempt: 2, of: 3, cause: "Real-Debrid is down for maintenance.".to_owned() };
        assert_eq!(line(retry, 4_000), "Real-Debrid is down for maintenance. Trying again in 4 s (2 of 3)");
    }
}
