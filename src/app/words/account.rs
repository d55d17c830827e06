//! What the pages say of the Real-Debrid account: its pace, its waits, and the step that mends a failure.

use crate::{
    app::format,
    domain::{
        RequestPace, SyncStatus,
        units::{count, duration},
    },
};

/// What is said while nothing goes on until the user signs in again.
pub const RECONNECT: &str = "Real-Debrid no longer gives DMM access to this account, so nothing is synchronised. Your library \
    here is kept as it is; sign in again to go on.";

/// Requests left, of how many; on a page without a clock of its own, as the server last knew.
pub fn requests_left(pace: &RequestPace, now: Option<i64>) -> String {
    if pace.limit == 0 {
        return "–".to_owned();
    }
    format!("{} of {}/min", count(now.map_or(pace.left, |now| pace.left_at(now))), count(pace.limit))
}

/// What is being waited for, and for how long still; nothing of time while it is being tried again.
pub fn wait(pace: &RequestPace, now: Option<i64>) -> String {
    let Some(waiting) = &pace.waiting else { return "Nothing has to wait at the moment.".to_owned() };
    let time = match now {
        None => format!("until {}", format::time_of_day(waiting.until)),
        Some(now) if now >= waiting.until.as_millis() => return format!("Waiting: {}.", waiting.reason),
        // Begun seconds count, so that a wait that is not over never reads "0 s".
        Some(now) => duration(waiting.until.as_millis().saturating_sub(now).saturating_add(999)),
    };
    format!("Waiting {time}: {}.", waiting.reason)
}

/// Where a failure can be mended, when its sentence names a place that can be linked to: what the button says, and its
/// address.
pub fn remedy(status: &SyncStatus) -> Option<(&'static str, &'static str)> {
    let error = status.error.as_deref()?;
    if error.contains("Connection page") {
        Some(("Sign in again", "/connection"))
    } else if error.contains("on real-debrid.com") {
        Some(("Open real-debrid.com", "https://real-debrid.com/"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Timestamp, Waiting};

    fn waiting(until: i64) -> RequestPace {
        let waiting =
            Waiting { reason: "Real-Debrid asked us to slow down".to_owned(), until: Timestamp::from_millis(until) };
        RequestPace { limit: 250, left: 0, full_at: Some(Timestamp::from_millis(70_000)), waiting: Some(waiting) }
    }

    #[test]
    fn f6_the_requests_left_are_told_and_become_all_by_themselves() {
        assert_eq!(requests_left(&RequestPace::default(), Some(5)), "–");
        assert_eq!(requests_left(&waiting(1), None), "0 of 250/min");
        assert_eq!(
            [69_999, 70_000].map(|now| requests_left(&waiting(1), Some(now))),
            ["0 of 250/min", "250 of 250/min"]
        );
    }

    #[test]
    fn c2_a_wait_counts_down_and_never_reads_no_seconds() {
        assert_eq!(wait(&RequestPace::default(), Some(5)), "Nothing has to wait at the moment.");
        let told = [0, 1_000, 11_999].map(|now| wait(&waiting(12_000), Some(now)));
        assert_eq!(
            told,
            ["12 s", "11 s", "1 s"].map(|time| format!("Waiting {time}: Real-Debrid asked us to slow down."))
        );
        assert_eq!(wait(&waiting(12_000), Some(12_000)), "Waiting: Real-Debrid asked us to slow down.");
        assert_eq!(wait(&waiting(0), None), "Waiting until 00:00 UTC: Real-Debrid asked us to slow down.");
    }

    #[test]
    fn e4_a_failure_that_a_page_can_mend_leads_there() {
        let of = |error: &str| remedy(&SyncStatus { error: Some(error.to_owned()), ..SyncStatus::default() });
        assert_eq!(remedy(&SyncStatus::default()), None);
        assert_eq!(of("The database does not answer: try again in a minute."), None);
        assert_eq!(
            of("Refused: sign in again on the Connection page.").map(|(_, address)| address),
            Some("/connection")
        );
        assert_eq!(of("Blocked: confirm it on real-debrid.com.").map(|(label, _)| label), Some("Open real-debrid.com"));
    }
}
