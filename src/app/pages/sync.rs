//! `/sync`: start, watch and steer a synchronisation. A stranger learns what it is.

use crate::app::{
    components::{
        account_card::AccountCard,
        help::Help,
        layout::{Layout, Place},
        preview::Preview,
        problem::{Problem, problem_in_address},
        settings_in_force::SettingsInForce,
        trouble::Trouble,
    },
    islands::{live_sync::LiveSync, status_card::StatusCard, sync_button::SyncButton, toasts::Toasts},
    server_fns::{SyncData, load_sync},
};
use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;

/// The dashboard, or the invitation.
#[component]
pub fn SyncPage() -> impl IntoView {
    Suspend::new(async move {
        match load_sync().await {
            Ok(Some(data)) => EitherOf3::A(view! { <Dashboard data /> }),
            Ok(None) => EitherOf3::B(view! { <Invitation /> }),
            Err(error) => EitherOf3::C(view! { <Trouble error here=Place::Sync /> }),
        }
    })
}

#[component]
fn Dashboard(data: SyncData) -> impl IntoView {
    let SyncData { user, status, configuration, set_aside, now, must_reconnect } = data;
    let problem = problem_in_address();
    let in_force = configuration.clone();
    let help = use_query_map().with_untracked(|query| query.get("help"));
    view! {
        <Layout title="File Synchronization" here=Place::Sync user=Some(user.clone())>
            <div class="sync-page">
                <LiveSync status>
                    <div class="sync-main">
                        <div class="page-head">
                            <h1>"File Synchronization"</h1>
                            <p class="lead">"Keeps your copy in step with everything you have at Real-Debrid."</p>
                        </div>
                        <Problem code=problem />
                        <SyncButton />
                        <p class="without-scripts hint">
                            "This browser runs no scripts, so the page shows how things stood when it was loaded. "
                            <a href="/sync">"Load it again"</a>
                        </p>
                        <StatusCard />
                    </div>
                    <aside class="sync-aside">
                        <AccountCard user set_aside now must_reconnect />
                        <SettingsInForce configuration=in_force />
                        <section class="card">
                            <h2>"Your files"</h2>
                            <p>"Search, sort and find duplicates in the copy, also while a sync runs."</p>
                            <a class="button" href="/library">
                                "Open the library"
                            </a>
                        </section>
                    </aside>
                    <Help open=help configuration />
                    <Toasts />
                </LiveSync>
            </div>
        </Layout>
    }
}

#[component]
fn Invitation() -> impl IntoView {
    view! {
        <Layout title="File Synchronization" here=Place::Sync user=None>
            <div class="invitation">
                <div class="invitation-words">
                <h1>"File Synchronization"</h1>
                <p class="lead">
                    "DMM reads every torrent and download of your Real-Debrid account into a database you own, and keeps
                    that copy in step. You see it happen live, find duplicates, and search all of it in an instant."
                </p>
                <a class="button primary" href="/connection">
                    "Connect Real-Debrid"
                </a>
                </div>
                <Preview />
                <ul class="promises">
                    <li>
                        <h2>"Complete"</h2>
                        <p>"Every entry with name, size, type, SHA-1 and contents, however large the library."</p>
                    </li>
                    <li>
                        <h2>"Careful"</h2>
                        <p>"DMM only reads at Real-Debrid. A broken answer never deletes anything from your copy."</p>
                    </li>
                    <li>
                        <h2>"Yours"</h2>
                        <p>"The copy and your token, encrypted, stay on this server."</p>
                    </li>
                </ul>
            </div>
        </Layout>
    }
}
