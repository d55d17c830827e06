//! Times as people read them: exact ones in UTC, as the server writes them, and how long ago.

use crate::domain::Timestamp;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day: `24 Nov 2026`, in UTC.
pub fn day(moment: Timestamp) -> String {
    let iso = moment.to_string();
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
    let month = part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    format!("{} {} {}", part(8, 10).trim_start_matches('0'), month.unwrap_or(&"?"), part(0, 4))
}

/// A time of today: `20:53 UTC`.
pub fn time_of_day(moment: Timestamp) -> String {
    format!("{} UTC", moment.to_string().get(11..16).unwrap_or_default())
}

/// A minute: `24 Nov 2026, 20:53 UTC`.
pub fn minute(moment: Timestamp) -> String {
    format!("{}, {}", day(moment), time_of_day(moment))
}

/// How long ago, in one unit, so that it changes seldom.
pub fn ago(millis: i64) -> String {
    let some = |count: i64, unit: &str| format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" });
    match millis / 60_000 {
        ..1 => "less than a minute ago".to_owned(),
        minutes @ 1..60 => some(minutes, "minute"),
        minutes @ 60..2_880 => some(minutes / 60, "hour"),
        minutes => some(minutes / 1_440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_time_names_its_zone() {
        let moment = Timestamp::from_millis(1_727_429_111_042);
        assert_eq!(minute(moment), "27 Sep 2024, 09:25 UTC");
        assert_eq!(day(Timestamp::from_millis(0)), "1 Jan 1970");
    }

    #[test]
    fn how_long_ago_is_told_in_one_unit() {
        let texts = [-5, 59_999, 60_000, 3_540_000, 7_200_000, 172_800_000].map(ago);
        assert_eq!(
            texts.each_ref().map(String::as_str),
            [
                "less than a minute ago",
                "less than a minute ago",
                "1 minute ago",
                "59 minutes ago",
                "2 hours ago",
                "2 days ago"
            ]
        );
    }
}
