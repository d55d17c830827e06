//! A point in time.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};
use time::{
    OffsetDateTime, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

const ISO_MILLISECONDS: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since 1970-01-01T00:00:00Z; on the outside an ISO-8601 string in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This time, `millis` later (or earlier when negative); saturates at the ends.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this time; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|moment| moment.format(ISO_MILLISECONDS).ok())
            .ok_or(fmt::Error)?;
        f.write_str(&text)
    }
}

/// The text is no ISO-8601 time with an offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time like 2026-11-24T09:30:00.000Z")]
pub struct NotATime(String);

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment =
            OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATime(text.to_owned()))?.to_offset(UtcOffset::UTC);
        i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000))
            .map(Self)
            .map_err(|_| NotATime(text.to_owned()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_iso_8601_with_milliseconds_and_read_back() {
        let moment = Timestamp::from_millis(1_727_429_111_042);
        assert_eq!(moment.to_string(), "2024-09-27T09:25:11.042Z");
        assert_eq!("2024-09-27T09:25:11.042Z".parse(), Ok(moment));
    }

    #[test]
    fn an_offset_is_converted_to_utc() {
        assert_eq!("2024-09-27T11:25:11+02:00".parse(), Ok(Timestamp::from_millis(1_727_429_111_000)));
    }

    #[test]
    fn text_that_is_no_time_is_refused_by_name() {
        let refusal = "yesterday".parse::<Timestamp>().map_err(|error| error.to_string());
        assert_eq!(refusal, Err("“yesterday” is not a time like 2026-11-24T09:30:00.000Z".to_owned()));
    }
}
