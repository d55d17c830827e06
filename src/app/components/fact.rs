//! One line of a list of facts: a name, and what is known of it.

use leptos::prelude::*;

/// Inside `dl.rows`.
#[component]
pub fn Fact(
    /// What it is.
    name: &'static str,
    /// What is known of it.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
}
