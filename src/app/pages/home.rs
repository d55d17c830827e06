//! `/`: sends people to where they want to be.

use crate::app::{
    components::{layout::Place, trouble::Trouble},
    server_fns::load_home,
};
use leptos::{either::Either, prelude::*};

/// The redirect, and the link for whoever does not follow it.
#[component]
pub fn HomePage() -> impl IntoView {
    Suspend::new(async move {
        match load_home().await {
            Ok(home) => Either::Left(view! { <a href=home.goes_to>"Go on"</a> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Elsewhere /> }),
        }
    })
}
