//! Samples → a table.

use crate::{Figures, measure::Sample};

/// The Markdown tables, with the machine they were made on.
pub(crate) fn table(figures: &Figures) -> String {
    let Figures { torrents, downloads, first, floor, floor_in_batches, unchanged, changed } = figures;
    let full = median(first, |sample| sample.millis);
    let mut lines = vec![
        machine(),
        String::new(),
        format!("{} torrents and {} downloads, medians of {} (min–max).", torrents, downloads, first.len()),
        String::new(),
        "| run | time | of a first sync | processor | requests | peak memory | rows written |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    for (what, samples) in [
        ("first full sync", first),
        ("floor", floor),
        ("floor, a transaction for every 500 rows", floor_in_batches),
        ("incremental, nothing changed", unchanged),
        ("incremental, 1 % changed", changed),
    ] {
        lines.push(format!(
            "| {what} | {} | {:.1} % | {:.0} ms | {:.0} | {:.1} MB | {:.0} |",
            spread(samples, |sample| sample.millis),
            100.0 * median(samples, |sample| sample.millis) / full,
            median(samples, |sample| sample.cpu_millis),
            median(samples, |sample| sample.requests.to_f64()),
            median(samples, |sample| sample.peak_kib.to_f64() / 1000.0 * 1.024),
            median(samples, |sample| sample.rows.to_f64()),
        ));
    }
    lines.extend([
        String::new(),
        "| ratio, each pair taken one right after the other | time | processor |".to_owned(),
        "|---|---|---|".to_owned(),
    ]);
    for (what, one, other) in [
        ("**first full sync to floor**", first, floor),
        ("first full sync to floor in batches", first, floor_in_batches),
        ("floor in batches to floor", floor_in_batches, floor),
    ] {
        let (time, processor) =
            (ratio(one, other, |sample| sample.millis), ratio(one, other, |sample| sample.cpu_millis));
        lines.push(format!("| {what} | {time} | {processor} |"));
    }
    lines.join("\n")
}

fn ratio(one: &[Sample], other: &[Sample], figure: impl Fn(&Sample) -> f64) -> String {
    let mut ratios: Vec<f64> = one.iter().zip(other).map(|(one, other)| figure(one) / figure(other)).collect();
    ratios.sort_by(f64::total_cmp);
    let (first, last) = (ratios.first().copied().unwrap_or_default(), ratios.last().copied().unwrap_or_default());
    format!("{:.2} ({first:.2}–{last:.2})", middle(&ratios))
}

/// What it was measured on, and how busy that was beforehand.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let memory = read("/proc/meminfo");
    let memory = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    format!(
        "{} cores ({}), {:.0} GB of memory, Linux {}; load {} in the minute before the end.",
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        model.trim_start_matches([' ', '\t', ':']),
        memory.unwrap_or_default() * 1.024 / 1e6,
        read("/proc/sys/kernel/osrelease").trim(),
        read("/proc/loadavg").split(' ').next().unwrap_or_default(),
    )
}

fn spread(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> String {
    let values = sorted(samples, figure);
    let (first, last) = (values.first().copied().unwrap_or_default(), values.last().copied().unwrap_or_default());
    format!("{:.0} ms ({first:.0}–{last:.0})", middle(&values))
}

fn median(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> f64 {
    middle(&sorted(samples, figure))
}

fn sorted(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = samples.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

/// Counts as numbers to reckon with.
trait ToF64 {
    fn to_f64(self) -> f64;
}

impl ToF64 for i64 {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn to_f64(self) -> f64 {
        self as f64
    }
}

impl ToF64 for u64 {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn to_f64(self) -> f64 {
        self as f64
    }
}
