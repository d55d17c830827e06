//! How long a first full sync takes, next to the least that the same work can take.
//!
//! `cargo bench --bench sync` (`make bench`), `-- --entries N` for a library of N entries. A plain program: every
//! measured run is a process of its own, so that its peak memory is its own, and the simulated Real-Debrid is another
//! one, so that its work is not counted as ours. The table goes to standard output; nothing is asserted about time.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program whose product is a table on the terminal")]

#[path = "sync/floor.rs"]
mod floor;
#[path = "sync/measure.rs"]
mod measure;
#[path = "sync/ours.rs"]
mod ours;
#[path = "sync/real_debrid.rs"]
mod real_debrid;
#[path = "sync/report.rs"]
mod report;
#[path = "sync/same_rows.rs"]
mod same_rows;

use clap::{Args, Parser, Subcommand};
use floor::Commit;
use measure::{Sample, in_own_process};
use real_debrid::RealDebrid;
use std::{error::Error, path::Path, process::ExitCode};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Measures a sync of a simulated library against the floor and prints a Markdown table.
#[derive(Parser)]
struct Bench {
    #[command(subcommand)]
    role: Option<Role>,
    /// Entries in the library: six torrents to four downloads
    #[arg(long, default_value_t = 100_000)]
    entries: usize,
    /// How often each figure is taken; the table shows medians
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// What `cargo bench` adds
    #[arg(long = "bench", hide = true)]
    by_cargo: bool,
}

/// What a process of this program is for.
#[derive(Subcommand)]
enum Role {
    /// Serves the library.
    #[command(hide = true)]
    RealDebrid { torrents: usize, downloads: usize },
    /// Runs one sync.
    #[command(hide = true)]
    Ours(Job),
    /// Does the least that would do, in one transaction.
    #[command(hide = true)]
    Floor(Job),
    /// The same in a transaction for every 500 rows.
    #[command(hide = true)]
    FloorInBatches(Job),
}

/// From where to where.
#[derive(Args)]
struct Job {
    /// Base of the REST API.
    api_url: String,
    /// Real-Debrid's number of the account.
    account: i64,
    /// Address of the database.
    database: String,
}

/// What was measured.
struct Figures {
    torrents: usize,
    downloads: usize,
    first: Vec<Sample>,
    floor: Vec<Sample>,
    floor_in_batches: Vec<Sample>,
    unchanged: Vec<Sample>,
    changed: Vec<Sample>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let bench = Bench::parse();
    let outcome = match &bench.role {
        Some(Role::RealDebrid { torrents, downloads }) => real_debrid::serve(*torrents, *downloads).await,
        Some(Role::Ours(job)) => ours::run(job).await.and_then(measure::Sample::print),
        Some(Role::Floor(job)) => floor::run(job, Commit::Once).await.and_then(measure::Sample::print),
        Some(Role::FloorInBatches(job)) => floor::run(job, Commit::EveryBatch).await.and_then(measure::Sample::print),
        None => measure_all(&bench).await.map(|figures| println!("{}", report::table(&figures))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the bench failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure_all(bench: &Bench) -> Result<Figures> {
    let torrents = bench.entries * 6 / 10;
    let downloads = bench.entries - torrents;
    eprintln!("making a library of {torrents} torrents and {downloads} downloads");
    let mut real_debrid = RealDebrid::start(torrents, downloads)?;
    let folder = tempfile::tempdir()?;
    let kept = folder.path().join("ours-1.db");
    let mut figures = Figures {
        torrents,
        downloads,
        first: vec![],
        floor: vec![],
        floor_in_batches: vec![],
        unchanged: vec![],
        changed: vec![],
    };
    for round in 1..=bench.rounds.max(1) {
        let ours = folder.path().join(format!("ours-{round}.db"));
        let floor = folder.path().join(format!("floor-{round}.db"));
        figures.first.push(in_own_process("ours", &real_debrid, &ours)?);
        figures.floor.push(in_own_process("floor", &real_debrid, &floor)?);
        if round == 1 {
            same_rows::check(&ours, &floor).await?;
        } else {
            std::fs::remove_file(&ours)?;
        }
        std::fs::remove_file(&floor)?;
        figures.floor_in_batches.push(in_own_process("floor-in-batches", &real_debrid, &floor)?);
        std::fs::remove_file(&floor)?;
        progress(round, &figures.first, "a first full sync");
        progress(round, &figures.floor, "the floor");
        progress(round, &figures.floor_in_batches, "the floor in batches");
    }
    for round in 1..=bench.rounds.max(1) {
        figures.unchanged.push(in_own_process("ours", &real_debrid, &kept)?);
        progress(round, &figures.unchanged, "a run with nothing changed");
    }
    for round in 1..=bench.rounds.max(1) {
        real_debrid.change_one_in_a_hundred()?;
        figures.changed.push(in_own_process("ours", &real_debrid, &kept)?);
        progress(round, &figures.changed, "a run with 1 % changed");
    }
    Ok(figures)
}

fn progress(round: usize, samples: &[Sample], what: &str) {
    if let Some(last) = samples.last() {
        eprintln!("{round}: {what}: {last}");
    }
}

/// The address of a database file.
fn address(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}
