//! The status card: everything there is to say about a sync, kept up to date by the shared signal.

pub mod notices;
pub mod progress_bar;
pub mod tiles;

use crate::{
    app::{
        browser, format,
        live::{Here, Live, is_alive},
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
                    <dt>{live.text(|status, _| if is_alive(status) { "Estimated end" } else { "Next automatic sync" }.to_owned())}</dt>
                    <dd>{live.text(what_comes)}</dd>
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

/// How long a run may be late before its expected end says nothing any more, in milliseconds.
const LATE: i64 = 3_000;

/// Of a living run, what is left and the time of day at its end; else the time of the next automatic one.
fn what_comes(status: &SyncStatus, here: &Here) -> String {
    let is_alive = is_alive(status);
    let moment = if is_alive { status.timing.estimated_end } else { status.next_sync };
    match (moment, here.now) {
        (None, _) => "–".to_owned(),
        (Some(moment), None) => format::time_of_day(moment),
        (Some(moment), Some(now)) if is_alive && now > moment.as_millis() + LATE => "–".to_owned(),
        (Some(moment), Some(now)) => {
            let millis = moment.as_millis();
            let left = millis.saturating_sub(now).max(0);
            let words =
                if is_alive { format!("{} left", duration(left)) } else { format!("in {}", words::roughly(left)) };
            format!("{words} · {}", browser::local_time(millis))
        }
    }
}
