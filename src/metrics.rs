//! What the server counts for those who watch it: runs, requests, waits, batches, files, contents, listeners.
//!
//! `GET /metrics` is answered without a session, so nothing here is personal: labels are words from a closed list, and
//! there is no way to hand in another. The counts begin with the process. They are handed to whoever counts and are no
//! global, so that many servers fit into one process.

mod book;
mod labels;
mod measure;

pub use labels::{Batch, Change, Endpoint, Outcome, Reading, Reason};
pub use measure::{Request, Waiting, Writing};

use crate::{
    clock::Clock,
    domain::{Mode, RunState},
};
use book::{Book, Labels, each, pairs};
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

/// How the text is announced.
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

const MODES: [&str; 2] = [Mode::Incremental.as_str(), Mode::Full.as_str()];
const ENDS: [&str; 3] = [RunState::Completed.as_str(), RunState::Cancelled.as_str(), RunState::Error.as_str()];
const ALIVE: [&str; 2] = [RunState::Running.as_str(), RunState::Paused.as_str()];
/// Seconds. A run of a small library takes less than one, the first of a large one many minutes.
const RUN: [f64; 12] = [0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 150.0, 300.0, 900.0, 3_600.0];
/// Seconds. A batch is milliseconds, unless the disk is slow.
const BATCH: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// Seconds. A page of 5,000 rows takes seconds, and after three minutes an answer is not waited for.
const REQUEST: [f64; 11] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 180.0];

type Seconds = Counter<f64, AtomicU64>;
type Level = Gauge<f64, AtomicU64>;

/// The counts of one server; clones are the same ones.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    clock: Clock,
    registry: Registry,
    runs_started: Family<Labels<1>, Counter>,
    runs: Family<Labels<2>, Counter>,
    run_seconds: Family<Labels<1>, Histogram>,
    runs_alive: Family<Labels<1>, Gauge>,
    files: Family<Labels<1>, Counter>,
    file_errors: Counter,
    batch_seconds: Family<Labels<1>, Histogram>,
    requests: Family<Labels<2>, Counter>,
    request_seconds: Family<Labels<1>, Histogram>,
    waits: Family<Labels<1>, Counter>,
    wait_seconds: Family<Labels<1>, Seconds>,
    readings: Family<Labels<1>, Counter>,
    unread: Level,
    listeners: Gauge,
}

/// What is not counted but asked for when somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Runs at work.
    pub running: usize,
    /// Runs on hold.
    pub paused: usize,
    /// Open event streams.
    pub listeners: usize,
    /// Torrents whose contents are not known; none when the database did not say.
    pub unread: Option<i64>,
}

impl Metrics {
    /// Counts that begin at nothing now.
    pub fn new(clock: &Clock) -> Self {
        let mut book = Book::default();
        let started: Level = book.one("process_start_time_seconds", "When the server started, in seconds since 1970");
        #[expect(clippy::cast_precision_loss, reason = "a double holds the milliseconds of many thousand years")]
        started.set(clock.now().as_millis() as f64 / 1_000.0);
        let build = [("version", env!("CARGO_PKG_VERSION"))];
        let build_info: Family<_, Gauge> =
            book.family("dmm_build_info", "Always 1; the label is the version", Gauge::default, [build]);
        build_info.get_or_create(&build).set(1);
        let inner = Inner {
            clock: clock.clone(),
            runs_started: book.family(
                "dmm_runs_started",
                "Runs that began, or were taken up again after a restart",
                Counter::default,
                each("mode", MODES),
            ),
            runs: book.family(
                "dmm_runs",
                "Runs that ended",
                Counter::default,
                pairs(("mode", &MODES), ("outcome", &ENDS)),
            ),
            run_seconds: book.family(
                "dmm_run_duration_seconds",
                "Time from the start of a run to its end, pauses included",
                || Histogram::new(RUN),
                each("mode", MODES),
            ),
            runs_alive: book.family("dmm_runs_alive", "Runs that are alive", Gauge::default, each("state", ALIVE)),
            files: book.family(
                "dmm_files_changed",
                "Entries of libraries that runs changed",
                Counter::default,
                each("change", Change::words()),
            ),
            file_errors: book.one("dmm_file_errors", "Entries of libraries that runs could not read or store"),
            batch_seconds: book.family(
                "dmm_batch_duration_seconds",
                "Time of one transaction of a run",
                || Histogram::new(BATCH),
                each("batch", Batch::words()),
            ),
            requests: book.family(
                "dmm_real_debrid_requests",
                "Requests to Real-Debrid, repeats included",
                Counter::default,
                pairs(
                    ("endpoint", &Endpoint::words().collect::<Vec<_>>()),
                    ("outcome", &Outcome::words().collect::<Vec<_>>()),
                ),
            ),
            request_seconds: book.family(
                "dmm_real_debrid_request_duration_seconds",
                "Time from sending a request to Real-Debrid to the end of its answer",
                || Histogram::new(REQUEST),
                each("endpoint", Endpoint::words()),
            ),
            waits: book.family(
                "dmm_waits",
                "Waits before a request to Real-Debrid",
                Counter::default,
                each("reason", Reason::words()),
            ),
            wait_seconds: book.family(
                "dmm_wait_seconds",
                "Time spent waiting before requests to Real-Debrid",
                Seconds::default,
                each("reason", Reason::words()),
            ),
            readings: book.family(
                "dmm_contents_readings",
                "Torrents whose contents were asked for",
                Counter::default,
                each("outcome", Reading::words()),
            ),
            unread: book.one("dmm_contents_unread", "Torrents whose contents are not known; NaN if that is not known"),
            listeners: book.one("dmm_event_listeners", "Open streams of the live status"),
            registry: book.close(),
        };
        Self(Arc::new(inner))
    }

    /// A run begins or goes on after a restart.
    pub fn run_started(&self, mode: Mode) {
        self.0.runs_started.get_or_create(&[("mode", mode.as_str())]).inc();
    }

    /// A run has ended.
    pub fn run_ended(&self, mode: Mode, end: RunState, took: Duration) {
        self.0.runs.get_or_create(&[("mode", mode.as_str()), ("outcome", end.as_str())]).inc();
        self.0.run_seconds.get_or_create(&[("mode", mode.as_str())]).observe(took.as_secs_f64());
    }

    /// A run has changed so many entries.
    pub fn files_changed(&self, change: Change, count: i64) {
        let count = u64::try_from(count).unwrap_or_default();
        self.0.files.get_or_create(&[("change", change.word())]).inc_by(count);
    }

    /// A run could not read or store so many entries.
    pub fn file_errors(&self, count: i64) {
        self.0.file_errors.inc_by(u64::try_from(count).unwrap_or_default());
    }

    /// The contents of a torrent were asked for.
    pub fn contents_read(&self, reading: Reading) {
        self.0.readings.get_or_create(&[("outcome", reading.word())]).inc();
    }

    /// Everything, in the text format of Prometheus.
    pub fn text(&self, now: Now) -> String {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        for (state, runs) in ALIVE.into_iter().zip([now.running, now.paused]) {
            self.0.runs_alive.get_or_create(&[("state", state)]).set(whole(runs));
        }
        self.0.listeners.set(whole(now.listeners));
        #[expect(clippy::cast_precision_loss, reason = "no library comes near 2^52 torrents")]
        self.0.unread.set(now.unread.map_or(f64::NAN, |unread| unread as f64));
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_text::encode(&mut text, &self.0.registry);
        text
    }

    fn elapsed(&self) -> Duration {
        self.0.clock.elapsed()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, domain::Timestamp};

    fn metrics() -> (ManualClock, Metrics) {
        let clock = ManualClock::new(Timestamp::from_millis(1_795_512_600_500));
        let metrics = Metrics::new(&clock.clock());
        (clock, metrics)
    }

    fn has(text: &str, line: &str) -> bool {
        text.lines().any(|found| found == line)
    }

    #[test]
    fn every_series_is_there_before_anything_happens() {
        let (_clock, metrics) = metrics();
        let text = metrics.text(Now::default());
        for line in [
            "process_start_time_seconds 1795512600.5",
            "dmm_runs_total{mode=\"full\",outcome=\"error\"} 0",
            "dmm_runs_alive{state=\"paused\"} 0",
            "dmm_real_debrid_requests_total{endpoint=\"torrent_info\",outcome=\"rate_limited\"} 0",
            "dmm_waits_total{reason=\"own_pace\"} 0",
            "dmm_batch_duration_seconds_count{batch=\"delete\"} 0",
            "dmm_contents_unread NaN",
        ] {
            assert!(has(&text, line), "{line}\n{text}");
        }
    }

    #[test]
    fn what_takes_time_is_counted_when_it_ends_and_a_request_that_is_dropped_was_given_up() {
        let (clock, metrics) = metrics();
        let (answered, dropped) = (metrics.request(Endpoint::User), metrics.request(Endpoint::User));
        let wait = metrics.wait(Reason::RateLimited);
        clock.advance(Duration::from_secs(3));
        assert_eq!(answered.ends(Outcome::Ok), Duration::from_secs(3));
        drop((dropped, wait));
        let text = metrics.text(Now { unread: Some(7), listeners: 2, ..Now::default() });
        for line in [
            "dmm_real_debrid_requests_total{endpoint=\"user\",outcome=\"ok\"} 1",
            "dmm_real_debrid_requests_total{endpoint=\"user\",outcome=\"given_up\"} 1",
            "dmm_real_debrid_request_duration_seconds_sum{endpoint=\"user\"} 6.0",
            "dmm_waits_total{reason=\"rate_limited\"} 1",
            "dmm_wait_seconds_total{reason=\"rate_limited\"} 3.0",
            "dmm_contents_unread 7.0",
            "dmm_event_listeners 2",
        ] {
            assert!(has(&text, line), "{line}\n{text}");
        }
    }

    #[test]
    fn two_servers_in_one_process_count_apart() {
        let ((_, one), (_, other)) = (metrics(), metrics());
        one.run_started(Mode::Full);
        assert!(has(&one.text(Now::default()), "dmm_runs_started_total{mode=\"full\"} 1"));
        assert!(has(&other.text(Now::default()), "dmm_runs_started_total{mode=\"full\"} 0"));
    }
}
