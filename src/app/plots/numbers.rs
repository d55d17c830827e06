//! Numbers as plots and their sentences say them.

use crate::domain::units;

/// A part of a whole: `7.2 %`, and never 0 or 100 for what is not.
pub(super) fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 || part <= 0 {
        return "0 %".to_owned();
    }
    if part >= whole {
        return "100 %".to_owned();
    }
    match (i128::from(part) * 1_000 + i128::from(whole) / 2) / i128::from(whole) {
        ..1 => "under 0.1 %".to_owned(),
        1_000.. => "over 99.9 %".to_owned(),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// `1 file`, `15,000 files`.
pub(super) fn files(count: i64) -> String {
    crate::app::words::files(count)
}

/// The unit in which so many bytes are a small number, with its size.
pub(super) fn unit(bytes: i64) -> (&'static str, f64) {
    let mut unit = ("B", 1.0);
    let mut size = 1.0;
    for name in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
        size *= 1024.0;
        if real(bytes) < size {
            break;
        }
        unit = (name, size);
    }
    unit
}

/// A place on an axis.
#[expect(clippy::cast_precision_loss, reason = "a plot is less exact than 53 bits")]
pub(super) fn real(number: i64) -> f64 {
    number as f64
}

/// A number of an axis without decimals that say nothing: `12`, `12.5`, `15,000`.
#[expect(clippy::cast_possible_truncation, reason = "numbers of an axis are far below 2^63")]
pub(super) fn tick(number: f64) -> String {
    let hundredths = (number * 100.0).round() as i64;
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match (rest, rest % 10) {
        (0, _) => units::count(whole),
        (_, 0) => format!("{}.{}", units::count(whole), rest / 10),
        _ => format!("{}.{rest:02}", units::count(whole)),
    }
}

/// `part` of `whole` of a length, at least `least` for anything at all.
pub(super) fn part(length: i32, part: i64, whole: i64, least: i32) -> i32 {
    if part <= 0 || whole <= 0 {
        return 0;
    }
    let scaled = i128::from(length) * i128::from(part.min(whole)) / i128::from(whole);
    i32::try_from(scaled).unwrap_or(length).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_never_rounded_to_nothing_or_to_all() {
        let texts = [(0, 9), (1, 100_000), (1, 3), (99_999, 100_000), (9, 9)].map(|(part, whole)| percent(part, whole));
        assert_eq!(texts.each_ref().map(String::as_str), ["0 %", "under 0.1 %", "33.3 %", "over 99.9 %", "100 %"]);
        assert_eq!((part(200, 1, 1_000_000, 2), part(200, 0, 9, 2), part(200, 9, 9, 2)), (2, 0, 200));
    }

    #[test]
    fn numbers_of_an_axis_have_only_the_decimals_they_need() {
        assert_eq!([0.0, 12.0, 12.5, 0.25, 15_000.0].map(tick), ["0", "12", "12.5", "0.25", "15,000"]);
        assert_eq!((unit(0).0, unit(1_023).0, unit(1_048_576).0, unit(3_518_437_208_883).0), ("B", "B", "MiB", "TiB"));
    }
}
