//! What the program does by itself, and what can be done to it.

use super::Topic;
use crate::{
    app::words,
    domain::{SyncConfiguration, units::count},
};
use leptos::prelude::*;

/// Batches, auto-sync, recovery, pause and resume.
#[component]
pub fn Features(
    /// The settings in force.
    configuration: SyncConfiguration,
) -> impl IntoView {
    let batches = format!(
        "What is new or changed is written in batches, at present of {} files. A batch is stored as a whole or not at all. If \
         a file of it cannot be stored, the batch is stored file by file, and only that one is left out, counted under Errors \
         and named in the history.",
        count(configuration.batch_size)
    );
    let automatic = if configuration.auto_sync {
        format!(
            "After the first sync the server starts one by itself {}, counted from the start of the last, and up to a tenth of \
             that time later, at most 5 minutes. No browser has to be open.",
            words::every(configuration.sync_interval)
        )
    } else {
        "Automatic syncs are switched off at present: a sync starts only when you press the button. Switched on, the server \
         starts them by itself after the first one, and no browser has to be open."
            .to_owned()
    };
    let repeats = match configuration.max_retries {
        0 => "is not repeated at present".to_owned(),
        1 => "is repeated once".to_owned(),
        times => format!("is repeated up to {times} times"),
    };
    let repeats = format!(
        "A request that fails for a passing reason {repeats}, 1 to 10 seconds apart or as long as Real-Debrid asks. If a sync \
         fails all the same, what was stored is kept. With automatic syncs the next try comes after 5 minutes, or after the \
         time between syncs if that is shorter, and then after twice as long each time, up to an hour; only what needs you, \
         such as a refused token, is left alone for a day or until you have signed in anew."
    );
    view! {
        <Topic title="Batches">
            <p>{batches}</p>
        </Topic>
        <Topic title="Automatic syncs">
            <p>{automatic}</p>
            <a class="button small" href="/settings">
                "Change settings"
            </a>
        </Topic>
        <Topic title="Recovery">
            <p>{repeats}</p>
            <p>
                "When the server is stopped or crashes in the middle of a sync, it takes the sync up at its next start. At most
                the batch that was being stored is lost, and nothing is counted twice."
            </p>
        </Topic>
        <Topic title="Pause and resume">
            <p>
                "Pause holds the sync once the request and the batch in flight have ended; until you press Resume nothing is
                sent or stored. A pause may last for days and outlasts a restart of the server. Cancel ends the sync: what was
                stored is kept, and the next sync starts over and writes only what is missing."
            </p>
        </Topic>
    }
}
