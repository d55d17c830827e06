//! Onward and back to the start. A list is walked by key and not by number, so that a page stays right while a sync
//! adds entries; the browser's own Back leads to the page before.

use crate::{app::links, domain::FileQuery};
use leptos::prelude::*;

/// The links under a list.
#[component]
pub fn Pager(
    /// What is shown now.
    query: FileQuery,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
) -> impl IntoView {
    let first = query.cursor.is_some().then(|| links::library(&query));
    let next = next_cursor.map(|cursor| links::next_page(&query, &cursor));
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {first.map(|first| view! { <a class="button" href=first>"Back to first page"</a> })}
                {next.map(|next| view! { <a class="button" href=next rel="next">"Next page"</a> })}
            </nav>
        }
    })
}
