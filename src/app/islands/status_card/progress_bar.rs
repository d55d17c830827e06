//! How far the reading is: bar, percentage, processed of total.

use crate::{app::live::Live, domain::units::count};
use leptos::prelude::*;

/// The bar is a `<progress>`: its width comes from its value, so no inline style is needed.
#[component]
pub fn ProgressBar(
    /// What the islands share.
    live: Live,
) -> impl IntoView {
    let percentage = live.text(|status, _| status.progress.percentage.to_string());
    let spoken = live.text(|status, _| format!("{} %", status.progress.percentage));
    let processed = live.text(|status, _| {
        let total = if status.progress.total == 0 { "–".to_owned() } else { count(status.progress.total) };
        format!("{} / {total} files", count(status.progress.processed))
    });
    view! {
        <div class="progress">
            <progress
                max="100"
                value=percentage
                aria-label="Sync progress"
                aria-valuetext=spoken
            ></progress>
            <span class="percentage">{spoken}</span>
            <span class="processed">{processed}</span>
        </div>
    }
}
