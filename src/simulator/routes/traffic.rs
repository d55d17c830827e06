//! `/traffic`: what hosters still give today, and what was taken. Both follow from the rows of `/downloads`.

use super::Call;
use crate::{
    domain::Timestamp,
    simulator::{answer::Answer, json::PhpMap},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime, macros::format_description};

const DAY: i64 = 24 * 3_600_000;
/// The longest span that may be asked for.
const MOST_DAYS: i64 = 31;

/// What a hoster gives.
#[derive(Clone, Copy)]
enum Limit {
    /// So many gigabytes a day.
    Gigabytes(i64),
    /// So many links a week.
    Links(i64),
    /// As much as is left, of which nothing more is known.
    Bytes(i64),
}

const LIMITED: [(&str, Limit); 3] = [
    ("bigfilebarn.example", Limit::Gigabytes(50)),
    ("upturnip.example", Limit::Links(20)),
    ("sharecrate.example", Limit::Bytes(5_368_709_120)),
];

/// Links and bytes that were taken from `host` in the last `days`.
fn taken(call: &Call<'_>, host: &str, days: i64) -> (i64, i64) {
    let since = call.now.plus_millis(-days * DAY);
    let rows = call.account.library.downloads().iter().take_while(|row| row.generated >= since);
    rows.filter(|row| row.host == host).fold((0, 0), |(links, bytes), row| (links + 1, bytes + row.filesize))
}

fn left_of(call: &Call<'_>, host: &str, limit: Limit) -> i64 {
    match limit {
        Limit::Gigabytes(most) => ((most << 30) - taken(call, host, 1).1).max(0),
        Limit::Links(most) => (most - taken(call, host, 7).0).max(0),
        Limit::Bytes(left) => left,
    }
}

/// Whether `host` gives nothing more for now, which is code 23.
pub(super) fn is_spent(call: &Call<'_>, host: &str) -> bool {
    let limit = LIMITED.iter().find(|(limited, _)| *limited == host).filter(|_| call.knobs.limited_hosters);
    limit.is_some_and(|(_, limit)| left_of(call, host, *limit) == 0)
}

/// `GET /traffic`.
pub(super) fn left(call: &mut Call<'_>) -> Answer {
    let limited = if call.knobs.limited_hosters { LIMITED.as_slice() } else { &[] };
    let show = |host: &str, limit| {
        let left = left_of(call, host, limit);
        let row = |kind, most, days, reset| {
            let (links, bytes) = taken(call, host, days);
            json!({
                "left": left, "bytes": bytes, "links": links, "limit": most, "type": kind, "extra": 0, "reset": reset,
            })
        };
        match limit {
            Limit::Gigabytes(most) => row("gigabytes", most, 1, "daily"),
            Limit::Links(most) => row("links", most, 7, "weekly"),
            // Nothing but these two was seen for some hosters.
            Limit::Bytes(_) => json!({ "left": left, "type": "bytes" }),
        }
    };
    let rows: Vec<(String, Value)> =
        limited.iter().map(|(host, limit)| ((*host).to_owned(), show(host, *limit))).collect();
    call.json(200, &PhpMap(rows))
}

/// What was taken on one day.
#[derive(Default, Serialize)]
struct Taken {
    host: BTreeMap<String, i64>,
    bytes: i64,
}

/// `GET /traffic/details`: newest day first, without the days on which nothing was taken.
pub(super) fn details(call: &mut Call<'_>) -> Answer {
    let asked = |name| call.query(name).filter(|text| !text.is_empty()).map(|text| day(text).ok_or(2)).transpose();
    let (start, end) = match (asked("start"), asked("end")) {
        (Ok(start), Ok(end)) => (start, end),
        (Err(code), _) | (_, Err(code)) => return call.refuse(code),
    };
    let end = end.unwrap_or_else(|| call.now.as_millis().div_euclid(DAY));
    let start = start.unwrap_or(end - 6);
    if start > end || end - start >= MOST_DAYS {
        return call.refuse(2);
    }
    let mut days: BTreeMap<i64, Taken> = BTreeMap::new();
    for row in call.account.library.downloads() {
        let day = row.generated.as_millis().div_euclid(DAY);
        if (start..=end).contains(&day) && row.filesize > 0 {
            let taken = days.entry(day).or_default();
            *taken.host.entry(row.host.clone().into_owned()).or_default() += row.filesize;
            taken.bytes += row.filesize;
        }
    }
    let rows = days.into_iter().rev();
    call.json(
        200,
        &PhpMap(
            rows.map(|(day, taken)| (Timestamp::from_millis(day * DAY).to_string()[..10].to_owned(), taken)).collect(),
        ),
    )
}

/// `YYYY-MM-DD` as the number of days since 1970.
fn day(text: &str) -> Option<i64> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    Some((date - OffsetDateTime::UNIX_EPOCH.date()).whole_days())
}
