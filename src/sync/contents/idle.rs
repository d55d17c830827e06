//! Who conducts the reading in the background: it may ask while no run is alive, and is called off when one begins or
//! the server stops.

use crate::{
    domain::State,
    real_debrid::{Conductor, Stopped, Wait},
    sync::live::Live,
};
use std::{future::Future, pin::Pin};
use tokio_util::sync::CancellationToken;

#[derive(Clone, Debug)]
pub(super) struct Idle {
    pub(super) live: Live,
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

    fn waits(&self, _: Option<Wait>) {}
}
