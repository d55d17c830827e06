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

/// Runs a script of `end2end/second-opinion`; what it says is the reason of a failure.
pub(crate) async fn run(interpreter: &str, arguments: &[&str]) {
    // The directory decides where node looks for packages.
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end/second-opinion");
    let mut command = Command::new(interpreter);
    command.args(arguments).current_dir(directory).stdin(Stdio::null());
    let run = move || {
        let output = command.output()?;
        // Python 3.11 itself, once in a great many times (python/cpython#106905).
        let is_its_own = String::from_utf8_lossy(&output.stdout).contains("AST constructor recursion depth mismatch");
        if is_its_own { command.output() } else { Ok(output) }
    };
    let output = tokio::task::spawn_blocking(run)
        .await
        .expect("the child is waited for")
        .unwrap_or_else(|error| panic!("{interpreter} cannot be run ({error}): run `make test`, which installs it"));
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).join("\n");
    assert!(
        output.status.success(),
        "{} ended with {}: {said}\nIf a package is missing: run `make test`, which installs it",
        arguments[0],
        output.status
    );
}

/// The Python that has what the scripts need.
pub(crate) fn python() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the tools are is a matter of the test run, not of the product"
    )]
    std::env::var("DMM_TEST_PYTHON")
        .expect("DMM_TEST_PYTHON must name a Python with the packages of the tests: run `make test`, which installs it")
}

async fn agrees(interpreter: &str, script: &str) {
    let simulator = simulator().await;
    run(interpreter, &[script, &simulator.api_url(), simulator.token()]).await;
    assert!(simulator.journal().len() > 10, "{script} hardly asked anything");
}

#[tokio::test]
async fn rd_api_py_agrees_with_the_simulator() {
    agrees(&python(), "rd_api_py_check.py").await;
}

#[tokio::test]
async fn real_debrid_api_of_npm_agrees_with_the_simulator() {
    agrees("node", "real_debrid_api_check.mjs").await;
}
