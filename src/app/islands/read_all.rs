//! "Read everything again" where the help advises it.

use crate::app::{
    command::Command,
    islands::sync_button::CommandForm,
    live::{Live, is_alive},
};
use leptos::prelude::*;

/// The button, while no run is alive.
#[island]
pub fn ReadAll() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <div hidden=live.holds(|status, _| is_alive(status))>
            <CommandForm live command=|_| Command::Full label=|_| "Read everything again" class="button small" />
        </div>
    }
}
