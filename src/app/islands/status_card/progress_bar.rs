//! How far the reading is: bar, percentage, processed of total.

use crate::{app::live::Live, domain::units::count};
use leptos::prelude::*;

/// The bar is a `<progress>`: its width comes from its value, so no inline style is needed.
#[component]
pub fn ProgressBar(
    /// What the islands share.
    live: Live,
) -> impl IntoView {
    let percentage = move || live.status.with(|status| status.progress.percentage.to_string());
    let processed = move || live.status.with(|status| count(status.progress.processed));
    let total = move || {
        live.status.with(|status| match status.progress.total {
            0 => "–".to_owned(),
            total => count(total),
        })
    };
    view! {
        <div class="progress">
            <progress
                max="100"
                value=percentage
                aria-label="Sync progress"
                aria-valuetext=move || format!("{} %", percentage())
            ></progress>
            <span class="percentage">{percentage} " %"</span>
            <span class="processed">{processed} " / " {total} " files"</span>
        </div>
    }
}
