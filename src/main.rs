//! The `dmm` binary.

fn main() {}
