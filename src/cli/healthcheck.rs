//! `dmm healthcheck`: for containers and monitors.

use super::fail;
use crate::config::ListenConfig;
use clap::Args;
use std::{net::IpAddr, process::ExitCode, time::Duration};

/// Longer than any healthy answer takes, and than a server waits for its database before it says that it is not ready.
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Debug, Args)]
pub(super) struct HealthcheckArgs {
    #[command(flatten)]
    listen: ListenConfig,
}

pub(super) async fn run(args: HealthcheckArgs) -> ExitCode {
    let mut address = args.listen.listen;
    // A server that listens everywhere is asked here.
    if address.ip().is_unspecified() {
        let here =
            if address.is_ipv4() { IpAddr::from([127, 0, 0, 1]) } else { IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]) };
        address.set_ip(here);
    }
    // The client wants a TLS provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = match reqwest::Client::builder().timeout(PATIENCE).no_proxy().build() {
        Ok(client) => client,
        Err(error) => return fail(&error),
    };
    match client.get(format!("http://{address}/readyz")).send().await {
        Ok(answer) if answer.status().is_success() => ExitCode::SUCCESS,
        Ok(answer) => fail(&format!("the server at {address} is up but not ready ({})", answer.status())),
        Err(_) => fail(&format!("no server answers at {address}: start one, or set DMM_LISTEN to its address")),
    }
}
