//! The wait for the user's approval at Real-Debrid.
#![expect(missing_docs, reason = "the island macro generates items without documentation")]

use crate::app::{browser, words};
use leptos::prelude::*;

/// Counts the life of the code down, asks how the sign-in stands, and leads on when it has ended. `left` and `interval`
/// are milliseconds.
#[island]
pub fn DeviceWait(left: i64, interval: i64, is_reached: bool) -> impl IntoView {
    let words = RwSignal::new(words::code_left(left, is_reached));
    Effect::new(move |_| browser::device::wait(words, left, interval));
    view! {
        <p class="device-wait needs-scripts" role="timer">
            {words}
        </p>
    }
}
