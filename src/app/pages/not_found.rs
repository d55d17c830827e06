//! What an address that does not exist answers; the server gives it the status 404.

use crate::app::{
    components::layout::{Layout, Place},
    server_fns::load_viewer,
};
use leptos::prelude::*;

/// Says so and leads back.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    Suspend::new(async move {
        let user = load_viewer().await.unwrap_or_default();
        view! {
            <Layout title="Page not found" here=Place::Elsewhere user>
                <div class="empty">
                    <h1>"Page not found"</h1>
                    <p>"There is nothing at this address. It may have been mistyped, or the page has moved."</p>
                    <a class="button primary" href="/">
                        "Go to the start page"
                    </a>
                </div>
            </Layout>
        }
    })
}
