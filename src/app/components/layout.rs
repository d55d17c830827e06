//! The frame of every page: title, header with navigation and the user, main part, footer.

use super::icons::{DuplicatesIcon, HistoryIcon, LibraryIcon, Mark, SettingsIcon, SyncIcon};
use crate::domain::User;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

/// Where in the navigation a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The sync page.
    Sync,
    /// The library and its entries.
    Library,
    /// What is there more than once.
    Duplicates,
    /// The runs that were.
    History,
    /// How syncs behave, and who is signed in.
    Settings,
    /// Signing in.
    Connection,
    /// None of these.
    Elsewhere,
}

/// Everything around the content of a page.
#[component]
pub fn Layout(
    /// What the window is called.
    #[prop(into)]
    title: String,
    /// Where it stands.
    here: Place,
    /// Who is signed in.
    user: Option<User>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let signed_in = user.is_some();
    view! {
        <Title text=format!("{title} · DMM") />
        <header class="site-header">
            <div class="site-header-inner">
                <a class="brand" href="/" aria-label="DMM, home">
                    <Mark />
                    <span aria-hidden="true">"DMM"</span>
                </a>
                {signed_in.then(|| view! { <Navigation here /> })}
                <Account user here />
            </div>
        </header>
        <main id="main" class="page" tabindex="-1">
            {children()}
        </main>
        <footer class="site-footer">
            <p>
                "DMM keeps a faithful copy of your Real-Debrid library. It never changes your library there."
                {signed_in.then(|| view! { " "<a href="/api/docs">"API for programs"</a> })}
            </p>
        </footer>
    }
}

#[component]
fn Navigation(here: Place) -> impl IntoView {
    let current = move |place: Place| (here == place).then_some("page");
    view! {
        <nav class="site-nav" aria-label="Main">
            <a href="/sync" aria-current=current(Place::Sync)>
                <SyncIcon />
                "Sync"
            </a>
            <a href="/library" aria-current=current(Place::Library)>
                <LibraryIcon />
                "Library"
            </a>
            <a href="/duplicates" aria-current=current(Place::Duplicates)>
                <DuplicatesIcon />
                "Duplicates"
            </a>
            <a href="/history" aria-current=current(Place::History)>
                <HistoryIcon />
                "History"
            </a>
            <a href="/settings" aria-current=current(Place::Settings)>
                <SettingsIcon />
                "Settings"
            </a>
        </nav>
    }
}

#[component]
fn Account(user: Option<User>, here: Place) -> impl IntoView {
    match user {
        Some(user) => Either::Left(view! {
            <div class="account">
                <a class="account-name" href="/connection">
                    <span class="visually-hidden">"Signed in as "</span>
                    {user.username}
                </a>
                <form method="post" action="/api/auth/ui/sign_out">
                    <button class="button small">"Sign out"</button>
                </form>
            </div>
        }),
        None => Either::Right((here != Place::Connection).then(|| {
            view! {
                <div class="account">
                    <a class="button small" href="/connection">
                        "Sign in"
                    </a>
                </div>
            }
        })),
    }
}
