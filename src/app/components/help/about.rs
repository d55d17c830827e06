//! What happens in a sync.

use super::Topic;
use leptos::prelude::*;

/// First sync, incremental sync, duplicates, live updates.
#[component]
pub fn About() -> impl IntoView {
    view! {
        <Topic title="First sync">
            <p>
                "You start the first sync. It reads your whole library, every torrent and every download, in pages of up to
                5,000 entries, and stores each with its name, size, type and status, torrents also with their SHA-1. What is
                inside a torrent takes a request of its own, so that is read afterwards, in the background, while no sync runs."
            </p>
        </Topic>
        <Topic title="Incremental sync">
            <p>
                "Later syncs ask first what can have changed. A list of up to 5,000 entries is read whole, which is one
                request. Of a longer one the total, the newest 100 entries and the torrents that were still on their way are
                compared with what is stored: if all is the same, nothing more is read. If anything differs, or the last
                complete reading is older than 24 hours, the list is read whole. Only what has changed is written."
            </p>
            <p>
                "So a change in the middle of a long list can wait for the next complete reading. “Read everything again” does
                not wait."
            </p>
        </Topic>
        <Topic title="Duplicates">
            <p>
                "Torrents with the same SHA-1 have the same content. The one added first counts as the original and the others
                are marked as its duplicates; nothing is hidden or removed. Downloads have no SHA-1 and are never marked."
            </p>
            <a class="button small" href="/duplicates">
                "Show duplicates"
            </a>
        </Topic>
        <Topic title="Live updates">
            <p>
                "This page follows a sync as it happens, in every browser in which it is open. The sync itself runs on the
                server: you can close the page, and it goes on. If the connection to the server breaks off, the page says so and connects again by itself. Without JavaScript, reload the page to see where the sync stands."
            </p>
        </Topic>
    }
}
