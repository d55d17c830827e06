//! A server at work says that it lives, and what its work shows; the answer is what is asked of it elsewhere.

use super::{Account, Engine, Reins, steering::steer_to};
use crate::{
    domain::{RunState, State},
    store::{Lease, Orders, StoreError},
};
use std::{future::pending, time::Duration};

/// What a run shows reaches other servers no oftener than this.
const MOST_OFTEN: Duration = Duration::from_millis(500);

impl Engine {
    /// Beats for a run, and obeys, until another server has it. Does not end where there are no others.
    pub(super) async fn beat(&self, account: &Account, reins: &Reins) {
        if !self.0.store.is_shared() {
            return pending().await;
        }
        let leased = reins.leased;
        let mut shown = account.live.subscribe();
        loop {
            let status = serde_json::to_string(&account.live.status()).ok();
            let beaten = tokio::select! {
                beaten = self.0.store.beat(leased.lease(), Some(leased.id), status.as_deref()) => beaten,
                // A connection that is dead must not use up the time in which another one could be heard.
                () = self.0.clock.sleep(self.0.options.beat) => Err(StoreError::Contended),
            };
            let is_heard = beaten.is_ok();
            match beaten {
                Ok(Some(orders)) => self.obey(account, reins, orders).await,
                // Its end is written.
                Ok(None) if account.is_ending_of(leased.id) => return,
                Ok(None) => {
                    tracing::warn!("another server has taken the run over: this one was not heard for too long");
                    return reins.control.lose();
                }
                Err(error) => tracing::debug!(error = ?error, "the other servers cannot be told of the run"),
            }
            let is_woken = tokio::select! {
                () = account.wake.notified() => true,
                () = self.0.clock.sleep(MOST_OFTEN) => false,
            };
            if !is_woken && is_heard {
                tokio::select! {
                    () = account.wake.notified() => {}
                    _ = shown.next() => {}
                    () = self.0.clock.sleep(self.0.options.beat) => {}
                }
            }
        }
    }

    /// Beats for the reading of contents until another server does it.
    pub(super) async fn beat_for_contents(&self, account: &Account, lease: Lease) {
        loop {
            let shown = serde_json::to_string(&account.live.status().contents).ok();
            if matches!(self.0.store.beat(lease, None, shown.as_deref()).await, Ok(None)) {
                return;
            }
            self.0.clock.sleep(self.0.options.beat).await;
        }
    }

    async fn obey(&self, account: &Account, reins: &Reins, orders: Orders) {
        let Reins { leased, control } = reins;
        if orders.is_cancelled {
            return control.stop();
        }
        let Some(wanted) = orders.state else { return };
        if control.is_held() == (wanted == RunState::Paused) {
            return;
        }
        // Asked again while nobody here can click: the orders may be older than the last click.
        let Ok(_run) = account.run.try_lock() else { return };
        match self.0.store.living_state(leased.user, leased.id).await {
            Ok(Some(RunState::Paused)) if !control.is_held() => {
                control.pause();
                account.live.change(|shown| steer_to(shown, State::Paused));
            }
            Ok(Some(RunState::Running)) if control.is_held() => {
                control.resume();
                account.live.change(|shown| steer_to(shown, State::Running));
            }
            _ => {}
        }
    }
}
