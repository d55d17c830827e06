//! A button that copies a text.
#![expect(missing_docs, reason = "the island macro generates items without documentation")]

use crate::app::browser;
use leptos::prelude::*;

/// Copies `text`; says "Copied", or what to do where the browser forbids it.
#[island]
pub fn CopyButton(text: String) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button small needs-scripts"
            aria-live="polite"
            on:click=move |event| browser::copy_and_say(&event, text.clone())
        >
            "Copy"
        </button>
    }
}
