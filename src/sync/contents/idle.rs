//! Who conducts the reading in the background: it may ask while no run is alive, and is called off when one begins or
//! the server stops.

use crate::{
    clock::Clock,
    domain::{State, Waiting},
    real_debrid::{Conductor, Stopped, Wait, WaitReason},
    sync::live::Live,
};
use std::{future::Future, pin::Pin, time::Duration};
use tokio_util::sync::CancellationToken;

/// Shorter waits are not told: nobody waits, and each would be two events for every open page.
const TELLING: Duration = Duration::from_secs(3);
/// Of the background's own share of the pace, when there may well be requests left.
const SPARING: &str = "leaving the rest of this minute's requests to syncs and pages";

#[derive(Clone, Debug)]
pub(super) struct Idle {
    pub(super) live: Live,
    pub(super) clock: Clock,
    pub(super) shutdown: CancellationToken,
}

impl Idle {
    pub(super) fn is_over(&self) -> bool {
        self.shutdown.is_cancelled() || matches!(self.live.state(), State::Running | State::Paused)
    }
}

impl Conductor for Idle {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(std::future::ready(if self.is_over() { Err(Stopped) } else { Ok(()) }))
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                () = self.live.busy() => {}
            }
        })
    }

    fn waits(&self, wait: Option<Wait>) {
        let told = wait.filter(|wait| wait.duration >= TELLING).map(|wait| {
            let told = wait.told(self.clock.now());
            let is_own_pace = wait.reason == WaitReason::OwnPace;
            if is_own_pace { Waiting { reason: SPARING.to_owned(), ..told } } else { told }
        });
        self.live.waiting_at_rest(told);
    }
}
