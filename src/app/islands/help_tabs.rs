//! The keyboard of the help's tabs; its tabs are links and work without it.

use crate::app::browser::tabs;
use leptos::prelude::*;

/// Tabs and panels are the server's, as its children.
#[island]
pub fn HelpTabs(children: Children) -> impl IntoView {
    Effect::new(|_| tabs::wake());
    view! {
        <div class="help-tabs" on:click=|event| tabs::clicked(&event) on:keydown=|event| tabs::pressed(&event)>
            {children()}
        </div>
    }
}
