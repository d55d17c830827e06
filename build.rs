//! Embeds the built site (`target/site`) into the server binary.

use std::{fs, path::Path};

fn main() -> std::io::Result<()> {
    // The site is built before the server by `make build`. A plain `cargo check` or `cargo test` does without it and
    // then embeds an empty folder.
    let site = Path::new("target/site");
    fs::create_dir_all(site)?;
    if std::env::var_os("CARGO_FEATURE_SSR").is_some() {
        memory_serve::load_directory("./target/site");
    }
    Ok(())
}
