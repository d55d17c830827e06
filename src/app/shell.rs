//! The HTML around every page: head, skip link, and the scripts that wake the islands.

use super::App;
use leptos::{nonce::use_nonce, prelude::*, tachys::html::InertElement};
use leptos_meta::MetaTags;

/// The whole document. Nothing in it needs an inline style or an inline handler, and every inline script carries the
/// nonce, so the Content-Security-Policy can be strict.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f5f1" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#121617" />
                <meta name="description" content="A faithful, searchable copy of your Real-Debrid library." />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" href=stylesheet />
                <IslandScripts options />
                <MetaTags />
            </head>
            <body>
                <a class="skip-link" href="#main">
                    "Skip to content"
                </a>
                <App />
            </body>
        </html>
    }
}

/// Leptos's loader. Leptos 0.8.23 writes the nonce into `crossorigin` of the two preloads, where it stands for nothing
/// and once made Firefox stop (leptos #4843): there the attribute is emptied.
#[component]
fn IslandScripts(options: LeptosOptions) -> impl IntoView {
    let scripts = view! { <HydrationScripts options islands=true /> }.to_html();
    InertElement::new(match use_nonce() {
        Some(nonce) => scripts.replace(&format!("crossorigin=\"{nonce}\""), "crossorigin"),
        None => scripts,
    })
}
