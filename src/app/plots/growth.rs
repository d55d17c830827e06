//! How the library grew: its files, and the space they take with what of it duplicates hold.

use super::{
    canvas::Ink,
    lines::{self, Line},
    numbers::{files as some_files, real, unit},
};
use crate::{
    app::{
        components::chart::{Chart, Table},
        format,
    },
    domain::{
        LibrarySize, Timestamp,
        units::{bytes, count},
    },
};

/// Files over time.
pub(super) fn files(growth: &[LibrarySize]) -> Chart {
    let id = "plot-files";
    let points: Vec<(i64, f64)> = growth.iter().map(|size| (size.at.as_millis(), real(size.files))).collect();
    let (words, drawings) = match growth {
        [first, .., last] if first.at < last.at => {
            let label = some_files(last.files);
            let line = Line { ink: Ink::Line, label, points };
            let words = format!(
                "{} after the last sync: {} since {}.",
                some_files(last.files),
                difference(last.files - first.files, count),
                since(first.at, last.at)
            );
            (words, lines::draw(id, &[line], ""))
        }
        _ => (alone(growth, |size| Some(some_files(size.files))), None),
    };
    let rows = growth.iter().rev().map(|size| vec![format::minute(size.at), count(size.files)]).collect();
    let table = Table { columns: vec!["Sync that ended".to_owned(), "Files".to_owned()], rows };
    Chart { id: id.to_owned(), title: "Files over time".to_owned(), words, drawings, table }
}

/// Space over time, as far back as it was counted.
pub(super) fn space(growth: &[LibrarySize]) -> Chart {
    let id = "plot-space";
    let counted: Vec<(Timestamp, i64, i64)> = growth
        .iter()
        .filter_map(|size| Some((size.at, size.bytes?, size.duplicates.map_or(0, |held| held.bytes))))
        .collect();
    let (words, drawings) = match counted.as_slice() {
        [(from, before, _), .., (to, now, held)] if from < to => {
            let (unit, scale) = unit(counted.iter().map(|(_, all, _)| *all).max().unwrap_or_default());
            let points = |of: fn(&(Timestamp, i64, i64)) -> i64| -> Vec<(i64, f64)> {
                counted.iter().map(|sync| (sync.0.as_millis(), real(of(sync)) / scale)).collect()
            };
            let all = Line { ink: Ink::Line, label: format!("all {}", bytes(*now)), points: points(|sync| sync.1) };
            let mut drawn = vec![all];
            if counted.iter().any(|(_, _, held)| *held > 0) {
                let label = format!("duplicates {}", bytes(*held));
                drawn.push(Line { ink: Ink::Dashes, label, points: points(|sync| sync.2) });
            }
            let words = format!(
                "{} after the last sync: {} since {}. Duplicates hold {} of it.",
                bytes(*now),
                difference(now.saturating_sub(*before), bytes),
                since(*from, *to),
                bytes(*held)
            );
            (words, lines::draw(id, &drawn, unit))
        }
        _ => (alone(growth, |size| size.bytes.map(bytes)), None),
    };
    let rows = counted.iter().rev().map(|(at, all, held)| vec![format::minute(*at), bytes(*all), bytes(*held)]);
    let columns = ["Sync that ended", "Space", "Held by duplicates"].map(str::to_owned).into();
    let table = Table { columns, rows: rows.collect() };
    Chart { id: id.to_owned(), title: "Space over time".to_owned(), words, drawings, table }
}

/// What there is to say of one point, or of none.
fn alone(growth: &[LibrarySize], said: impl Fn(&LibrarySize) -> Option<String>) -> String {
    match growth.iter().rev().find_map(|size| Some((size.at, said(size)?))) {
        Some((at, now)) => format!("{now} on {}. The line begins with the next sync.", format::day(at)),
        None => "This is counted from the next sync on.".to_owned(),
    }
}

fn difference(change: i64, said: impl Fn(i64) -> String) -> String {
    match change {
        0 => "unchanged".to_owned(),
        1.. => format!("{} more", said(change)),
        _ => format!("{} less", said(change.saturating_neg())),
    }
}

/// The beginning of a span of time.
fn since(first: Timestamp, last: Timestamp) -> String {
    if format::day(first) == format::day(last) { format::time_of_day(first) } else { format::day(first) }
}
