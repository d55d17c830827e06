//! One measurement, taken in a process of its own.

use crate::{Result, cluster::Spent, real_debrid::RealDebrid};
use serde::{Deserialize, Serialize};
use std::{fmt, process::Command, time::Duration};

/// Linux counts in hundredths of a second.
const MILLIS_PER_TICK: f64 = 10.0;

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
    /// What PostgreSQL spent, where the database is one of it.
    pub(crate) postgres: Option<Spent>,
}

impl Sample {
    /// A sample of this process, which took `wall`.
    pub(crate) fn of_this_process(wall: Duration, requests: i64, rows: i64, postgres: Option<Spent>) -> Result<Self> {
        let (peak_kib, cpu_millis) = of_process("self")?;
        Ok(Self { millis: wall.as_secs_f64() * 1000.0, cpu_millis, requests, peak_kib, rows, postgres })
    }

    /// Hands the sample to the parent process.
    pub(crate) fn print(self) -> Result<()> {
        println!("{}", serde_json::to_string(&self)?);
        Ok(())
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { millis, cpu_millis, requests, peak_kib, rows, postgres } = self;
        write!(f, "{millis:.0} ms, {cpu_millis:.0} ms of processor, {requests} requests, {peak_kib} KiB, {rows} rows")?;
        if let Some(Spent { cpu_millis, log_bytes }) = postgres {
            write!(f, "; PostgreSQL {cpu_millis:.0} ms of processor, {:.0} MB of log", log_bytes / 1e6)?;
        }
        Ok(())
    }
}

/// Runs `role` against a database in a new process of this program.
pub(crate) fn in_own_process(role: &str, real_debrid: &RealDebrid, database: &str) -> Result<Sample> {
    let output = Command::new(std::env::current_exe()?)
        .args([role, &real_debrid.api_url, &real_debrid.account.to_string(), database])
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

/// Processor time of a process, of its children, and of those that have ended, in milliseconds.
pub(crate) fn of_family(parent: i32) -> Result<f64> {
    let all = |stat: &str| (11..=14).map(|place| field::<f64>(stat, place)).sum::<Option<f64>>();
    let mut ticks = all(&std::fs::read_to_string(format!("/proc/{parent}/stat"))?).ok_or("no times in /proc")?;
    for process in std::fs::read_dir("/proc")?.flatten() {
        // Not all of them are processes, and one may end meanwhile.
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        if field(&stat, 1) == Some(parent) {
            ticks += all(&stat).unwrap_or_default();
        }
    }
    Ok(ticks * MILLIS_PER_TICK)
}

/// The process that started another one.
pub(crate) fn parent_of(process: i32) -> Result<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    Ok(field(&stat, 1).ok_or("no parent in /proc")?)
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

/// User and system time.
fn cpu_millis(stat: &str) -> Option<f64> {
    Some((field::<f64>(stat, 11)? + field::<f64>(stat, 12)?) * MILLIS_PER_TICK)
}

/// A number among those behind the name of a process, which may hold anything.
fn field<T: std::str::FromStr>(stat: &str, place: usize) -> Option<T> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(place)?.parse().ok()
}
