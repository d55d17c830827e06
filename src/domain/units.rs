//! Sizes, counts and durations as people read them.

/// Bytes in binary units with one decimal: `0 B`, `1023 B`, `1.0 KiB`, `3.2 TiB`.
pub fn bytes(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // In tenths of the unit and in whole numbers, so that 1023.96 KiB is not printed as "1024.0 KiB".
    let mut tenths = i128::from(bytes) * 10;
    let mut unit = "B";
    for next in UNITS {
        if tenths < 10 * 1024 - 5 {
            break;
        }
        tenths = (tenths + 512) / 1024;
        unit = next;
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A count with thin grouping: `1,234,567`.
pub fn count(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if count < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in at most two units: `0 s`, `59 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`.
pub fn duration(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let two = |large: i64, large_unit: &str, small: i64, small_unit: &str| {
        if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_the_largest_unit_that_leaves_a_whole_part() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_048_575, "1.0 MiB"),
            (1_373_366_001, "1.3 GiB"),
            (3_518_437_208_883, "3.2 TiB"),
            (i64::MAX, "8.0 EiB"),
        ];
        for (size, text) in cases {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn counts_are_grouped_by_three() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567", "-1,000"],
            [0, 999, 1_000, 1_234_567, -1_000].map(count).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn durations_use_two_units() {
        assert_eq!(
            ["0 s", "59 s", "3 min 5 s", "2 h", "4 d 3 h"],
            [0, 59_999, 185_000, 7_200_000, 356_400_000].map(duration).each_ref().map(String::as_str)
        );
    }
}
