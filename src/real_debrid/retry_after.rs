//! The `Retry-After` header: how long the server wants to be left alone.

use crate::domain::Timestamp;
use std::time::Duration;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

/// Longer than this is not waited for in one go: asking once an hour is no burden to anybody.
const LONGEST: Duration = Duration::from_hours(1);
/// A server that says "now" has just refused.
const SHORTEST: Duration = Duration::from_secs(1);

/// Seconds or an HTTP date, between 1 s and 1 h; none when it is neither.
pub(super) fn read(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let moment = OffsetDateTime::parse(value, &Rfc2822).ok()?;
        let millis = moment.unix_timestamp().checked_mul(1000)?.saturating_sub(now.as_millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    };
    Some(wait.clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at_half_past_nine(value: &str) -> Option<u64> {
        let now = "2026-11-24T09:30:00Z".parse().expect("a time");
        read(value, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_http_dates_are_understood() {
        assert_eq!(read_at_half_past_nine("12"), Some(12));
        assert_eq!(read_at_half_past_nine("Tue, 24 Nov 2026 09:30:45 GMT"), Some(45));
    }

    #[test]
    fn a_wait_is_never_shorter_than_a_second_nor_longer_than_an_hour() {
        assert_eq!(read_at_half_past_nine("0"), Some(1));
        assert_eq!(read_at_half_past_nine("Tue, 24 Nov 2026 09:00:00 GMT"), Some(1));
        assert_eq!(read_at_half_past_nine("86400"), Some(3600));
    }

    #[test]
    fn anything_else_is_as_if_it_were_not_there() {
        for value in ["", "soon", "-5", "2026-11-24"] {
            assert_eq!(read_at_half_past_nine(value), None, "{value}");
        }
    }
}
