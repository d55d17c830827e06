//! One measurement, taken in a process of its own.

use crate::{Result, address, real_debrid::RealDebrid};
use serde::{Deserialize, Serialize};
use std::{fmt, path::Path, process::Command, time::Duration};

/// What one run took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// Wall time.
    pub(crate) millis: f64,
    /// Processor time of the process, all threads, user and system.
    pub(crate) cpu_millis: f64,
    /// Requests sent.
    pub(crate) requests: i64,
    /// Most memory the process ever held, in KiB.
    pub(crate) peak_kib: u64,
    /// Rows written.
    pub(crate) rows: i64,
}

impl Sample {
    /// A sample of this process, which took `wall`.
    pub(crate) fn of_this_process(wall: Duration, requests: i64, rows: i64) -> Result<Self> {
        let (peak_kib, cpu_millis) = of_process("self")?;
        Ok(Self { millis: wall.as_secs_f64() * 1000.0, cpu_millis, requests, peak_kib, rows })
    }

    /// Hands the sample to the parent process.
    pub(crate) fn print(self) -> Result<()> {
        println!("{}", serde_json::to_string(&self)?);
        Ok(())
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { millis, cpu_millis, requests, peak_kib, rows } = self;
        write!(f, "{millis:.0} ms, {cpu_millis:.0} ms of processor, {requests} requests, {peak_kib} KiB, {rows} rows")
    }
}

/// Runs `role` against a database file in a new process of this program.
pub(crate) fn in_own_process(role: &str, real_debrid: &RealDebrid, database: &Path) -> Result<Sample> {
    let output = Command::new(std::env::current_exe()?)
        .args([role, &real_debrid.api_url, &real_debrid.account.to_string(), &address(database)])
        .stderr(std::process::Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("“{role}” ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Most memory that a process ever held, in KiB, and its processor time in milliseconds.
pub(crate) fn of_process(number: &str) -> Result<(u64, f64)> {
    let peak_kib = peak_kib(&std::fs::read_to_string(format!("/proc/{number}/status"))?).ok_or("no VmHWM in /proc")?;
    let cpu_millis =
        cpu_millis(&std::fs::read_to_string(format!("/proc/{number}/stat"))?).ok_or("no times in /proc")?;
    Ok((peak_kib, cpu_millis))
}

/// Where many values lie.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Distribution {
    /// How many there are.
    pub(crate) count: usize,
    /// Half of them are not above it.
    pub(crate) median: f64,
    /// Ninety-nine of a hundred are not above it.
    pub(crate) p99: f64,
    /// The largest.
    pub(crate) max: f64,
}

impl Distribution {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |per_cent: usize| values.get((values.len() * per_cent / 100).min(values.len().saturating_sub(1)));
        let at = |per_cent| at(per_cent).copied().unwrap_or_default();
        Self { count: values.len(), median: at(50), p99: at(99), max: at(100) }
    }
}

fn peak_kib(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// User and system time, which Linux counts in hundredths of a second.
fn cpu_millis(stat: &str) -> Option<f64> {
    let behind_name = &stat[stat.rfind(')')? + 1..];
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks * 10.0)
}
