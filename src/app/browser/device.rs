//! The wait for the user's yes at Real-Debrid.

use super::{get, now, set};
use crate::{
    app::{server_fns::device_state, words},
    domain::ErrorCode,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

const ENDED: &str = "/connection?problem=sign_in_ended";

/// Counts down in `words` for `left` milliseconds, and asks at every `interval` until the sign-in has ended.
pub fn wait(words: RwSignal<String>, left: i64, interval: i64) {
    let ends = now().saturating_add(left);
    let tick = move || {
        let left = ends.saturating_sub(now());
        words.set(words::code_left(left));
        if left <= 0 {
            go(ENDED);
        }
    };
    let ticking = set_interval_with_handle(tick, Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(ticking) = ticking {
            ticking.clear();
        }
    });
    ask_after(interval);
}

fn ask_after(interval: i64) {
    let wait = Duration::from_millis(u64::try_from(interval).unwrap_or_default().max(1_000));
    set_timeout(
        move || {
            spawn_local(async move {
                match device_state().await {
                    Ok(0) => go("/sync"),
                    Ok(interval) => ask_after(interval),
                    Err(error) if error.code == ErrorCode::NotAllowed => go("/connection?problem=not_allowed"),
                    Err(error) if error.code == ErrorCode::SignInEnded => go(ENDED),
                    // The network, the server: another question may do.
                    Err(_) => ask_after(interval),
                }
            });
        },
        wait,
    );
}

fn go(address: &str) {
    set(&get(&window(), "location"), "href", address);
}
