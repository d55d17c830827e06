//! Samples → tables.

use crate::{
    interface::Answers,
    listeners::Pair,
    measure::{Distribution, Sample},
    runs::Figures,
};

/// How long runs took, ratios first. `aim` is the first ratio's.
pub(crate) fn runs(figures: &Figures, aim: &str) -> String {
    let postgres = figures.first.iter().any(|sample| sample.postgres.is_some());
    let mut lines = ratios(figures, aim, postgres);
    lines.push(String::new());
    lines.extend(times(figures, postgres));
    lines.join("\n")
}

fn ratios(figures: &Figures, aim: &str, postgres: bool) -> Vec<String> {
    let Figures { first, floor, floor_in_batches, reading, changed, .. } = figures;
    let (names, rule) = if postgres { (" PostgreSQL's processor |", "---|") } else { ("", "") };
    let mut lines = vec![
        format!("| ratio, each pair taken one right after the other | aim | time | processor |{names}"),
        format!("|---|---|---|---|{rule}"),
    ];
    for (what, aim, one, other) in [
        ("**first full sync to floor**", aim, first, floor),
        ("first full sync to floor in batches", "", first, floor_in_batches),
        ("floor in batches to floor", "", floor_in_batches, floor),
        ("run with 1 % changed to only reading both lists", "", changed, reading),
    ] {
        let (time, processor) =
            (ratio(one, other, |sample| sample.millis), ratio(one, other, |sample| sample.cpu_millis));
        let server = if postgres { format!(" {} |", ratio(one, other, server_millis)) } else { String::new() };
        lines.push(format!("| {what} | {aim} | {time} | {processor} |{server}"));
    }
    lines
}

fn times(figures: &Figures, postgres: bool) -> Vec<String> {
    let Figures { first, floor, floor_in_batches, reading, unchanged, changed } = figures;
    let full = median(first, |sample| sample.millis);
    let (names, rule) = if postgres { (" PostgreSQL's processor | its log |", "---|---|") } else { ("", "") };
    let mut lines = vec![
        format!("| run | of a first sync | time | processor | requests | peak memory | rows written |{names}"),
        format!("|---|---|---|---|---|---|---|{rule}"),
    ];
    for (what, samples) in [
        ("first full sync", first),
        ("floor", floor),
        ("floor, a transaction for every 500 rows", floor_in_batches),
        ("incremental, nothing changed (aim 1 %)", unchanged),
        ("incremental, 1 % changed (aim 5 %)", changed),
        ("only reading both lists", reading),
    ] {
        lines.push(format!(
            "| {what} | {:.1} % | {} | {:.0} ms | {:.0} | {:.1} MB | {:.0} |{}",
            100.0 * median(samples, |sample| sample.millis) / full,
            spread(samples, |sample| sample.millis),
            median(samples, |sample| sample.cpu_millis),
            median(samples, |sample| sample.requests.to_f64()),
            median(samples, |sample| megabytes(sample.peak_kib)),
            median(samples, |sample| sample.rows.to_f64()),
            if postgres { of_server(samples) } else { String::new() },
        ));
    }
    lines
}

/// What PostgreSQL spent, as two cells.
fn of_server(samples: &[Sample]) -> String {
    let log = median(samples, |sample| sample.postgres.map_or(0.0, |spent| spent.log_bytes));
    format!(" {:.0} ms | {:.1} MB |", median(samples, server_millis), log / 1e6)
}

/// Processor time of PostgreSQL's processes.
fn server_millis(sample: &Sample) -> f64 {
    sample.postgres.map_or(0.0, |spent| spent.cpu_millis)
}

/// How fast the server answered while it synced.
pub(crate) fn interface(answers: &Answers) -> String {
    let mut lines = vec![
        format!(
            "A first sync that took {:.1} s with four people at the pages; the server's peak memory was {:.1} MB.",
            answers.sync.as_secs_f64(),
            megabytes(answers.peak_kib),
        ),
        String::new(),
        "| while it syncs | p99 (aim 100 ms) | median | max | answers |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for (what, Distribution { count, median, p99, max }) in &answers.latencies {
        lines.push(format!("| {what} | {p99:.1} ms | {median:.1} ms | {max:.1} ms | {count} |"));
    }
    lines.join("\n")
}

/// What readers of the live status cost.
pub(crate) fn listeners(pairs: &[Pair], count: usize) -> String {
    let figure = |figure: &dyn Fn(&Pair) -> f64| {
        let mut values: Vec<f64> = pairs.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        let (first, last) = (values.first().copied().unwrap_or_default(), values.last().copied().unwrap_or_default());
        (middle(&values), first, last)
    };
    let ratio = |(middle, first, last)| format!("{middle:.2} ({first:.2}–{last:.2})");
    let millis = |(middle, first, last)| format!("{middle:.0} ms ({first:.0}–{last:.0})");
    let rows = [
        ("**sync with readers to sync alone**, time (aim 1.05)", ratio(figure(&|pair| pair.watched / pair.alone))),
        ("the same, processor of the server", ratio(figure(&|pair| pair.cpu.1 / pair.cpu.0))),
        ("**age of an event, p99** (aim 250 ms)", millis(figure(&|pair| pair.age.p99))),
        ("age of an event, median", millis(figure(&|pair| pair.age.median))),
        ("age of an event, max", millis(figure(&|pair| pair.age.max))),
    ];
    let mut lines = vec![format!("| {count} readers of one account's events | |"), "|---|---|".to_owned()];
    lines.extend(rows.iter().map(|(what, value)| format!("| {what} | {value} |")));
    lines.push(format!("| events that arrived | {:.0} |", figure(&|pair| pair.age.count.to_f64()).0));
    lines.join("\n")
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn megabytes(kib: u64) -> f64 {
    kib as f64 * 1.024 / 1000.0
}

/// Of two figures of a pair; nothing where the other way takes none of it.
fn ratio(one: &[Sample], other: &[Sample], figure: impl Fn(&Sample) -> f64) -> String {
    let mut ratios: Vec<f64> = one.iter().zip(other).map(|(one, other)| figure(one) / figure(other)).collect();
    if !ratios.iter().all(|ratio| ratio.is_finite()) {
        return String::new();
    }
    ratios.sort_by(f64::total_cmp);
    let (first, last) = (ratios.first().copied().unwrap_or_default(), ratios.last().copied().unwrap_or_default());
    format!("{:.2} ({first:.2}–{last:.2})", middle(&ratios))
}

/// What it was measured on, and how busy that was.
pub(crate) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let memory = read("/proc/meminfo");
    let memory = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    format!(
        "{} cores ({}), {:.0} GB of memory, Linux {}; load {} in the minute before.",
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

impl ToF64 for usize {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn to_f64(self) -> f64 {
        self as f64
    }
}
