//! A window that several processes keep in a book, so that the limit of an account holds over all of them.
//!
//! Every request is taken in a turn of its own: the window is read, what has happened here since the last turn is added
//! to it, the request is taken, and the window is written down. What becomes of a request is told in a turn that nobody
//! waits for, at once, so that a refusal met here holds everywhere. It counts from the time of that turn, which is later
//! than the truth and so on the safe side.

use super::{
    Purpose,
    book::{PaceBook, Unavailable},
    window::{Note, Sent, Window},
};
use crate::{
    clock::Clock,
    real_debrid::{Conductor, Error, Stopped, Wait, WaitReason},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, task::yield_now};
use tracing::Instrument as _;

/// How long until a book that could not be had is asked for again, at first.
const AGAIN: Duration = Duration::from_secs(1);

/// This process's part in a window that is shared.
#[derive(Debug)]
pub(super) struct Shared {
    clock: Clock,
    limit: usize,
    book: Arc<dyn PaceBook>,
    /// As it was in the last turn from here, with what happened here since then. Locked before `desk`.
    window: Arc<Mutex<Window>>,
    desk: Mutex<Desk>,
    /// Turns from here come one after the other, since each takes along what has not been told yet.
    turns: tokio::sync::Mutex<()>,
}

/// What lies between two turns.
#[derive(Debug, Default)]
struct Desk {
    /// What happened here and is not written down yet.
    untold: Vec<(Sent, Note)>,
    /// The book's time in the last turn, and ours.
    times: (Duration, Duration),
}

impl Shared {
    pub(super) fn new(limit: usize, clock: Clock, book: Arc<dyn PaceBook>, window: Arc<Mutex<Window>>) -> Self {
        Self { clock, limit, book, window, desk: Mutex::default(), turns: tokio::sync::Mutex::default() }
    }

    /// What the book's clock is thought to show.
    pub(super) fn now(&self) -> Duration {
        let (theirs, ours) = self.desk().times;
        theirs + self.clock.elapsed().saturating_sub(ours)
    }

    /// Takes a request, or says how long to wait first. The conductor can end it, and is asked for permission once more
    /// at the end: a turn takes its time, and a pause that began meanwhile holds.
    ///
    /// # Errors
    /// When it was told to stop, and when the book cannot be had and no waiting mends that.
    pub(super) async fn take(
        self: &Arc<Self>,
        purpose: Purpose,
        conductor: &dyn Conductor,
    ) -> Result<Result<Sent, Wait>, Error> {
        loop {
            conductor.permission().await?;
            // In a task of its own: who gives up waiting for a turn must not leave a request behind that nobody ends.
            let asked = tokio::spawn(Arc::clone(self).ask(purpose).in_current_span());
            let asked = tokio::select! {
                biased;
                () = conductor.stopped() => return Err(Stopped.into()),
                asked = asked => asked.unwrap_or_else(|_| Ok(Err(without_the_book()))),
            };
            let ticket = match asked? {
                Ok(ticket) => ticket,
                Err(wait) => return Ok(Err(wait)),
            };
            // The yield lets a permission that is there be found by the second look at the latest.
            tokio::select! {
                biased;
                permitted = conductor.permission() => {
                    permitted?;
                    return Ok(Ok(ticket.redeem()));
                }
                () = yield_now() => {}
            }
        }
    }

    /// Notes what became of a request, here at once and in the book as soon as it can be had.
    pub(super) fn note(self: &Arc<Self>, sent: &Sent, note: Note) {
        {
            let now = self.now();
            let mut window = self.window();
            self.desk().untold.push((sent.clone(), note));
            note.apply(&mut window, sent, now);
        }
        // Without a runtime the next turn takes it along.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(Arc::clone(self).tell().in_current_span());
        }
    }

    /// Writes down what happened here, unless another turn from here has done so.
    async fn tell(self: Arc<Self>) {
        while !self.desk().untold.is_empty() {
            match self.turn(|_, _| ()).await {
                Err(Unavailable::AtPresent) => self.clock.sleep(AGAIN).await,
                // If it comes back all the same, the next turn takes it along.
                Ok(()) | Err(Unavailable::ForGood(_)) => return,
            }
        }
    }

    async fn ask(self: Arc<Self>, purpose: Purpose) -> Result<Result<Ticket, Wait>, Error> {
        let mut taken = None;
        let turn = self.turn(|window, now| taken = Some(window.take(purpose, now)));
        let written = turn.await;
        let taken = taken.unwrap_or_else(|| Err(without_the_book()));
        let ticket = taken.map(|sent| Ticket { shared: Arc::clone(&self), sent, is_redeemed: false });
        match written {
            Ok(()) => Ok(ticket),
            // It may be written down all the same: then it is taken back by its ticket.
            Err(Unavailable::AtPresent) => Ok(ticket.and_then(|_| Err(without_the_book()))),
            Err(Unavailable::ForGood(cause)) => Err(Error::Database { cause }),
        }
    }

    /// One turn: `act` gets the window as all processes have left it and as it is known here, and the book's time.
    async fn turn(&self, act: impl FnOnce(&mut Window, Duration) + Send) -> Result<(), Unavailable> {
        let _one = self.turns.lock().await;
        // Not what happens from here on, which may be later than the time that the book gives.
        let told = self.desk().untold.clone();
        let mut seen = None;
        let turn = self.book.turn(Box::new(|text, now| {
            let now = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
            let mut window = Window::read(text, self.limit, now);
            for (sent, note) in &told {
                note.apply(&mut window, sent, now);
            }
            // Two processes draw the same number once in a billion years, and only requests in flight are told apart by it.
            window.number(rand::random::<u64>() >> 16);
            window.waiting = self.window().waiting;
            act(&mut window, now);
            let text = window.written(now);
            seen = Some((window, (now, self.clock.elapsed())));
            text
        }));
        turn.await?;
        if let Some((window, times)) = seen {
            self.see(window, times, told.len());
        }
        Ok(())
    }

    /// Keeps what a turn has shown; the first `told` of what happened are in it.
    fn see(&self, mut seen: Window, times: (Duration, Duration), told: usize) {
        let mut window = self.window();
        let mut desk = self.desk();
        seen.waiting = window.waiting;
        *window = seen;
        desk.times = times;
        desk.untold.drain(..told);
        for (sent, note) in &desk.untold {
            note.apply(&mut window, sent, times.0);
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that was taken and is on its way to whoever asked for it; taken back if it does not arrive.
struct Ticket {
    shared: Arc<Shared>,
    sent: Sent,
    is_redeemed: bool,
}

impl Ticket {
    fn redeem(mut self) -> Sent {
        self.is_redeemed = true;
        self.sent.clone()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.is_redeemed {
            self.shared.note(&self.sent, Note::Unsent);
        }
    }
}

const fn without_the_book() -> Wait {
    Wait { reason: WaitReason::Database, duration: AGAIN }
}

#[cfg(test)]
mod memory;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
