//! What Real-Debrid lets through at this moment, and why something waits.

use crate::app::{live::Live, words};
use leptos::prelude::*;

/// Requests that are left in the minute, and the wait. Both have their place, also while there is nothing to say.
#[island]
pub fn RequestPace() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <dl class="rows pace">
            <div>
                <dt>"Requests left"</dt>
                <dd>{live.text(|status, here| words::account::requests_left(&status.pace, here.now))}</dd>
            </div>
        </dl>
        <p class="hint wait">{live.text(|status, here| words::account::wait(&status.pace, here.now))}</p>
    }
}
