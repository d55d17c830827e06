//! The switch for the browser's own notification.

use crate::app::{browser::notification, live::Live};
use leptos::prelude::*;

/// Kept in this browser only. It appears when WebAssembly is there, since without it nothing could be told.
#[island]
pub fn NotifySwitch() -> impl IntoView {
    let live = expect_context::<Live>();
    Effect::new(|_| notification::show());
    view! {
        <section class="card" aria-labelledby="browser-title" hidden=live.holds(|_, here| here.now.is_none())>
            <h2 id="browser-title">"This browser"</h2>
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    id=notification::SWITCH
                    aria-describedby="notify-says"
                    on:change=|_| notification::switched()
                />
                <span>"Notify me when a sync ends"</span>
            </label>
            <p class="hint" id=notification::SAYS role="status"></p>
        </section>
    }
}
