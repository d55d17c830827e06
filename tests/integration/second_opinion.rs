//! Two public clients that nobody here wrote must be able to work with the simulator: a check of our reading of the wire.

use dmm::simulator::{Knobs, Options, Simulator};
use std::{
    path::Path,
    process::{Command, Stdio},
};

async fn simulator() -> Simulator {
    let knobs = Knobs::unlimited();
    Simulator::start(Options { torrents: 250, downloads: 130, knobs, ..Options::default() })
        .await
        .expect("the simulator starts")
}

async fn agrees(interpreter: &str, script: &str) {
    let simulator = simulator().await;
    // The directory decides where node looks for packages.
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end/second-opinion");
    let mut command = Command::new(interpreter);
    command
        .arg(script)
        .args([simulator.api_url().as_str(), simulator.token()])
        .current_dir(directory)
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("the child is waited for")
        .unwrap_or_else(|error| panic!("{interpreter} cannot be run ({error}): run `make test`, which installs it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{script} ended with {}: {said}\nIf a package is missing: run `make test`, which installs it",
        output.status
    );
    assert!(simulator.journal().len() > 10, "{script} hardly asked anything");
}

#[tokio::test]
async fn rd_api_py_agrees_with_the_simulator() {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the tools are is a matter of the test run, not of the product"
    )]
    let python = std::env::var("DMM_TEST_PYTHON")
        .expect("DMM_TEST_PYTHON must name a Python with rd-api-py: run `make test`, which installs it");
    agrees(&python, "rd_api_py_check.py").await;
}

#[tokio::test]
async fn real_debrid_api_of_npm_agrees_with_the_simulator() {
    agrees("node", "real_debrid_api_check.mjs").await;
}
