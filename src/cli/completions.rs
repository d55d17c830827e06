//! `dmm completions`.

use super::{Cli, fail, output::put};
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell that shall complete
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> ExitCode {
    // Not straight to standard output, where it would panic when nobody reads.
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "dmm", &mut script);
    match put(&script) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("The completions cannot be written ({error}): choose another place for them.")),
    }
}
