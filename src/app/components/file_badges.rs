//! Small words about an entry: kind, status, duplicate.

use crate::{app::links, domain::File};
use leptos::prelude::*;

/// Torrent or download.
#[component]
pub fn KindBadge(
    /// The entry.
    file: File,
) -> impl IntoView {
    let kind = file.kind.as_str();
    view! {
        <span class="badge kind" data-kind=kind>
            {kind}
        </span>
    }
}

/// Real-Debrid's word for the state, made readable; the look says whether it is well, under way or failed.
#[component]
pub fn StatusBadge(
    /// The entry.
    file: File,
) -> impl IntoView {
    let look = match file.status.as_str() {
        "downloaded" => "good",
        "error" | "magnet_error" | "virus" | "dead" => "bad",
        _ => "busy",
    };
    view! {
        <span class="badge" data-look=look>
            {status_words(&file.status)}
        </span>
    }
}

/// Links a duplicate to its original.
#[component]
pub fn DuplicateBadge(
    /// The entry.
    file: File,
) -> impl IntoView {
    file.duplicate_of.map(|original| {
        view! {
            <a class="badge duplicate" href=links::file(original) aria-label="Duplicate: show the original">
                "Duplicate"
            </a>
        }
    })
}

/// `waiting_files_selection` → `waiting files selection`.
pub fn status_words(status: &str) -> String {
    status.replace('_', " ")
}
