//! How a run shows itself on standard error: as a bar on a terminal, and else as plain lines, one for each step and one
//! every few seconds, that read well in a log.

use crate::{
    clock::Clock,
    domain::{SyncStatus, Timestamp, units},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, Write, stderr},
    time::Duration,
};
use tracing_subscriber::fmt::MakeWriter;

/// The longest silence while something changes.
const SILENCE: Duration = Duration::from_secs(5);
/// How often the wheel turns.
const TURN: Duration = Duration::from_millis(100);
/// Two lines, so that the step and what it waits for are not cut off beside the numbers on 80 columns.
const TEMPLATE: &str = "{spinner:.cyan} {bar:32.cyan/black.bright} {pos:>3} %  {prefix}\n  {wide_msg}";

/// Standard error while a sync runs.
pub(super) struct Display {
    bar: Option<ProgressBar>,
    lines: Lines,
}

impl Display {
    /// A bar where standard error is a terminal that can move its cursor, lines otherwise.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("━━─"));
        }
        Self { bar: (!bar.is_hidden()).then_some(bar), lines: Lines::default() }
    }

    /// Where the log goes meanwhile: its lines stand above the bar.
    pub(super) fn log(&self) -> LogWriter {
        LogWriter(self.bar.clone())
    }

    /// Shows that something is done although no run is there to speak of it yet.
    pub(super) fn begin(&self, step: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(step);
            bar.enable_steady_tick(TURN);
        }
    }

    /// Shows where a run stands.
    pub(super) fn show(&mut self, status: &SyncStatus, clock: &Clock) {
        let now = clock.now();
        match &self.bar {
            Some(bar) => {
                bar.set_message(status.progress.current.clone());
                bar.set_prefix(counted(status, now).unwrap_or_default());
                bar.set_position(status.progress.percentage.into());
            }
            None => {
                if let Some(line) = self.lines.due(status, now, clock.elapsed()) {
                    self.say(&line);
                }
            }
        }
    }

    /// Says something beside the progress.
    pub(super) fn say(&self, line: &str) {
        // Nobody may be there to read it, which is no reason to stop.
        let _ = self.log().write_all(format!("{line}\n").as_bytes());
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How far a run is, and how long it will take; nothing while its size is not known.
fn counted(status: &SyncStatus, now: Timestamp) -> Option<String> {
    let progress = &status.progress;
    let left = status.timing.estimated_end.map(|end| end.millis_since(now)).filter(|left| *left >= 1_000);
    (progress.total > 0).then(|| {
        let counted = format!("{} of {} entries", units::count(progress.processed), units::count(progress.total));
        left.map_or_else(|| counted.clone(), |left| format!("{counted}, {} left", units::duration(left)))
    })
}

/// Progress as lines.
#[derive(Debug, Default)]
struct Lines {
    step: String,
    last: Option<(String, Duration)>,
}

impl Lines {
    /// The line to write now, if one is due.
    fn due(&mut self, status: &SyncStatus, now: Timestamp, elapsed: Duration) -> Option<String> {
        let current = &status.progress.current;
        // What is waited for stands behind a dash and does not make a new step.
        let step = current.split(" — ").next().unwrap_or(current);
        let line = match counted(status, now) {
            Some(counted) => format!("{:>3} %  {current} ({counted})", status.progress.percentage),
            None => format!("{:>3} %  {current}", status.progress.percentage),
        };
        let is_due = match &self.last {
            Some((last, at)) => self.step != step || (*last != line && elapsed.saturating_sub(*at) >= SILENCE),
            None => true,
        };
        if !is_due || current.is_empty() {
            return None;
        }
        step.clone_into(&mut self.step);
        self.last = Some((line.clone(), elapsed));
        Some(line)
    }
}

/// Standard error, past the bar.
#[derive(Clone)]
pub(super) struct LogWriter(Option<ProgressBar>);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.0 {
            Some(bar) => bar.suspend(|| stderr().write(bytes)),
            None => stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        stderr().flush()
    }
}

impl MakeWriter<'_> for LogWriter {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(step: &str, processed: i64, total: i64) -> SyncStatus {
        let mut status = SyncStatus::default();
        step.clone_into(&mut status.progress.current);
        (status.progress.processed, status.progress.total) = (processed, total);
        status.progress.percentage = if total > 0 { u8::try_from(processed * 100 / total).unwrap() } else { 0 };
        status
    }

    #[test]
    fn a_line_is_due_for_each_step_and_every_five_seconds_while_something_changes() {
        let mut lines = Lines::default();
        let now = Timestamp::from_millis(0);
        let mut due = |seconds: u64, status: SyncStatus| lines.due(&status, now, Duration::from_secs(seconds));
        assert_eq!(due(0, status("", 0, 0)), None, "there is nothing to say yet");
        assert_eq!(due(0, status("Asking", 0, 0)).as_deref(), Some("  0 %  Asking"));
        let storing = |processed| status("Storing", processed, 2_000);
        assert_eq!(due(1, storing(100)).as_deref(), Some("  5 %  Storing (100 of 2,000 entries)"));
        assert_eq!(due(2, storing(200)), None);
        assert_eq!(due(6, storing(1_000)).as_deref(), Some(" 50 %  Storing (1,000 of 2,000 entries)"));
        assert_eq!(due(20, storing(1_000)), None, "nothing has changed");
        assert!(due(21, status("Storing — going on in 4 s", 1_000, 2_000)).is_some_and(|line| line.contains("4 s")));
        assert_eq!(due(22, storing(1_000)), None, "the end of a wait is no step");
        assert!(due(22, status("Checking", 2_000, 2_000)).is_some());
    }

    #[test]
    fn the_time_left_is_told_while_it_is_known() {
        let mut status = status("Storing", 1, 2);
        status.timing.estimated_end = Some(Timestamp::from_millis(61_000));
        let told = |now| counted(&status, Timestamp::from_millis(now));
        assert_eq!(told(0).as_deref(), Some("1 of 2 entries, 1 min 1 s left"));
        assert_eq!(told(60_500).as_deref(), Some("1 of 2 entries"), "an end that is due is not told as 0 s");
    }
}
