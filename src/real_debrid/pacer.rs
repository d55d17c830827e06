//! The pace of one account: no 60 seconds ever hold more requests than the limit.
//!
//! Real-Debrid counts refused requests too and blocks who insists, so the window counts everything that was sent. It
//! slides, so a first sync of a few pages is not slowed at all; and a request counts until 60 s after its *answer*,
//! because only then is it certain when it had arrived. A refusal (429) adds one date before which nothing is sent.

use super::{Conductor, Stopped, Wait, WaitReason, conductor::Announced};
use crate::clock::Clock;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The window that Real-Debrid speaks of, and a little for clocks that do not tick alike.
const HOLD: Duration = Duration::from_millis(60_100);
/// How long nothing is sent after the first, second and every further refusal in a row, unless the server says.
const PENALTIES: [Duration; 3] = [Duration::from_secs(10), Duration::from_secs(20), Duration::from_mins(1)];
/// How long after a refusal other refusals are taken for a part of it.
const AFTERMATH: Duration = Duration::from_secs(30);
/// How often to look again when every slot is in flight and nobody knows when one ends.
const GLANCE: Duration = Duration::from_secs(1);

/// The requests of one account in the last minute.
#[derive(Debug)]
pub struct Pacer {
    limit: usize,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next_slot: u64,
    slots: Vec<Sent>,
    not_before: Duration,
    refusals: u32,
    last_refusal: Option<Duration>,
}

#[derive(Debug)]
struct Sent {
    slot: u64,
    /// None while in flight.
    answered: Option<Duration>,
}

impl Pacer {
    /// A pacer that lets `requests_per_minute` through, at least one.
    pub fn new(requests_per_minute: u32, clock: Clock) -> Self {
        let limit = usize::try_from(requests_per_minute.max(1)).unwrap_or(usize::MAX);
        Self { limit, clock, state: Mutex::default() }
    }

    /// How many requests could be sent at this moment.
    pub fn available(&self) -> u32 {
        let now = self.clock.elapsed();
        let state = self.state(now);
        if now < state.not_before {
            return 0;
        }
        u32::try_from(self.limit.saturating_sub(state.slots.len())).unwrap_or(u32::MAX)
    }

    /// Waits until a request may be sent; the conductor's permission is asked last, so a pause during the wait holds.
    pub(super) async fn slot(&self, conductor: &dyn Conductor) -> Result<Slot<'_>, Stopped> {
        loop {
            conductor.permission().await?;
            match self.take() {
                Ok(slot) => return Ok(slot),
                Err(wait) => pause(&self.clock, conductor, wait).await?,
            }
        }
    }

    /// Real-Debrid refused a request for being too many.
    pub(super) fn refused(&self, retry_after: Option<Duration>) {
        let now = self.clock.elapsed();
        let mut state = self.state(now);
        // Several requests refused at once are one refusal.
        if now >= state.not_before || state.refusals == 0 {
            state.refusals = state.refusals.saturating_add(1);
        }
        let nth = usize::try_from(state.refusals).unwrap_or(usize::MAX).clamp(1, PENALTIES.len());
        let wait = retry_after.unwrap_or(PENALTIES[nth - 1]);
        state.not_before = state.not_before.max(now + wait);
        state.last_refusal = Some(now);
    }

    /// Real-Debrid answered.
    pub(super) fn answered(&self) {
        self.state(self.clock.elapsed()).refusals = 0;
    }

    /// Whether a refusal is so near that other oddities belong to it.
    pub(super) fn refused_lately(&self) -> bool {
        let now = self.clock.elapsed();
        self.state(now).last_refusal.is_some_and(|then| now.saturating_sub(then) <= AFTERMATH)
    }

    fn take(&self) -> Result<Slot<'_>, Wait> {
        let now = self.clock.elapsed();
        let mut state = self.state(now);
        if now < state.not_before {
            let reason = WaitReason::RateLimited { refusals: state.refusals };
            return Err(Wait { reason, duration: state.not_before.saturating_sub(now) });
        }
        if state.slots.len() >= self.limit {
            let first = state.slots.iter().filter_map(|sent| sent.answered).min();
            let duration = first.map_or(GLANCE, |answered| (answered + HOLD).saturating_sub(now));
            return Err(Wait { reason: WaitReason::OwnPace, duration });
        }
        let slot = state.next_slot;
        state.next_slot += 1;
        state.slots.push(Sent { slot, answered: None });
        Ok(Slot { pacer: self, slot })
    }

    /// The state without the requests that no longer count.
    fn state(&self, now: Duration) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.slots.retain(|sent| sent.answered.is_none_or(|answered| now < answered + HOLD));
        state
    }
}

/// Leave to send one request; dropped when its answer is there or given up.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pacer: &'a Pacer,
    slot: u64,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let now = self.pacer.clock.elapsed();
        let mut state = self.pacer.state(now);
        if let Some(sent) = state.slots.iter_mut().find(|sent| sent.slot == self.slot) {
            sent.answered = Some(now);
        }
    }
}

/// A wait that the conductor knows of and can end.
pub(super) async fn pause(clock: &Clock, conductor: &dyn Conductor, wait: Wait) -> Result<(), Stopped> {
    let duration = wait.duration;
    let _announced = Announced::new(conductor, wait);
    tokio::select! {
        biased;
        () = conductor.stopped() => Err(Stopped),
        () = clock.sleep(duration) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
