//! What is inside torrents, read in the background: new and changed ones newest first, then what was read long ago.
//!
//! What is due is a question to the database, asked again and again, so nothing is lost by a crash and nothing has to be
//! told to anybody. A sync goes first: while one is alive nothing is asked. A torrent that fails is set aside with its
//! error and stops no other; a failure that is not the torrent's own is held against none.

mod idle;
mod memory;
mod reader;

pub(super) use memory::Memory;
pub(super) use reader::Reader;

use super::{Engine, SyncError};
use crate::{
    clock::Clock,
    domain::Timestamp,
    metrics::{Metrics, Reading},
    real_debrid::{self, Client},
    store::{ContentsTask, ContentsTimes, Store},
};
use std::time::Duration;

const DAY: i64 = 86_400_000;
/// What was read before that is read again: links come and go without a sign in the list.
const STALE_AFTER: i64 = 30 * DAY;
/// How long a torrent is set aside after its first, second, … failure; after more than these, a day each.
const RETRIES: [Duration; 4] =
    [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(30), Duration::from_hours(2)];

/// What came of asking for the contents of a torrent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// They are stored.
    Stored,
    /// The entry was changed or deleted meanwhile, so nothing is stored.
    Outdated,
    /// Real-Debrid has no such torrent; whether it was deleted is for the next sync to say.
    Unknown,
}

/// Reads the contents of one torrent, stores them, and counts what came of it. A torrent without files is one whose metadata has not come yet:
/// when it comes the entry changes, and is read again.
///
/// # Errors
/// When Real-Debrid or the database fails.
pub async fn read(
    client: &Client,
    store: &Store,
    clock: &Clock,
    metrics: &Metrics,
    user: i64,
    task: &ContentsTask,
) -> Result<Read, SyncError> {
    let read = ask(client, store, clock, user, task).await;
    metrics.contents_read(match &read {
        Ok(Read::Stored) => Reading::Stored,
        Ok(Read::Outdated) => Reading::Outdated,
        Ok(Read::Unknown) => Reading::Unknown,
        // Called off by a run: it is asked again after it.
        Err(SyncError::RealDebrid(real_debrid::Error::Stopped)) => return read,
        Err(_) => Reading::Failed,
    });
    read
}

async fn ask(client: &Client, store: &Store, clock: &Clock, user: i64, task: &ContentsTask) -> Result<Read, SyncError> {
    let Some(contents) = client.torrent_info(&task.real_debrid_id).await? else { return Ok(Read::Unknown) };
    let stored = store.put_contents(user, task, &contents.files, clock.now()).await?;
    Ok(if stored { Read::Stored } else { Read::Outdated })
}

/// Sees to it that every account's contents are read, for ever; drop it to end it. Does nothing when the engine's
/// options say so.
pub async fn keep(engine: Engine, store: Store, clock: Clock) {
    if !engine.options().contents {
        return std::future::pending().await;
    }
    loop {
        clock.sleep(engine.options().tick).await;
        let due = match store.contents_accounts(times(clock.now())).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = ?error, "it is not known whose contents are to be read");
                continue;
            }
        };
        for user in due {
            if let Err(error) = engine.read_contents(user).await {
                tracing::warn!(user, %error, "the contents of torrents are not read");
            }
        }
    }
}

fn times(now: Timestamp) -> ContentsTimes {
    ContentsTimes { now, last_retry: now.plus_millis(DAY), stale_before: now.plus_millis(-STALE_AFTER) }
}

/// When a torrent that failed is tried again.
fn retry_at(task: &ContentsTask, now: Timestamp) -> Timestamp {
    let wait = usize::try_from(task.attempts).ok().and_then(|attempts| RETRIES.get(attempts));
    now.plus_millis(wait.map_or(DAY, |wait| i64::try_from(wait.as_millis()).unwrap_or(DAY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torrent_that_fails_is_tried_again_after_1_5_and_30_minutes_2_hours_and_then_daily() {
        let task = |attempts| ContentsTask {
            file: 1,
            real_debrid_id: "A".to_owned(),
            fingerprint: 1,
            is_unread: true,
            attempts,
        };
        let now = Timestamp::from_millis(7);
        let minutes = [0, 1, 2, 3, 4, 99].map(|attempts| (retry_at(&task(attempts), now).as_millis() - 7) / 60_000);
        assert_eq!(minutes, [1, 5, 30, 120, 1_440, 1_440]);
        assert!(retry_at(&task(99), now) <= times(now).last_retry, "it would be taken for a time set back");
    }
}
