//! Embeds the built site (`target/site`) into the server binary.

fn main() {
    // A build script that names no input runs again whenever any file of the package changes. With the feature `ssr`
    // the site is the only input; `memory_serve` says so itself.
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "ssr")]
    {
        // `make build` builds the site first. A plain `cargo check` or `cargo test` in a fresh clone does without it
        // and embeds an empty folder.
        std::fs::create_dir_all("target/site").expect("target/site can be created");
        memory_serve::load_directory("target/site");
    }
}
