//! The wait for the user's approval at Real-Debrid.

use super::{get, now, set};
use crate::{
    app::{
        server_fns::{Approval, device_state},
        words,
    },
    domain::ErrorCode,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

const ENDED: &str = "/connection?problem=sign_in_ended";

/// A wait under way; copies are the same one.
#[derive(Clone, Copy)]
struct Wait {
    words: RwSignal<String>,
    ends: i64,
    is_reached: RwSignal<bool>,
    /// The page is being left: a second order would cancel the first.
    is_over: StoredValue<bool>,
}

/// Counts down in `words` for `left` milliseconds, and asks at every `interval` until the sign-in has ended.
pub fn wait(words: RwSignal<String>, left: i64, interval: i64) {
    let wait = Wait {
        words,
        ends: now().saturating_add(left),
        is_reached: RwSignal::new(true),
        is_over: StoredValue::new(false),
    };
    let ticking = set_interval_with_handle(move || wait.tick(), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(ticking) = ticking {
            ticking.clear();
        }
    });
    wait.ask_after(interval);
}

impl Wait {
    fn tick(self) {
        let left = self.ends.saturating_sub(now());
        self.words.set(words::code_left(left, self.is_reached.get_untracked()));
        if left <= 0 {
            self.go(ENDED);
        }
    }

    fn ask_after(self, interval: i64) {
        let pause = Duration::from_millis(u64::try_from(interval).unwrap_or_default().max(1_000));
        set_timeout(
            move || {
                spawn_local(async move {
                    match device_state().await {
                        Ok(Approval::SignedIn) => self.go("/sync"),
                        Ok(Approval::Waits { interval, is_reached }) => {
                            self.is_reached.set(is_reached);
                            self.ask_after(interval);
                        }
                        Err(error) if error.code == ErrorCode::NotAllowed => self.go("/connection?problem=not_allowed"),
                        Err(error) if error.code == ErrorCode::SignInEnded => self.go(ENDED),
                        // The network, the server: another question may do.
                        Err(_) => {
                            self.is_reached.set(false);
                            self.ask_after(interval);
                        }
                    }
                });
            },
            pause,
        );
    }

    fn go(self, address: &str) {
        if !self.is_over.get_value() {
            self.is_over.set_value(true);
            set(&get(&window(), "location"), "href", address);
        }
    }
}
