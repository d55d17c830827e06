//! A button that copies a text.
#![expect(missing_docs, reason = "the island macro generates items without documentation")]

use crate::app::browser;
use leptos::{prelude::*, task::spawn_local};

/// Copies `text`; says "Copied", or what to do where the browser forbids it.
#[island]
pub fn CopyButton(text: String) -> impl IntoView {
    let label = RwSignal::new("Copy");
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let copied = browser::copy(&text).await;
            label.set(if copied { "Copied" } else { "Select it and press Ctrl+C" });
        });
    };
    view! {
        <button type="button" class="button small" on:click=copy aria-live="polite">
            {label}
        </button>
    }
}
