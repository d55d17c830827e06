//! Several servers on one database, each looking at what the others do.
//!
//! They tell each other when something is new, where the database passes that on; and they look every few seconds anyhow,
//! since a message can get lost, and oftener where none comes.

use super::{Engine, unmoved::Unmoved};
use crate::{
    clock::Clock,
    store::{Neighbours, Store, StoreError},
};
use std::{
    future::{Future, pending},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// How often is looked where others can be heard …
const HEARING: Duration = Duration::from_secs(3);
/// … and where they cannot.
const DEAF: Duration = Duration::from_secs(1);
/// A server that has not shown itself for so long is forgotten.
const LONG_DEAD: Duration = Duration::from_mins(10);
/// However much is new, it is looked no oftener than this.
const MOST_OFTEN: Duration = Duration::from_millis(200);
/// By how many milliseconds two clocks of one machine differ only when it slept, or was set.
const SLEEP: i64 = 1_000;
/// A connection on which nobody was heard for so long is made anew, since one that is cut says nothing any more.
const SILENCE: Duration = Duration::from_mins(10);
/// Whether others can be heard is tried again after this, when the database failed …
const AGAIN: Duration = Duration::from_secs(5);
/// … and when nothing came through.
const MUCH_LATER: Duration = Duration::from_mins(10);

/// Keeps up with the other servers, for ever; drop it to end it. Does nothing where there can be none.
pub async fn keep(engine: Engine, store: Store, clock: Clock) {
    if !store.is_shared() {
        return pending().await;
    }
    let hears = AtomicBool::new(false);
    let attending = attend(&store, &clock, engine.options().beat);
    // Apart, so that nobody is taken over later for all there is to show.
    let looking = repeat(&engine, &clock, &hears, || engine.look());
    let showing = repeat(&engine, &clock, &hears, || engine.show());
    tokio::join!(listen(&engine, &store, &clock, &hears), looking, showing, attending);
}

/// Shows that this server is up, and goes by the clock of the database from then on: where clocks differ, one server would
/// find an account due that another has just served.
///
/// # Errors
/// When the database fails.
pub async fn appear(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    let (sent, at) = (clock.elapsed(), clock.now_here());
    let time = store.attend().await?;
    let took = clock.elapsed().saturating_sub(sent);
    // A machine that slept meanwhile has an answer of long ago, of which the clock that never jumps knows nothing.
    let slept = clock.now_here().millis_since(at) - i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    if slept.abs() > SLEEP {
        return Ok(());
    }
    match clock.follow(time, took) {
        Some(ahead) if ahead.abs() > SLEEP => {
            tracing::warn!(ahead_millis = ahead, "the clock of the database differs from this machine's, and counts");
        }
        Some(_) => tracing::info!("the clock of the database is this machine's again"),
        None => {}
    }
    Ok(())
}

/// Shows that this server is up, and forgets those that died without a word.
async fn attend(store: &Store, clock: &Clock, beat: Duration) {
    let mut seen = Unmoved::default();
    loop {
        if let Err(error) = attend_once(store, clock, &mut seen).await {
            tracing::debug!(error = ?error, "the other servers do not see that this one is up");
        }
        clock.sleep(beat).await;
    }
}

async fn attend_once(store: &Store, clock: &Clock, seen: &mut Unmoved<String, i64>) -> Result<(), StoreError> {
    appear(store, clock).await?;
    let now = clock.elapsed();
    seen.see(store.replicas().await?, now);
    for (name, beat) in seen.for_longer_than(LONG_DEAD, now) {
        store.forget_replica(name, beat).await?;
    }
    Ok(())
}

async fn listen(engine: &Engine, store: &Store, clock: &Clock, hears: &AtomicBool) {
    loop {
        let pause = match store.neighbours().await {
            Ok(Some(neighbours)) => {
                hears.store(true, Ordering::Relaxed);
                hear(engine, neighbours, clock).await;
                continue;
            }
            Ok(None) => {
                tracing::info!("announcements do not come through, so other servers are looked at every second");
                MUCH_LATER
            }
            Err(error) => {
                tracing::debug!(error = ?error, "the other servers cannot be listened to");
                AGAIN
            }
        };
        hears.store(false, Ordering::Relaxed);
        clock.sleep(pause).await;
    }
}

/// Hears them until the connection is lost, or silent.
async fn hear(engine: &Engine, mut neighbours: Neighbours, clock: &Clock) {
    loop {
        tokio::select! {
            heard = neighbours.next() => match heard {
                Ok(user) => engine.hear(user),
                Err(error) => return tracing::debug!(error = ?error, "the other servers are not heard any more"),
            },
            () = clock.sleep(SILENCE) => return,
        }
    }
}

/// Does something whenever there are news, and every few seconds.
async fn repeat<F>(engine: &Engine, clock: &Clock, hears: &AtomicBool, act: impl Fn() -> F)
where
    F: Future<Output = Result<(), StoreError>>,
{
    let mut news = engine.news();
    loop {
        news.mark_unchanged();
        if let Err(error) = act().await {
            tracing::debug!(error = ?error, "it is not known what other servers do");
        }
        clock.sleep(MOST_OFTEN).await;
        let pause = if hears.load(Ordering::Relaxed) { HEARING } else { DEAF };
        tokio::select! {
            _ = news.changed() => {}
            () = clock.sleep(pause) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, domain::Timestamp, store::databases};

    #[tokio::test]
    async fn servers_whose_clocks_differ_go_by_that_of_their_database() {
        let store = Store::open(&databases::postgres().await).await.unwrap();
        for start in [0, 1_000_000_000_000, 4_000_000_000_000] {
            let clock = ManualClock::new(Timestamp::from_millis(start)).clock();
            appear(&store, &clock).await.unwrap();
            let common = store.common_time(Timestamp::from_millis(0)).await.unwrap();
            assert!(common.millis_since(clock.now()).abs() < 5_000, "{:?}, not {common:?}", clock.now());
        }
    }
}
