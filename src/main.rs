//! The `dmm` binary.

use clap::Parser;
use dmm::cli::{Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    dmm::cli::limit_arenas();
    // Before any thread exists: settings may come from a file.
    let file = dotenvy::dotenv();
    let cli = Cli::parse();
    if let Err(error) = file
        && !error.not_found()
    {
        return refuse(&format!(".env cannot be read ({error}): correct it, or remove it"));
    }
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => refuse(&format!("the program cannot start ({error}): free some memory or threads")),
    }
}

#[expect(clippy::print_stderr, reason = "this is how a command line speaks")]
fn refuse(error: &str) -> ExitCode {
    eprintln!("dmm: {error}");
    ExitCode::from(2)
}
