//! `dmm simulate`: a Real-Debrid of one's own.

use super::{LogConfig, fail, serve::stop_signal};
use crate::simulator::SimulateArgs;
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct SimulateCommand {
    #[command(flatten)]
    simulate: SimulateArgs,
    #[command(flatten)]
    log: LogConfig,
}

#[expect(clippy::print_stdout, reason = "whoever starts it reads its address here")]
pub(super) async fn run(args: SimulateCommand) -> ExitCode {
    args.log.start();
    match args.simulate.start().await {
        Ok(simulator) => {
            println!("listening on http://{}", simulator.address());
            stop_signal().await;
            simulator.stop().await;
            ExitCode::SUCCESS
        }
        Err(error) => fail(&format!("the simulator cannot start ({error}): choose another --listen address")),
    }
}
