//! A point in time.
//!
//! Written out and not taken from a crate, because the browser needs it too, and there a calendar library weighs ten
//! kilobytes (brotli) of the first page's budget.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

const DAY: i64 = 86_400_000;
/// From the first day of the year 0 to the epoch.
const EPOCH: i64 = 719_468;
/// Days of the 400 years after which the calendar repeats.
const ERA: i64 = 146_097;

/// Milliseconds since 1970-01-01T00:00:00Z; on the outside an ISO-8601 string in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(description = "A time in UTC, with milliseconds.", value_type = String, format = DateTime, examples("2026-11-24T09:30:00.000Z")))]
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
        let (year, month, day) = date_of(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", of_day % 1_000)
    }
}

/// The text is no ISO-8601 time with an offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time like 2026-11-24T09:30:00.000Z")]
pub struct NotATime(String);

impl FromStr for Timestamp {
    type Err = NotATime;

    /// Reads RFC 3339: any number of decimals, of which three are kept, and `Z` or an offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self).ok_or_else(|| NotATime(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let marks = [(4, b"--"), (7, b"--"), (10, b"Tt"), (13, b"::"), (16, b"::")];
    if !marks.iter().all(|(place, any)| bytes.get(*place).is_some_and(|byte| any.contains(byte))) {
        return None;
    }
    let (year, month, day) = (number(text, 0, 4, 9_999)?, number(text, 5, 7, 12)?, number(text, 8, 10, 31)?);
    let (hour, minute, second) = (number(text, 11, 13, 23)?, number(text, 14, 16, 59)?, number(text, 17, 19, 60)?);
    let days = days_of(year, month, day);
    if date_of(days) != (year, month, day) {
        return None;
    }
    let (decimals, zone) = match text.get(19..)?.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("000", text.get(19..)?),
    };
    let millis = decimals.bytes().chain(*b"00").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let offset = match zone.as_bytes() {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let minutes = number(zone, 1, 3, 23)? * 60 + number(zone, 4, 6, 59)?;
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return None,
    };
    // A leap second counts as the last millisecond before it, as the epoch has no room for it.
    let (second, millis) = if second == 60 { (59, 999) } else { (second, millis) };
    (!decimals.is_empty()).then_some(days * DAY + ((hour * 60 + minute - offset) * 60 + second) * 1_000 + millis)
}

/// The digits from `from` to `to`, when they are digits and at most `max`.
fn number(text: &str, from: usize, to: usize, max: i64) -> Option<i64> {
    let digits = text.get(from..to)?;
    let value = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    (value <= max).then_some(value)
}

/// Year, month and day of a day since the epoch, in the proleptic Gregorian calendar. Years begin in March here, so
/// that the leap day is the last of its year.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// The day since the epoch of a date.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
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
    fn every_day_of_eight_centuries_survives_its_text() {
        // From 1600-01-01, whose day before 1970 is known, to 2400.
        for day in -135_140..157_054 {
            let moment = Timestamp::from_millis(day * DAY + 1);
            assert_eq!(moment.to_string().parse(), Ok(moment), "day {day}");
        }
    }

    #[test]
    fn decimals_may_be_any_number() {
        for (text, millis) in [("", 0), (".5", 500), (".042", 42), (".123456789", 123)] {
            let moment = format!("1970-01-01T00:00:00{text}Z");
            assert_eq!(moment.parse(), Ok(Timestamp::from_millis(millis)), "{moment}");
        }
    }

    #[test]
    fn dates_and_times_that_do_not_exist_are_refused() {
        for text in [
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-10T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.Z",
            "2024-01-01 00:00:00Z",
            "2024-1-1T00:00:00Z",
            "2024-01-01T00:00:00+2:00",
            "2024-01-01T00:00:00Zulu",
            "+024-01-01T00:00:00Z",
            "２024-01-01T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn text_that_is_no_time_is_refused_by_name() {
        let refusal = "yesterday".parse::<Timestamp>().map_err(|error| error.to_string());
        assert_eq!(refusal, Err("“yesterday” is not a time like 2026-11-24T09:30:00.000Z".to_owned()));
    }
}
