//! The pace of one account: no 60 seconds ever hold more requests than the limit, and refusals teach a lower one.
//!
//! Real-Debrid counts refused requests too and blocks who insists, so the window counts everything that was sent. It
//! slides, so a first sync of a few pages is not slowed at all; and a request counts until 60 s after its *answer*,
//! because only then is it certain when it had arrived. After a refusal (429) nothing is sent for a while, then one
//! request at a time asks whether it is over. What nobody waits for goes last and leaves a part of the limit free.
//!
//! Where several processes ask for one account, the window is in a book that all of them open (`Pacer::shared`), and the
//! limit and what is learnt hold over all of them.

mod book;
mod learned;
mod shared;
mod window;

pub use book::{PaceBook, Turn, Unavailable};

use super::{
    Conductor, Error, Stopped, Wait, WaitReason,
    conductor::Announced,
    outage::{Outage, PATIENCE},
};
use crate::clock::Clock;
use shared::Shared;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use window::{Note, Sent, Window};

/// How long after a refusal other refusals are taken for a part of it.
const AFTERMATH: Duration = Duration::from_secs(30);

/// Whether somebody waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Urgency {
    /// A person or a run waits.
    #[default]
    Foreground,
    /// Nobody waits: at most four fifths of the limit, and nothing while somebody of the foreground waits or asks.
    Background,
}

/// What a request is for, since Real-Debrid is believed to count lists of torrents apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `GET /torrents`.
    TorrentList,
    /// One torrent.
    Entry,
    /// Anything else.
    Other,
}

/// What a slot is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Purpose {
    pub(super) class: Class,
    pub(super) urgency: Urgency,
}

/// How the minute of an account stands at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minute {
    /// As [`Pacer::limit`].
    pub limit: i64,
    /// As [`Pacer::available`].
    pub left: i64,
    /// How long until all of the limit is left, if nothing more is sent; zero when it is.
    pub full_in: Duration,
}

/// The requests of one account in the last minute, and what refusals taught.
#[derive(Debug)]
pub struct Pacer {
    clock: Clock,
    /// Where it is shared, as this process saw it last.
    window: Arc<Mutex<Window>>,
    shared: Option<Arc<Shared>>,
}

impl Pacer {
    /// A pacer that lets `requests_per_minute` through, at least one.
    pub fn new(requests_per_minute: u32, clock: Clock) -> Self {
        Self { clock, window: Arc::new(Mutex::new(Window::new(limit(requests_per_minute)))), shared: None }
    }

    /// A pacer whose window is kept in `book`, together with other processes: `requests_per_minute` holds for all of them
    /// together. Each keeps to its own limit, where they differ. What it says of the present minute is as of the last
    /// request from here, since only then it looks into the book.
    pub fn shared(requests_per_minute: u32, clock: Clock, book: Arc<dyn PaceBook>) -> Self {
        let limit = limit(requests_per_minute);
        let window = Arc::new(Mutex::new(Window::shared(limit)));
        let shared = Shared::new(limit, clock.clone(), book, Arc::clone(&window));
        Self { clock, window, shared: Some(Arc::new(shared)) }
    }

    /// How many requests could be sent at this moment.
    pub fn available(&self) -> u32 {
        u32::try_from(self.window().available(self.now())).unwrap_or(u32::MAX)
    }

    /// The requests a minute that are thought to be allowed at this moment, never more than configured.
    pub fn limit(&self) -> u32 {
        u32::try_from(self.window().limit(self.now())).unwrap_or(u32::MAX)
    }

    /// How the present minute stands.
    pub fn minute(&self) -> Minute {
        let now = self.now();
        let mut window = self.window();
        let number = |requests: usize| i64::try_from(requests).unwrap_or(i64::MAX);
        let left = number(window.available(now));
        Minute { limit: number(window.limit(now)), left, full_in: window.full_in(now) }
    }

    /// Waits until a request may be sent; the conductor's permission is asked last, so a pause during the wait holds.
    ///
    /// # Errors
    /// When it was told to stop, and when the book cannot be had for half an hour, or no waiting mends that.
    pub(super) async fn slot(&self, purpose: Purpose, conductor: &dyn Conductor) -> Result<Slot<'_>, Error> {
        let mut outage = Outage::new(PATIENCE);
        // A book that is away may take its time to say so.
        let mut away = None;
        loop {
            let paused = self.clock.elapsed();
            conductor.permission().await?;
            outage.paused(self.clock.elapsed().saturating_sub(paused));
            let taken = self.take(purpose, conductor).await?;
            drop(away.take());
            let mut wait = match taken {
                Ok(sent) => return Ok(Slot { pacer: self, sent }),
                Err(wait) => wait,
            };
            let is_away = wait.reason == WaitReason::Database;
            if is_away {
                wait.duration = outage.wait(self.clock.elapsed()).ok_or_else(without_the_book)?;
            } else {
                outage = Outage::new(PATIENCE);
            }
            let _waiting = (purpose.urgency == Urgency::Foreground).then(|| Waiting::new(self));
            let duration = wait.duration;
            let announced = Announced::new(conductor, wait);
            sleep(&self.clock, conductor, duration).await?;
            away = is_away.then_some(announced);
        }
    }

    /// Whether a refusal is so near that other oddities belong to it.
    pub(super) fn refused_lately(&self) -> bool {
        let now = self.now();
        self.window().last_refusal().is_some_and(|then| now.saturating_sub(then) <= AFTERMATH)
    }

    async fn take(&self, purpose: Purpose, conductor: &dyn Conductor) -> Result<Result<Sent, Wait>, Error> {
        match &self.shared {
            None => Ok(self.window().take(purpose, self.now())),
            Some(shared) => shared.take(purpose, conductor).await,
        }
    }

    fn note(&self, sent: &Sent, note: Note) {
        match &self.shared {
            None => note.apply(&mut self.window(), sent, self.now()),
            Some(shared) => shared.note(sent, note),
        }
    }

    /// The time that the window goes by.
    fn now(&self) -> Duration {
        self.shared.as_ref().map_or_else(|| self.clock.elapsed(), |shared| shared.now())
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn limit(requests_per_minute: u32) -> usize {
    usize::try_from(requests_per_minute.max(1)).unwrap_or(usize::MAX)
}

fn without_the_book() -> Error {
    let cause = "The database in which the pace of requests is kept did not answer for half an hour: see the server's log \
                 for the cause, then try again.";
    Error::Database { cause: cause.to_owned() }
}

/// Leave to send one request; dropped when its answer has been judged or given up.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pacer: &'a Pacer,
    sent: Sent,
}

impl Slot<'_> {
    /// Real-Debrid refused the request for being too many.
    pub(super) fn refused(&self, retry_after: Option<Duration>) {
        self.pacer.note(&self.sent, Note::Refused(retry_after));
    }

    /// Real-Debrid answered it.
    pub(super) fn answered(&self) {
        self.pacer.note(&self.sent, Note::Answered);
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.pacer.note(&self.sent, Note::Over);
    }
}

/// Somebody of the foreground waits for a slot.
struct Waiting<'a>(&'a Pacer);

impl<'a> Waiting<'a> {
    fn new(pacer: &'a Pacer) -> Self {
        pacer.window().waiting += 1;
        Self(pacer)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.window().waiting -= 1;
    }
}

/// A wait that the conductor knows of and can end.
pub(super) async fn pause(clock: &Clock, conductor: &dyn Conductor, wait: Wait) -> Result<(), Stopped> {
    let duration = wait.duration;
    let _announced = Announced::new(conductor, wait);
    sleep(clock, conductor, duration).await
}

pub(super) async fn sleep(clock: &Clock, conductor: &dyn Conductor, duration: Duration) -> Result<(), Stopped> {
    tokio::select! {
        biased;
        () = conductor.stopped() => Err(Stopped),
        () = clock.sleep(duration) => Ok(()),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
