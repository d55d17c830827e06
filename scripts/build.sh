#!/usr/bin/env bash
# Builds target/release/dmm. The site first: the server embeds it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ -d target/release/deps ]] || say "Building from nothing: this takes some minutes, the next time seconds"
scripts/build-site.sh
cargo build --release --bin dmm "$@"
