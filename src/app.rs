//! The web app.
//!
//! Pages are server components: they work without WebAssembly, and every button is a form. What lives (the progress
//! of a sync) is an island, and all islands of a page share one signal, fed by one event stream. The app knows
//! [`crate::domain`], and the application only inside server functions.

#![expect(clippy::needless_pass_by_value, reason = "the props of a component are its own")]

pub mod api_docs;
pub mod browser;
pub mod command;
pub mod components;
pub mod format;
pub mod islands;
pub mod links;
pub mod live;
pub mod pages;
/// The plots. Only the server draws.
#[cfg(feature = "ssr")]
mod plots;
/// QR codes. Only the server draws.
#[cfg(feature = "ssr")]
mod qr;
/// The request at hand: session, status, redirects. The one part of the UI that only the server has.
#[cfg(feature = "ssr")]
mod request;
pub mod server_fns;
pub mod settings_form;
mod shell;
pub mod toasts;
pub mod transport;
pub mod words;

pub use shell::shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};
use pages::{
    api_docs::ApiDocsPage, connection::ConnectionPage, disconnect::DisconnectPage, duplicates::DuplicatesPage,
    file::FilePage, held_deletions::HeldDeletionsPage, history::HistoryPage, home::HomePage, library::LibraryPage,
    not_found::NotFoundPage, run::RunPage, settings::SettingsPage, sync::SyncPage,
};

/// All pages. Each is rendered to its end before it is sent, so that it is whole without JavaScript and its status
/// and redirects are known in time.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <FlatRoutes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/sync") view=SyncPage ssr=SsrMode::Async />
                <Route path=path!("/sync/deletions") view=HeldDeletionsPage ssr=SsrMode::Async />
                <Route path=path!("/connection") view=ConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/library") view=LibraryPage ssr=SsrMode::Async />
                <Route path=path!("/library/:id") view=FilePage ssr=SsrMode::Async />
                <Route path=path!("/history") view=HistoryPage ssr=SsrMode::Async />
                <Route path=path!("/history/:id") view=RunPage ssr=SsrMode::Async />
                <Route path=path!("/api/docs") view=ApiDocsPage ssr=SsrMode::Async />
                <Route path=path!("/duplicates") view=DuplicatesPage ssr=SsrMode::Async />
                <Route path=path!("/settings/disconnect") view=DisconnectPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}
