//! A refusal that came back to the page through its address, after a form without WebAssembly.

use crate::{app::words, domain::ErrorCode};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The code in `?problem=`, when it is one.
pub fn problem_in_address() -> Option<ErrorCode> {
    let word = use_query_map().with_untracked(|query| query.get("problem"))?;
    serde_json::from_value(word.into()).ok()
}

/// Shows the refusal with its remedy.
#[component]
pub fn Problem(
    /// What went wrong, if anything.
    code: Option<ErrorCode>,
    /// For `aria-describedby` of the field it belongs to.
    #[prop(default = "problem")]
    id: &'static str,
) -> impl IntoView {
    code.map(|code| {
        view! {
            <p class="notice bad" role="alert" id=id>
                {words::refusal(code)}
            </p>
        }
    })
}
