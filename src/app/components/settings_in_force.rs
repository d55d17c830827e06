//! The settings of the account, to be read.

use crate::domain::{SyncConfiguration, units::duration};
use leptos::prelude::*;

/// What the next sync will do, in words.
#[component]
pub fn SettingsInForce(
    /// The settings.
    configuration: SyncConfiguration,
) -> impl IntoView {
    let interval = if configuration.auto_sync {
        format!("every {}", duration(configuration.sync_interval.saturating_mul(60_000)))
    } else {
        "off".to_owned()
    };
    let duplicates = if configuration.enable_duplicate_detection { "on" } else { "off" };
    view! {
        <section class="card settings" aria-labelledby="settings-title">
            <h2 id="settings-title">"Settings in force"</h2>
            <dl class="rows">
                <div>
                    <dt>"Automatic sync"</dt>
                    <dd>{interval}</dd>
                </div>
                <div>
                    <dt>"Batch size"</dt>
                    <dd>{configuration.batch_size} " files"</dd>
                </div>
                <div>
                    <dt>"Duplicate detection"</dt>
                    <dd>{duplicates}</dd>
                </div>
                <div>
                    <dt>"Retries per request"</dt>
                    <dd>{configuration.max_retries}</dd>
                </div>
            </dl>
            <p class="hint">"Automatic syncs run on the server; no browser has to stay open."</p>
        </section>
    }
}
