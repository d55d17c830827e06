//! Automatic runs: on the server, whether or not a browser is open.
//!
//! When an account is due follows from what is stored of its last runs, and is asked again and again: it needs no timer
//! per account and survives restarts, a sleeping machine and a clock that is set, because nothing is remembered between
//! two questions.

use super::{Engine, StartRequest};
use crate::{
    clock::Clock,
    domain::{StartedBy, Timestamp},
    store::{Failure, Schedule, Store},
};

const MINUTE: i64 = 60_000;
/// By how much the clocks of two servers on one database may differ.
pub(super) const SKEW: i64 = 5 * MINUTE;
/// The first wait after a failure, unless the interval is shorter; it doubles with every further one …
const FIRST_RETRY: i64 = 5 * MINUTE;
/// … up to this.
const LONGEST_RETRY: i64 = 60 * MINUTE;
/// How long a failure that only the user can mend is left alone. One question a day harms nobody and finds a token that
/// works again.
const LASTING: i64 = 24 * 60 * MINUTE;
/// Runs start up to a tenth of their interval late, and never more than this, so that many accounts do not all ask at
/// the same moment.
const MOST_JITTER: i64 = 5 * MINUTE;

/// When the next automatic run of an account comes. A time in the past means now. `skew` is by how many milliseconds the
/// clock that tells when the account signed in may differ from the one that tells when its last run started.
pub fn next_run(schedule: &Schedule, now: Timestamp, skew: i64) -> Timestamp {
    let ended = schedule.ended.unwrap_or(schedule.started);
    // The clock was set back: when the last run was is not known any more. A little ahead may be the clock of the server
    // that worked on it.
    if ended.millis_since(now) > SKEW || schedule.started.millis_since(now) > SKEW {
        return now;
    }
    let interval = schedule.interval.saturating_mul(MINUTE);
    let usual = schedule.started.plus_millis(interval + jitter(schedule, interval));
    // A new token is a new beginning, also one that came while the run still asked with the old. A time in the future is
    // from before the clock was set back. Where clocks may differ it is in doubt which came first, and a token that is taken
    // for new costs a run at the usual interval, or a few; one that is not costs a day.
    let skew = if schedule.failure == Some(Failure::Lasting) { skew } else { 0 };
    let is_new = (1 - skew..=now.millis_since(schedule.started) + skew)
        .contains(&schedule.token_since.millis_since(schedule.started));
    match schedule.failure.filter(|_| !is_new) {
        None => usual,
        Some(Failure::Lasting) => ended.plus_millis(LASTING.max(interval)),
        Some(Failure::Temporary) => {
            let doublings = u32::try_from((schedule.failures - 1).clamp(0, 16)).unwrap_or(16);
            let wait = FIRST_RETRY.min(interval).saturating_mul(1 << doublings);
            let wait = wait.min(LONGEST_RETRY);
            ended.plus_millis(wait + jitter(schedule, wait))
        }
    }
}

/// By how many milliseconds the clocks of those who write into this database may differ.
pub fn skew(store: &Store) -> i64 {
    if store.is_shared() { SKEW } else { 0 }
}

/// The same for the same run, whoever asks and however often.
fn jitter(schedule: &Schedule, wait: i64) -> i64 {
    let seed = schedule.user.wrapping_mul(0x9E37_79B9).wrapping_add(schedule.run).wrapping_mul(0x85EB_CA6B);
    let most = (wait / 10).clamp(1, MOST_JITTER);
    (seed ^ (seed >> 15)).rem_euclid(most)
}

/// Starts the runs that are due, for ever; drop it to end it.
pub async fn keep(engine: Engine, store: Store, clock: Clock) {
    loop {
        clock.sleep(engine.options().tick).await;
        let schedules = match store.schedules(None).await {
            Ok(schedules) => schedules,
            Err(error) => {
                tracing::warn!(error = ?error, "it is not known which accounts are due");
                continue;
            }
        };
        let now = clock.now();
        for schedule in schedules.into_iter().filter(|schedule| next_run(schedule, now, skew(&store)) <= now) {
            let user = schedule.user;
            // Another server may have started one meanwhile, and ended it.
            let after = Some(schedule.run);
            let request = StartRequest { started_by: StartedBy::Schedule, after, ..StartRequest::default() };
            match engine.start(user, &request).await {
                Ok(status) => tracing::debug!(user, run = status.id, "an automatic run starts"),
                // Somebody was faster, or the server is stopping.
                Err(error) => tracing::info!(user, %error, "an automatic run does not start"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: i64 = 1_000_000_000_000;

    fn schedule(interval: i64, failure: Option<Failure>, failures: i64) -> Schedule {
        Schedule {
            user: 1,
            interval,
            token_since: Timestamp::from_millis(0),
            run: 7,
            started: Timestamp::from_millis(ENDED - 20_000),
            ended: Some(Timestamp::from_millis(ENDED)),
            failure,
            failures,
        }
    }

    /// Milliseconds from the end of the last run to the next.
    fn wait(schedule: &Schedule) -> i64 {
        let ended = Timestamp::from_millis(ENDED);
        next_run(schedule, ended, 0).millis_since(ended)
    }

    #[test]
    fn d2_the_next_run_comes_an_interval_after_the_last_and_at_most_a_tenth_late() {
        let mut seen = std::collections::BTreeSet::new();
        for run in 1..200 {
            let wait = wait(&Schedule { run, ..schedule(30, None, 0) }) + 20_000;
            assert!((30 * MINUTE..33 * MINUTE).contains(&wait), "{wait}");
            seen.insert(wait);
        }
        assert!(seen.len() > 50, "hardly any jitter: {seen:?}");
        assert!(wait(&schedule(10_080, None, 0)) < 10_080 * MINUTE + MOST_JITTER);
        assert!(wait(&schedule(1, None, 0)) + 20_000 < MINUTE + 6_000);
    }

    #[test]
    fn d2_e5_after_failures_it_tries_soon_and_then_ever_more_rarely() {
        let waits: Vec<i64> =
            (1..=7).map(|failures| wait(&schedule(30, Some(Failure::Temporary), failures)) / MINUTE).collect();
        for (wait, least) in waits.iter().zip([5, 10, 20, 40, 60, 60, 60]) {
            assert!((least..=least + least / 10).contains(wait), "{waits:?}");
        }
        assert!(wait(&schedule(1, Some(Failure::Temporary), 1)) < 2 * MINUTE, "a short interval waited longer");
        let daily = wait(&schedule(1_440, Some(Failure::Temporary), 1));
        assert!(daily < 6 * MINUTE, "a daily sync waited a day for a moment's failure: {daily}");
    }

    #[test]
    fn e4_what_only_the_user_can_mend_is_left_alone_for_a_day_or_until_there_is_a_new_token() {
        let refused = schedule(30, Some(Failure::Lasting), 1);
        assert_eq!(wait(&refused), LASTING);
        let renewed = |since| Schedule { token_since: Timestamp::from_millis(since), ..refused };
        assert!(wait(&renewed(ENDED)) < 33 * MINUTE);
        assert!(wait(&renewed(ENDED - 10_000)) < 33 * MINUTE, "a token that came during the run went unnoticed");
        assert_eq!(wait(&renewed(ENDED + 86_400_000)), LASTING, "a token from the future gives no rest any more");
    }

    #[test]
    fn e4_where_clocks_differ_a_token_that_may_be_new_is_taken_for_new_for_a_few_runs() {
        let started = ENDED - 20_000;
        let wait = |failure, since, now| {
            let schedule = Schedule { token_since: Timestamp::from_millis(since), ..schedule(30, Some(failure), 3) };
            next_run(&schedule, Timestamp::from_millis(now), SKEW).as_millis() - ENDED
        };
        // The run failed by a clock that is up to five minutes ahead of that of the sign-in, and the other way round.
        for since in [started - 2 * MINUTE, started - SKEW + 1, started, ENDED, ENDED + SKEW] {
            assert!(wait(Failure::Lasting, since, ENDED) < 33 * MINUTE, "{}", since - started);
        }
        for since in [started - SKEW, started - 24 * 60 * MINUTE, ENDED + SKEW + 1] {
            assert_eq!(wait(Failure::Lasting, since, ENDED), LASTING, "{}", since - started);
        }
        let soon = wait(Failure::Temporary, started - 2 * MINUTE, ENDED) / MINUTE;
        assert!((20..=22).contains(&soon), "the third failure in a row is no longer one of them: {soon}");
        // One token that is refused for good: how often it is asked in a day, however short the interval.
        for interval in [1, 5, 30] {
            let (mut now, mut runs) = (ENDED, 0);
            let token_since = Timestamp::from_millis(ENDED);
            while now < ENDED + 12 * 60 * MINUTE {
                let started = Timestamp::from_millis(now);
                let failed = Schedule {
                    token_since,
                    started,
                    ended: Some(started),
                    run: runs,
                    ..schedule(interval, Some(Failure::Lasting), 1)
                };
                now = next_run(&failed, started, SKEW).as_millis();
                runs += 1;
            }
            assert!(runs <= SKEW / (interval * MINUTE) + 2, "{runs} runs at {interval} min");
        }
    }

    #[test]
    fn d2_a_clock_that_was_set_back_does_not_put_the_next_run_off() {
        let now = Timestamp::from_millis(ENDED - 86_400_000);
        assert_eq!(next_run(&schedule(30, None, 0), now, 0), now);
        let started_ahead = Schedule { started: Timestamp::from_millis(ENDED + 86_400_000), ..schedule(30, None, 0) };
        let now = Timestamp::from_millis(ENDED + 1);
        assert_eq!(next_run(&started_ahead, now, 0), now, "a run that started ahead of time stops all others");
    }
}
