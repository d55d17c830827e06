//! What a finished sync looks like, for those who have none yet: a picture made of the real thing's styles.

use leptos::prelude::*;

/// Decoration only, so nothing of it is read aloud.
#[component]
pub fn Preview() -> impl IntoView {
    let tile = |(name, number): (&'static str, &'static str)| {
        view! {
            <div class="tile">
                <dt>{name}</dt>
                <dd>{number}</dd>
            </div>
        }
    };
    view! {
        <div class="card status preview" data-state="completed" aria-hidden="true">
            <div class="status-top">
                <span class="badge state">"Completed"</span>
            </div>
            <p class="headline">"12,480 files checked in 3 s: 42 added and 3 updated."</p>
            <div class="progress">
                <progress max="100" value="100"></progress>
                <span class="percentage">"100 %"</span>
                <span class="processed">"12,480 / 12,480 files"</span>
            </div>
            <dl class="tiles">{[("Added", "42"), ("Updated", "3"), ("Duplicates", "7")].map(tile)}</dl>
        </div>
    }
}
