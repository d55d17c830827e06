//! `GET /time/iso`: the server's clock and its time zone.
//!
//! The offset is kept with every run, because Real-Debrid's dates may be server-local times that call themselves UTC.

use crate::domain::Timestamp;

/// What time it is at Real-Debrid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The moment, in UTC.
    pub utc: Timestamp,
    /// Minutes by which the server's local time is ahead of UTC.
    pub offset_minutes: i32,
}

/// Reads `2026-11-24T10:30:00+0100`, with or without a colon in the offset, or with `Z`; none when it is neither.
pub(super) fn read(text: &str) -> Option<ServerTime> {
    let text = text.trim().trim_matches('"');
    let (local, offset_minutes) = if let Some(local) = text.strip_suffix('Z') {
        (local, 0)
    } else {
        // The date before it has signs of its own.
        let sign = text.rfind(['+', '-']).filter(|place| *place > "2026-11-24".len())?;
        let (local, offset) = text.split_at(sign);
        (local, minutes(offset)?)
    };
    let as_if_utc: Timestamp = format!("{local}Z").parse().ok()?;
    Some(ServerTime { utc: as_if_utc.plus_millis(-i64::from(offset_minutes) * 60_000), offset_minutes })
}

fn minutes(offset: &str) -> Option<i32> {
    let digits: String = offset.get(1..)?.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let size = hours * 60 + minutes;
    (hours <= 14 && minutes < 60).then_some(if offset.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_read_with_and_without_a_colon() {
        for (text, offset_minutes) in [
            ("2026-07-24T11:30:00+0200", 120),
            ("2026-07-24T11:30:00+02:00", 120),
            ("2026-07-24T04:00:00-0530", -330),
            ("2026-07-24T09:30:00Z", 0),
            ("\"2026-07-24T09:30:00+0000\"\n", 0),
        ] {
            let utc = "2026-07-24T09:30:00Z".parse().expect("a time");
            assert_eq!(read(text), Some(ServerTime { utc, offset_minutes }), "{text}");
        }
    }

    #[test]
    fn what_has_no_offset_is_not_guessed() {
        for text in
            ["", "2026-07-24 09:30:00", "2026-07-24T09:30:00", "2026-07-24T09:30:00+2", "2026-07-24T09:30:00+9900"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
