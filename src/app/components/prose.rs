//! A sentence in which `backticks` mark what is meant word for word.

use leptos::{either::Either, prelude::*};

/// The sentence, with code as code.
#[component]
pub fn Prose(
    /// What is said.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let parts = text.split('`').enumerate().map(|(number, part)| {
        let part = part.to_owned();
        if number % 2 == 1 { Either::Left(view! { <code>{part}</code> }) } else { Either::Right(part) }
    });
    parts.collect_view()
}
