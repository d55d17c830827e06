//! Icons, drawn inline so that they take the colour of the text and cost no request.

use leptos::prelude::*;

/// The mark: a thing and its faithful copy.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="mark-back" x="3" y="3" width="19" height="19" rx="6" />
            <rect class="mark-front" x="10" y="10" width="19" height="19" rx="6" />
            <path class="mark-tick" d="m15 19.6 3.2 3.2 6-6.4" />
        </svg>
    }
}

/// Two arrows in a circle.
#[component]
pub fn SyncIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M20 11a8 8 0 0 0-14.3-4L4 9m0-5v5h5M4 13a8 8 0 0 0 14.3 4l1.7-2m0 5v-5h-5" />
        </svg>
    }
}

/// Rows on a shelf.
#[component]
pub fn LibraryIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M5 4v16M10 4v16M14.5 4.6l4.6 15M3 20h18" />
        </svg>
    }
}
