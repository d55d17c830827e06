//! The commands of the binary, one file each.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod arenas;
mod assembly;
mod completions;
mod export;
mod healthcheck;
mod log;
mod migrate;
mod output;
mod rotate_key;
mod serve;
mod simulate;
mod sync;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use arenas::limit_arenas;
pub use assembly::AssemblyError;
pub use log::LogConfig;
pub use serve::{Server, ServerError, ServerOptions};

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A faithful, searchable copy of your Real-Debrid library in a database you own.
#[derive(Debug, Parser)]
#[command(name = "dmm", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it is taken apart at once")]
enum Command {
    /// Serve the web app and the API until stopped
    Serve(serve::ServeArgs),
    /// Synchronise once, here in the terminal
    Sync(sync::SyncArgs),
    /// Write the library of one account to standard output
    Export(export::ExportArgs),
    /// Serve a simulated Real-Debrid on a loopback port
    Simulate(simulate::SimulateCommand),
    /// Bring the database up to date, or move everything from one into another, and exit
    Migrate(migrate::MigrateArgs),
    /// Seal the stored tokens with a new key; the server must be stopped
    RotateKey(rotate_key::RotateKeyArgs),
    /// Ask a running server whether it is ready; exit 0 or 1
    Healthcheck(healthcheck::HealthcheckArgs),
    /// Write a completion script for a shell to standard output
    Completions(completions::CompletionsArgs),
}

/// Runs the command that the process was started with.
pub async fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::Serve(args) => serve::run(args).await,
        Command::Sync(args) => Box::pin(sync::run(args)).await,
        Command::Export(args) => export::run(args).await,
        Command::Simulate(args) => simulate::run(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::RotateKey(args) => rotate_key::run(args).await,
        Command::Healthcheck(args) => healthcheck::run(args).await,
        Command::Completions(args) => completions::run(&args),
    }
}

/// Ends a command with one sentence on standard error.
#[expect(clippy::print_stderr, reason = "this is how a command line speaks")]
fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("dmm: {error}");
    ExitCode::FAILURE
}
