//! From when on new settings count, below the button that saves them.

use crate::{
    app::live::{Live, is_alive},
    domain::SyncStatus,
};
use leptos::prelude::*;

/// A sentence that follows the state of the sync, in a place of its own.
#[island]
pub fn SettingsNote() -> impl IntoView {
    let live = expect_context::<Live>();
    view! { <p class="hint from-when">{live.text(|status, _| from_when(status).to_owned())}</p> }
}

const fn from_when(status: &SyncStatus) -> &'static str {
    if is_alive(status) {
        "A sync is under way. It keeps the settings it began with; what you save counts from the next one."
    } else {
        "What you save counts from the next sync."
    }
}
