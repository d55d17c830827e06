//! The status card: everything there is to say about a sync, kept up to date by the shared signal.

pub mod notices;
pub mod progress_bar;
pub mod tiles;

use crate::{
    app::{
        browser, format,
        live::{Here, Live},
        words,
    },
    domain::{SyncStatus, units::duration},
};
use leptos::prelude::*;
use notices::{ContentsLine, ErrorNotice, HeldDeletions};
use progress_bar::ProgressBar;
use tiles::Tiles;

/// State, step, progress, times, counters, outcome. Its places do not move while the numbers change.
#[island]
pub fn StatusCard() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <section class="card status" aria-labelledby="status-title" data-state=live.text(|status, _| words::tone(status.status).to_owned())>
            <div class="status-top">
                <h2 id="status-title" class="visually-hidden">
                    "Status"
                </h2>
                <span class="badge state">{live.text(|status, _| words::badge(status.status).to_owned())}</span>
                <span class="reconnecting" role="status">
                    {live.text(|_, here| if here.disconnected { "Reconnecting…".to_owned() } else { String::new() })}
                </span>
                <LastSync live />
            </div>
            <p class="headline">{live.text(|status, _| words::headline(status))}</p>
            <ErrorNotice live />
            <ProgressBar live />
            <dl class="times">
                <div>
                    <dt>"Duration"</dt>
                    <dd>{live.text(|status, here| words::took_so_far(status, here.now))}</dd>
                </div>
                <div>
                    <dt>"Estimated end"</dt>
                    <dd>{live.text(estimated_end)}</dd>
                </div>
            </dl>
            <Tiles live />
            <HeldDeletions live />
            <ContentsLine live />
            <p class="visually-hidden" aria-live="polite" role="status">
                {live.text(|status, _| words::announcement(status))}
            </p>
        </section>
    }
}

/// The end of the last run that completed: how long ago, and exactly.
#[component]
fn LastSync(live: Live) -> impl IntoView {
    let exact = live.text(|status, _| status.last_sync.map(|last| last.to_string()).unwrap_or_default());
    view! {
        <p class="last-sync">"Last sync: " <time datetime=exact>{live.text(last_sync)}</time></p>
    }
}

fn last_sync(status: &SyncStatus, here: &Here) -> String {
    match (status.last_sync, here.now) {
        (None, _) => "never".to_owned(),
        (Some(last), None) => format::minute(last),
        (Some(last), Some(now)) => {
            let millis = last.as_millis();
            format!("{} · {}", format::ago(now.saturating_sub(millis)), browser::local_minute(millis))
        }
    }
}

/// What is left and the time of day at the end.
fn estimated_end(status: &SyncStatus, here: &Here) -> String {
    match (status.timing.estimated_end, here.now) {
        (None, _) => "–".to_owned(),
        (Some(end), None) => format::minute(end),
        (Some(end), Some(now)) => {
            let millis = end.as_millis();
            format!("{} left · {}", duration(millis.saturating_sub(now)), browser::local_time(millis))
        }
    }
}
