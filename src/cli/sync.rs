//! `dmm sync`: one sync in the terminal, without a server.
//!
//! It works with the same parts as a server and claims the database as one does. A run that an earlier process left
//! running goes on; one that a person paused waits for that person.

mod display;
mod follow;
mod interrupts;

use super::{
    LogConfig,
    assembly::{Assembly, AssemblyError, AssemblyOptions},
    fail,
    output::put,
};
use crate::{
    accounts::key_watch,
    config::CoreConfig,
    domain::{State, SyncStatus, units},
    store::{Store, StoreError},
    sync::{EngineOptions, replicas},
};
use clap::Args;
use display::Display;
use follow::{Ended, Run, Way, no_token, sync};
use interrupts::Interrupts;
use secrecy::SecretString;
use std::process::ExitCode;

/// Entries that could not be stored and are named in the terminal; JSON names them all.
const NAMED: usize = 10;

#[derive(Debug, Args)]
pub(super) struct SyncArgs {
    /// Private API token of Real-Debrid, from real-debrid.com/apitoken; stored encrypted, as by signing in. When absent,
    /// the one token that is stored already is used. Other programs see a flag: prefer the variable
    #[arg(long, env = "REAL_DEBRID_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
    /// Read everything again, not only what can have changed
    #[arg(long)]
    full: bool,
    /// Carry out up to N deletions that an earlier sync held back; reads everything again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    confirm_deletions: Option<i64>,
    /// Print the result as JSON, and nothing else, on standard output
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    core: CoreConfig,
    #[command(flatten)]
    log: LogConfig,
}

pub(super) async fn run(args: SyncArgs) -> ExitCode {
    let mut display = Display::new();
    args.log.start_beside_progress(display.log());
    let mut interrupts = Interrupts::new();
    let way = Way::new(args.token, args.full, args.confirm_deletions);
    // Before a database and a key are created, which nobody may have meant.
    if !way.has_token() && !Store::exists(&args.core.database.database_url) {
        return fail(&no_token());
    }
    // The runs of others are for the servers.
    let engine = EngineOptions { is_heir: false, ..EngineOptions::default() };
    let options = AssemblyOptions { engine, ..AssemblyOptions::default() };
    let assembly = match Assembly::build(&args.core, options).await {
        Ok(assembly) => assembly,
        Err(AssemblyError::Store(StoreError::InUse { path })) => {
            return fail(&format!(
                "The database {path} is in use by a DMM server or another sync: start the sync there, or stop that one \
                 first."
            ));
        }
        Err(error) => return fail(&error),
    };
    let (engine, store, clock) = (assembly.engine.clone(), assembly.store.clone(), assembly.clock.clone());
    let replaced = key_watch::replaced(store.clone(), assembly.vault.clone(), clock.clone());
    let ended = tokio::select! {
        ended = sync(&assembly.application, &way, &mut display, &mut interrupts) => ended,
        // What servers on the same database do meanwhile.
        () = replicas::keep(engine, store, clock) => Ok(Ended::Left(1)),
        error = replaced => {
            display.clear();
            return fail(&error);
        }
    };
    display.clear();
    match ended {
        Ok(Ended::Run(run)) => {
            assembly.application.shut_down().await;
            report(&display, &run, args.json)
        }
        // Not waited for: whoever asks twice wants to be gone. What is alive is taken up by the next start.
        Ok(Ended::Left(code)) => ExitCode::from(code),
        Err(error) => {
            assembly.application.shut_down().await;
            fail(&here(&error.error))
        }
    }
}

/// Says what a run came to, and gives the exit code.
fn report(display: &Display, run: &Run, json: bool) -> ExitCode {
    let Run { status, result, signal } = run;
    if json {
        let _ = put(format!("{}\n", serde_json::to_string(result).unwrap_or_default()).as_bytes());
    } else if status.status == State::Completed {
        let _ = put(format!("{}\n", summary(status, result.duration)).as_bytes());
    }
    notice(display, status, &result.errors);
    match (status.status, signal) {
        (State::Completed, _) => ExitCode::SUCCESS,
        (State::Idle, Some(code)) => {
            display.say(&status.progress.current);
            ExitCode::from(*code)
        }
        _ => fail(&here(status.error.as_deref().unwrap_or("The sync did not complete: start it again."))),
    }
}

/// A remedy as it is carried out here: runs speak to who sits before the page.
fn here(error: &str) -> String {
    error
        .replace("sign in again on the Connection page", "give a new token by REAL_DEBRID_TOKEN")
        .replace("press Retry", "start the sync again")
}

/// What a completed run came to.
fn summary(status: &SyncStatus, duration: i64) -> String {
    let mut text = format!("Synchronised in {}. {}", units::duration(duration), status.progress.current);
    if status.stats.duplicates > 0 {
        text = format!("{text} Duplicates among them: {}.", units::count(status.stats.duplicates));
    }
    text
}

/// What needs attention.
fn notice(display: &Display, status: &SyncStatus, errors: &[String]) {
    if status.stats.errors > 0 {
        display.say(&format!("{} could not be stored:", entries(status.stats.errors)));
        errors.iter().take(NAMED).for_each(|error| display.say(&format!("  {error}")));
        if errors.len() > NAMED {
            display.say(&format!("  … and {} more; --json names them", errors.len() - NAMED));
        }
    }
    let held = status.held_deletions;
    if held > 0 {
        let are = if held == 1 { "is" } else { "are" };
        display.say(&format!(
            "{} {are} gone from Real-Debrid and kept here for now, because that is too much to be believed unasked. Look \
             at your library there; if it is right, run: dmm sync --confirm-deletions {held}",
            entries(held)
        ));
    }
}

fn entries(count: i64) -> String {
    format!("{} {}", units::count(count), if count == 1 { "entry" } else { "entries" })
}
