//! How long a first full sync takes, next to the least that the same work can take.
//!
//! `cargo bench --bench sync` (`make bench`), `-- --entries N` for a library of N entries. A plain program: every
//! measured run is a process of its own, so that its peak memory is its own, and the simulated Real-Debrid is another
//! one, so that its work is not counted as ours. The table goes to standard output; nothing is asserted about time.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program whose product is a table on the terminal")]

#[path = "sync/asker.rs"]
mod asker;
#[path = "sync/cluster.rs"]
mod cluster;
#[path = "sync/floor.rs"]
mod floor;
#[path = "sync/interface.rs"]
mod interface;
#[path = "sync/listeners.rs"]
mod listeners;
#[path = "sync/measure.rs"]
mod measure;
#[path = "sync/ours.rs"]
mod ours;
#[path = "sync/place.rs"]
mod place;
#[path = "sync/reading.rs"]
mod reading;
#[path = "sync/real_debrid.rs"]
mod real_debrid;
#[path = "sync/report.rs"]
mod report;
#[path = "sync/runs.rs"]
mod runs;
#[path = "sync/same_rows.rs"]
mod same_rows;
#[path = "sync/server.rs"]
mod server;

use clap::{Args, Parser, Subcommand};
use cluster::Cluster;
use floor::Commit;
use place::Place;
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
    /// How often each figure is taken; the tables show medians
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these parts
    #[arg(long, value_delimiter = ',', default_value = "sync,interface,listeners,postgres")]
    parts: Vec<Part>,
    /// Readers of the live status
    #[arg(long, default_value_t = 1_000)]
    listeners: usize,
    /// Address of a PostgreSQL on this machine that may be filled; `make bench` starts one
    #[arg(long, value_name = "ADDRESS", env = "DMM_BENCH_POSTGRES")]
    postgres: Option<String>,
    /// What `cargo bench` adds
    #[arg(long = "bench", hide = true)]
    by_cargo: bool,
}

/// One question that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// How long runs take.
    Sync,
    /// How fast the server answers meanwhile.
    Interface,
    /// What readers of the live status cost.
    Listeners,
    /// How long runs take with the library in PostgreSQL.
    Postgres,
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
    /// Only reads.
    #[command(hide = true)]
    Reading(Job),
    /// Does the least that would do, in one transaction.
    #[command(hide = true)]
    Floor(Job),
    /// The same in a transaction for every 500 rows.
    #[command(hide = true)]
    FloorInBatches(Job),
    /// Serves the whole of DMM.
    #[command(hide = true)]
    Server { api_url: String, folder: String },
    /// Reads event streams.
    #[command(hide = true)]
    Listeners { base: String, token: String, count: usize },
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

#[tokio::main]
async fn main() -> ExitCode {
    // As the program itself does.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    dmm::cli::limit_arenas();
    let bench = Bench::parse();
    let outcome = match &bench.role {
        Some(Role::RealDebrid { torrents, downloads }) => real_debrid::serve(*torrents, *downloads).await,
        Some(Role::Ours(job)) => ours::run(job).await.and_then(measure::Sample::print),
        Some(Role::Reading(job)) => reading::run(job).await.and_then(measure::Sample::print),
        Some(Role::Floor(job)) => floor::run(job, Commit::Once).await.and_then(measure::Sample::print),
        Some(Role::FloorInBatches(job)) => floor::run(job, Commit::EveryBatch).await.and_then(measure::Sample::print),
        Some(Role::Server { api_url, folder }) => server::serve(api_url, folder).await,
        Some(Role::Listeners { base, token, count }) => listeners::listen(base, token, *count).await,
        None => measure_all(&bench).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the bench failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure_all(bench: &Bench) -> Result<()> {
    let torrents = bench.entries * 6 / 10;
    let downloads = bench.entries - torrents;
    let rounds = bench.rounds.max(1);
    eprintln!("making a library of {torrents} torrents and {downloads} downloads");
    let mut real_debrid = RealDebrid::start(torrents, downloads)?;
    println!("{}\n\n{torrents} torrents and {downloads} downloads, medians of {rounds} (min–max).", report::machine());
    if bench.parts.contains(&Part::Listeners) {
        let mut pairs = Vec::new();
        for _ in 0..rounds {
            pairs.push(listeners::pair(&real_debrid, bench.listeners).await?);
            eprintln!("{:?}", pairs.last());
        }
        println!("\n{}", report::listeners(&pairs, bench.listeners));
    }
    if bench.parts.contains(&Part::Interface) {
        println!("\n{}", report::interface(&interface::measure(&real_debrid).await?));
    }
    if bench.parts.contains(&Part::Sync) {
        let place = Place::files()?;
        let figures = runs::measure(rounds, &mut real_debrid, &place).await?;
        println!("\n{}", report::runs(&figures, place.aim()));
    }
    if bench.parts.contains(&Part::Postgres) {
        on_postgres(bench.postgres.as_deref(), rounds, &mut real_debrid).await?;
    }
    Ok(())
}

async fn on_postgres(address: Option<&str>, rounds: usize, real_debrid: &mut RealDebrid) -> Result<()> {
    let Some(address) = address else {
        println!("\nPostgreSQL is left out: none was started, see `make bench`.");
        return Ok(());
    };
    let cluster = Cluster::new(address);
    let description = cluster.description().await?;
    let place = Place::Cluster(cluster);
    let figures = runs::measure(rounds, real_debrid, &place).await?;
    println!("\n{description}\n\n{}", report::runs(&figures, place.aim()));
    Ok(())
}

/// The address of a database file.
fn address(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}
