//! The switch for the browser's own notification.

use crate::app::browser::notification::{CARD, SAYS, SWITCH};
use leptos::prelude::*;

/// Kept in this browser only. The browser shows it once WebAssembly is there, since without it nothing could be told.
#[component]
pub fn NotifySwitch() -> impl IntoView {
    view! {
        <section class="card" id=CARD aria-labelledby="notify-title" hidden>
            <h2 id="notify-title">"This browser"</h2>
            <label class="switch">
                <input type="checkbox" role="switch" id=SWITCH autocomplete="off" aria-describedby=SAYS />
                <span>"Notify me when a sync ends"</span>
            </label>
            <p class="hint" id=SAYS role="status"></p>
        </section>
    }
}
