//! Onward and back to the start. A list is walked by key and not by number, so that a page stays right while a sync
//! adds entries; the browser's own Back leads to the page before.

use leptos::prelude::*;

/// The links under a list.
#[component]
pub fn Pager(
    /// The address of the first page, on any other.
    first: Option<String>,
    /// The address of the next page, if there is one.
    next: Option<String>,
) -> impl IntoView {
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {first.map(|first| view! { <a class="button" href=first>"Back to first page"</a> })}
                {next.map(|next| view! { <a class="button" href=next rel="next">"Next page"</a> })}
            </nav>
        }
    })
}
