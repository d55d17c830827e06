//! `/settings`: how syncs of this account behave, and by what it is reached. A plain form, which the browser saves without a reload where it can.
//!
//! The address says how the form is filled in: `?saved` after a plain form was stored, `?defaults` with the defaults to
//! be saved, and with what was typed when that was refused.

use crate::{
    app::{
        browser::fields::FORM,
        components::{
            api_tokens::ApiTokens,
            layout::{Layout, Place},
            notify_switch::NotifySwitch,
            problem::{Problem, problem_in_address},
            sessions::Sessions,
            setting_fields::{NumberField, SwitchField},
            trouble::Trouble,
        },
        islands::{live_sync::LiveSync, settings_note::SettingsNote, toasts::Toasts},
        server_fns::{SettingsData, load_settings},
        settings_form::{BATCH, INTERVAL, RETRIES, TIMEOUT, Typed},
    },
    domain::SyncConfiguration,
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_url;

/// The form; a stranger is led to sign in.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let search = use_url().with_untracked(|url| url.search().to_owned());
    Suspend::new(async move {
        match load_settings().await {
            Ok(data) => Either::Left(view! { <Settings data search /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Settings /> }),
        }
    })
}

#[component]
fn Settings(data: SettingsData, search: String) -> impl IntoView {
    let SettingsData { user, status, configuration, sessions, tokens, new_token } = data;
    let saved = Typed::from(&configuration);
    let (typed, said) = filled_in(&search, &saved);
    let is_dirty = typed != saved;
    let was_refused = search.contains("token=refused");
    view! {
        <Layout title="Settings" here=Place::Settings user=Some(user)>
            <LiveSync status>
                <div class="settings-page">
                    <div class="page-head">
                        <h1>"Settings"</h1>
                        <p class="lead">
                            "How your library is kept in step, and who can reach it. These settings belong to your Real-Debrid
                            account and count in every browser."
                        </p>
                    </div>
                    <Problem code=problem_in_address() />
                    <form id=FORM class="settings-form" method="post" action="/api/ui/save_settings">
                        <p class="said" id="settings-said" role="status">{(!said.is_empty()).then_some(said)}</p>
                        <Groups typed saved />
                        <div class="settings-actions">
                            <button class="button primary" id="settings-save">
                                "Save settings"
                            </button>
                            <a class="button quiet" href="/settings?defaults">
                                "Reset to defaults"
                            </a>
                            <p class="dirty" id="settings-dirty" role="status" hidden=!is_dirty>
                                "Not saved yet. "
                                <a href="/settings">"Undo changes"</a>
                            </p>
                            <p class="field-error" id="settings-refusal" role="alert"></p>
                        </div>
                        <SettingsNote />
                    </form>
                    <NotifySwitch />
                    <Sessions sessions />
                    <ApiTokens tokens new_token was_refused />
                    <section class="card" aria-labelledby="disconnect-title">
                        <h2 id="disconnect-title">"Disconnect"</h2>
                        <p class="hint">"Deletes everything that DMM has stored of this account. It asks you first."</p>
                        <div class="card-actions">
                            <a class="button" href="/settings/disconnect">
                                "Disconnect account…"
                            </a>
                        </div>
                    </section>
                </div>
                <Toasts />
            </LiveSync>
        </Layout>
    }
}

/// What the form shows, and what is said above it.
fn filled_in(search: &str, saved: &Typed) -> (Typed, &'static str) {
    match (Typed::in_address(search), search.trim_start_matches('?')) {
        (Some(typed), _) if typed.patch().is_err() => {
            (typed, "Nothing was saved: a value is out of bounds. Mend the field that is marked and save again.")
        }
        (Some(typed), _) => (typed, ""),
        (None, "defaults") => {
            let defaults = Typed::from(&SyncConfiguration::default());
            (defaults, "These are the defaults. They count when you save them.")
        }
        (None, "saved") => (saved.clone(), "Saved."),
        (None, _) => (saved.clone(), ""),
    }
}

#[component]
fn Groups(typed: Typed, saved: Typed) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="automatic-title">
            <h2 id="automatic-title">"Automatic syncs"</h2>
            <SwitchField
                name="auto_sync"
                label="Sync automatically"
                about="The server starts syncs by itself; no browser has to stay open. The first one is always yours to start."
                typed=typed.auto_sync
                saved=saved.auto_sync
            />
            <NumberField number=&INTERVAL typed=typed.clone() saved=saved.clone() />
        </section>
        <section class="card" aria-labelledby="duplicates-title">
            <h2 id="duplicates-title">"Duplicates"</h2>
            <SwitchField
                name="enable_duplicate_detection"
                label="Mark duplicates"
                about="Torrents with the same SHA-1 are marked as duplicates of the one added first; nothing is hidden or
                removed. Switched off, marks that are there stay as they are; switched on again, the next sync marks everything."
                typed=typed.enable_duplicate_detection
                saved=saved.enable_duplicate_detection
            />
        </section>
        <section class="card" aria-labelledby="reading-title">
            <h2 id="reading-title">"Reading and storing"</h2>
            <NumberField number=&BATCH typed=typed.clone() saved=saved.clone() />
            <NumberField number=&TIMEOUT typed=typed.clone() saved=saved.clone() />
            <NumberField number=&RETRIES typed saved />
        </section>
    }
}
