//! What the status card says: pure functions of a status, so that server, browser and tests agree.

pub mod account;

use crate::domain::{
    ErrorCode, State, Stats, SyncStatus, Timestamp,
    units::{count, duration},
};

/// The badge.
pub const fn badge(state: State) -> &'static str {
    match state {
        State::Idle => "Idle",
        State::Running => "Running",
        State::Paused => "Paused",
        State::Completed => "Completed",
        State::Error => "Error",
    }
}

/// The word for styles.
pub const fn tone(state: State) -> &'static str {
    match state {
        State::Idle => "idle",
        State::Running => "running",
        State::Paused => "paused",
        State::Completed => "completed",
        State::Error => "error",
    }
}

/// The sentence on top: what is being done now, or what became of it.
pub fn headline(status: &SyncStatus) -> String {
    match status.status {
        State::Idle if status.id.is_some() => "Cancelled. What was stored until then is kept.".to_owned(),
        State::Idle if status.last_sync.is_none() => {
            "Nothing is stored yet. The first sync reads your whole library.".to_owned()
        }
        State::Idle => "Ready for the next sync.".to_owned(),
        State::Running if status.progress.current.is_empty() => "Starting…".to_owned(),
        State::Running => status.progress.current.clone(),
        State::Paused => "Paused. Resume goes on where it stopped.".to_owned(),
        State::Completed => summary(status),
        State::Error => "The last sync did not finish. What was stored until then is kept.".to_owned(),
    }
}

/// What a completed run came to.
pub fn summary(status: &SyncStatus) -> String {
    let changes = changes(&status.stats).unwrap_or_else(|| "nothing had changed".to_owned());
    let took = match took(status, None) {
        None => String::new(),
        Some(..1_000) => " in under a second".to_owned(),
        Some(millis) => format!(" in {}", duration(millis)),
    };
    format!("{} checked{took}: {changes}.{}", files(status.progress.processed), failed(status.stats.errors))
}

/// The same for where the rest of the page is not in sight.
pub fn changes_and_errors(status: &SyncStatus) -> String {
    let changes = changes(&status.stats).unwrap_or_else(|| "Nothing had changed".to_owned());
    format!("{changes}.{}", failed(status.stats.errors))
}

/// `12 added, 3 updated and 1 deleted`.
fn changes(counted: &Stats) -> Option<String> {
    let changes: Vec<String> = [(counted.added, "added"), (counted.updated, "updated"), (counted.deleted, "deleted")]
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", count(*number)))
        .collect();
    match changes.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

fn failed(errors: i64) -> String {
    match errors {
        0 => String::new(),
        1 => " 1 entry could not be stored; the next sync tries it again.".to_owned(),
        errors => format!(" {} entries could not be stored; the next sync tries them again.", count(errors)),
    }
}

/// `1 file`, `15,000 files`.
pub fn files(number: i64) -> String {
    if number == 1 { "1 file".to_owned() } else { format!("{} files", count(number)) }
}

/// `1 entry`, `15,000 entries`.
pub fn entries(number: i64) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{} entries", count(number)) }
}

/// `no duplicates`, `1 duplicate`, `15,000 duplicates`.
pub fn duplicates(number: i64) -> String {
    match number {
        0 => "No duplicates".to_owned(),
        1 => "1 duplicate".to_owned(),
        _ => format!("{} duplicates", count(number)),
    }
}

/// Milliseconds from the start of the run to its end, or to `now` while it goes on.
pub fn took(status: &SyncStatus, now: Option<i64>) -> Option<i64> {
    let started = status.timing.started?.as_millis();
    let ended = status.timing.ended.map(Timestamp::as_millis).or(now)?;
    Some(ended.saturating_sub(started).max(0))
}

/// The duration; on a page without a clock of its own, since when.
pub fn took_so_far(status: &SyncStatus, now: Option<i64>) -> String {
    match (took(status, now), status.timing.started) {
        (Some(millis), _) => duration(millis),
        (None, Some(started)) => format!("since {}", super::format::time_of_day(started)),
        (None, None) => "–".to_owned(),
    }
}

/// What a screen reader hears while a run is alive: it changes with the state and not with every tick. The end is told
/// by a toast, and not twice.
pub fn announcement(status: &SyncStatus) -> String {
    match status.status {
        State::Running => "Synchronisation is running.".to_owned(),
        State::Paused => headline(status),
        State::Idle | State::Completed | State::Error => String::new(),
    }
}

/// How often, from minutes: `every 30 minutes`, `every hour`, `every 2 days`.
pub fn every(minutes: i64) -> String {
    let (number, unit) = match minutes {
        ..60 => (minutes, "minute"),
        _ if minutes % 1_440 == 0 => (minutes / 1_440, "day"),
        _ if minutes % 60 == 0 => (minutes / 60, "hour"),
        _ => return format!("every {}", duration(minutes.saturating_mul(60_000))),
    };
    if number == 1 { format!("every {unit}") } else { format!("every {number} {unit}s") }
}

/// A time ahead in whole minutes, so that it does not count seconds for half an hour; the last minute in seconds.
pub fn roughly(millis: i64) -> String {
    let millis = millis.max(0);
    if millis < 60_000 { duration(millis) } else { duration(millis / 60_000 * 60_000) }
}

/// How long the code of a sign-in is good still.
pub fn code_left(millis: i64, is_reached: bool) -> String {
    let state = if is_reached {
        "Waiting for your approval."
    } else {
        "Real-Debrid does not answer at the moment; DMM keeps asking."
    };
    format!("{state} The code is valid for {} more.", duration(millis.max(0) / 1_000 * 1_000))
}

/// When a failed sync is tried again without anybody doing anything.
pub fn tries_again(status: &SyncStatus, now: Option<i64>) -> String {
    match (status.next_sync, now) {
        (None, _) => String::new(),
        (Some(next), None) => format!("DMM tries again by itself at {}.", super::format::time_of_day(next)),
        (Some(next), Some(now)) => {
            format!("DMM tries again by itself in {}.", roughly(next.as_millis().saturating_sub(now)))
        }
    }
}

/// The sentence for a refusal whose own sentence could not travel: after a form without WebAssembly.
pub const fn refusal(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest | ErrorCode::InvalidConfiguration => {
            "The form was incomplete or held a value DMM does not know. Check it and send it again."
        }
        ErrorCode::Unauthenticated => "Your sign-in has ended. Connect Real-Debrid again to go on.",
        ErrorCode::TokenRefused => {
            "Real-Debrid refused this token. Copy it again from real-debrid.com/apitoken, without spaces around it."
        }
        ErrorCode::SignInEnded => "That code has expired, was refused or was used. Get a new one to go on.",
        ErrorCode::NotAllowed => {
            "This Real-Debrid account may not use this server. Ask the person who runs it to add your user name."
        }
        ErrorCode::ForeignOrigin => {
            "The form came from another site, so nothing was done. Use the buttons on this page."
        }
        ErrorCode::NotFound => "That does not exist here, or not any more. Reload the page to see what does.",
        ErrorCode::MethodNotAllowed => "That address does not take this kind of request. Use the buttons on this page.",
        ErrorCode::TooLarge => "The form was larger than DMM accepts. Shorten it and send it again.",
        ErrorCode::TooManyAttempts => "There are too many sign-ins at the moment. Try again in a few minutes.",
        ErrorCode::TimedOut => "The request took too long. Try again.",
        ErrorCode::AlreadyRunning => "A sync is already running. Wait for it, or cancel it first.",
        ErrorCode::NotInThisState => {
            "The sync had moved on meanwhile, so nothing was done. The buttons show what is possible now."
        }
        ErrorCode::RealDebridUnavailable => {
            "Real-Debrid could not be reached. Check the server's internet connection, or try again in a minute."
        }
        ErrorCode::DatabaseUnavailable => "The database does not answer. Try again in a minute.",
        ErrorCode::Internal => "Something in DMM went wrong. Try again; if it stays, the server's log says more.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Progress, Timing};

    fn completed(stats: Stats) -> SyncStatus {
        SyncStatus {
            status: State::Completed,
            progress: Progress { total: 15_000, processed: 15_000, percentage: 100, ..Progress::default() },
            timing: Timing {
                started: Some(Timestamp::from_millis(0)),
                ended: Some(Timestamp::from_millis(4_200)),
                estimated_end: None,
            },
            stats,
            ..SyncStatus::default()
        }
    }

    #[test]
    fn c6_the_summary_names_only_what_happened() {
        let changed = completed(Stats { added: 12, deleted: 1, errors: 1, ..Stats::default() });
        assert_eq!(
            summary(&changed),
            "15,000 files checked in 4 s: 12 added and 1 deleted. 1 entry could not be stored; the next sync tries it again."
        );
        assert_eq!(summary(&completed(Stats::default())), "15,000 files checked in 4 s: nothing had changed.");
    }

    #[test]
    fn c2_a_running_sync_shows_its_step() {
        let mut status = SyncStatus { status: State::Running, ..SyncStatus::default() };
        assert_eq!(headline(&status), "Starting…");
        "Reading torrents".clone_into(&mut status.progress.current);
        assert_eq!(headline(&status), "Reading torrents");
    }

    #[test]
    fn an_interval_is_told_in_the_unit_that_fits() {
        let texts = [1, 30, 60, 90, 120, 1_440, 10_080].map(every);
        assert_eq!(
            texts.each_ref().map(String::as_str),
            [
                "every minute",
                "every 30 minutes",
                "every hour",
                "every 1 h 30 min",
                "every 2 hours",
                "every day",
                "every 7 days"
            ]
        );
    }

    #[test]
    fn an_announcement_stays_the_same_while_numbers_change() {
        let mut status = SyncStatus { status: State::Running, ..SyncStatus::default() };
        let before = announcement(&status);
        status.progress = Progress { processed: 40, percentage: 7, current: "Storing".to_owned(), total: 90 };
        assert_eq!(announcement(&status), before);
    }
}
