//! How the C library shares out memory.
//!
//! glibc gives threads pools of memory of their own, "arenas", up to eight for each core, and what is free in one is not
//! there for the others. SQLite's connections have a thread each, so a server with people at its pages held half as much
//! again as it needs (see `benches/README.md`). The number can only be set by a variable that glibc reads when a process
//! starts, so the process starts itself once more with it.

use std::{
    env::{args_os, current_exe, var_os},
    os::unix::process::CommandExt,
    process::Command,
};

/// Two take hardly more than one, and threads need not wait for each other.
const ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "2");

/// Begins the program anew, as the same process, unless somebody has chosen a number of arenas already. Where that fails
/// it just goes on: it works the same with more memory.
pub fn limit_arenas() {
    if var_os(ARENAS.0).is_some() || var_os("GLIBC_TUNABLES").is_some() {
        return;
    }
    let Ok(program) = current_exe() else { return };
    let mut arguments = args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    // Comes back only when it has failed.
    let _ = command.args(arguments).env(ARENAS.0, ARENAS.1).exec();
}
