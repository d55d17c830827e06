//! The settings of the account, to be read.

use super::fact::Fact;
use crate::{
    app::words,
    domain::{SyncConfiguration, units::count},
};
use leptos::prelude::*;

/// What the next sync will do, in words.
#[component]
pub fn SettingsInForce(
    /// The settings.
    configuration: SyncConfiguration,
) -> impl IntoView {
    let interval = if configuration.auto_sync { words::every(configuration.sync_interval) } else { "off".to_owned() };
    let duplicates = if configuration.enable_duplicate_detection { "on" } else { "off" };
    view! {
        <section class="card settings" aria-labelledby="settings-title">
            <h2 id="settings-title">"Settings in force"</h2>
            <dl class="rows">
                <Fact name="Auto-sync">{interval}</Fact>
                <Fact name="Batch size">{count(configuration.batch_size)} " files"</Fact>
                <Fact name="Duplicate detection">{duplicates}</Fact>
            </dl>
            <a class="button" href="/settings">
                "Change settings"
            </a>
        </section>
    }
}
