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

/// One sheet upon another.
#[component]
pub fn DuplicatesIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M9 9h11v11H9zM15 5V4H4v11h1" />
        </svg>
    }
}

/// Bars that grow.
#[component]
pub fn HistoryIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M4 20h16M7 16v-4M12 16V8M17 16V4" />
        </svg>
    }
}

/// Sliders.
#[component]
pub fn SettingsIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M4 7h9m4 0h3M4 17h3m4 0h9M15 4.8v4.4M9 14.8v4.4" />
        </svg>
    }
}
