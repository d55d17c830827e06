//! What can be in the way, and the remedies.

use super::Topic;
use crate::{app::islands::read_all::ReadAll, domain::SyncConfiguration};
use leptos::prelude::*;

/// Slow first sync, repeated errors, authentication, duplicates that are not found.
#[component]
pub fn Troubleshooting(
    /// The settings in force.
    configuration: SyncConfiguration,
) -> impl IntoView {
    let detection = if configuration.enable_duplicate_detection {
        "Detection is switched on."
    } else {
        "Detection is switched off at present; switch it on in the settings, and the next sync marks everything."
    };
    view! {
        <Topic title="The first sync is slow">
            <p>
                "Read the sentence at the top of the status card: it says what the sync does and what it waits for. When it
                waits because Real-Debrid takes only so many requests a minute, it goes on by itself; other programs with the
                same account share that number. When it stores, larger batches are faster. You need not keep this page open."
            </p>
            <a class="button small" href="/settings">
                "Open settings"
            </a>
        </Topic>
        <Topic title="Syncs end with errors again and again">
            <p>
                "The red notice names the cause and what helps. If Real-Debrid cannot be reached or does not answer in time, look
                after the server's internet connection. If a sync ends because it made no progress, raise “Give up after”; if
                requests fail now and then, raise “Repeats of a request”. Files that could not be stored do not stop a sync; each
                is named in the history, and the next sync tries it again."
            </p>
            <div class="topic-actions">
                <a class="button small" href="/settings">
                    "Open settings"
                </a>
                <a class="button small" href="/history">
                    "Show what failed"
                </a>
            </div>
        </Topic>
        <Topic title="Real-Debrid refuses the token">
            <p>
                "The token was replaced, or DMM's access was revoked at Real-Debrid. On the Connection page, get a code and approve it, or copy
                the present token from "
                <a href="https://real-debrid.com/apitoken" target="_blank" rel="noopener noreferrer">
                    "real-debrid.com/apitoken"
                </a>
                ". Your library, settings and history stay. If the answer came from
                another account, nothing was changed: sign in with the account that this library belongs to."
            </p>
            <a class="button small" href="/connection">
                "Sign in again"
            </a>
        </Topic>
        <Topic title="Duplicates are not found">
            <p>
                {detection}
                " Only torrents with the same SHA-1 are marked. The same film in another release has another SHA-1, and downloads
                have none: such entries are shown apart, as likely duplicates. “Read everything again” marks all anew."
            </p>
            <div class="topic-actions">
                <ReadAll />
                <a class="button small" href="/duplicates">
                    "Show duplicates"
                </a>
                <a class="button small" href="/settings">
                    "Open settings"
                </a>
            </div>
        </Topic>
    }
}
