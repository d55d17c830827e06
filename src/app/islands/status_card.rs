//! The status card: everything there is to say about a sync, kept up to date by the shared signal.

pub mod notices;
pub mod progress_bar;
pub mod tiles;

use crate::{
    app::{browser, format, live::Live, words},
    domain::units::duration,
};
use leptos::prelude::*;
use notices::{ContentsLine, ErrorNotice, HeldDeletions};
use progress_bar::ProgressBar;
use tiles::Tiles;

/// State, step, progress, times, counters, outcome. Its places do not move while the numbers change.
#[island]
pub fn StatusCard() -> impl IntoView {
    let live = expect_context::<Live>();
    let now = move || live.here.with(|here| here.now);
    view! {
        <section class="card status" aria-labelledby="status-title" data-state=move || words::tone(live.state())>
            <div class="status-top">
                <h2 id="status-title" class="visually-hidden">
                    "Status"
                </h2>
                <span class="badge state">{move || words::badge(live.state())}</span>
                <span class="reconnecting" role="status">
                    {move || live.here.with(|here| here.disconnected).then_some("Reconnecting…")}
                </span>
                <LastSync live />
            </div>
            <p class="headline">{move || live.status.with(words::headline)}</p>
            <ErrorNotice live />
            <ProgressBar live />
            <dl class="times">
                <div>
                    <dt>"Duration"</dt>
                    <dd>{move || live.status.with(|status| words::took_so_far(status, now()))}</dd>
                </div>
                <div>
                    <dt>"Estimated end"</dt>
                    <dd>{move || estimated_end(live)}</dd>
                </div>
            </dl>
            <Tiles live />
            <HeldDeletions live />
            <ContentsLine live />
            <p class="visually-hidden" aria-live="polite" role="status">
                {move || live.status.with(words::announcement)}
            </p>
        </section>
    }
}

/// The end of the last run that completed: how long ago, and exactly.
#[component]
fn LastSync(live: Live) -> impl IntoView {
    let last = move || live.status.with(|status| status.last_sync);
    let text = move || match (last(), live.here.with(|here| here.now)) {
        (None, _) => "never".to_owned(),
        (Some(last), None) => format::minute(last),
        (Some(last), Some(now)) => {
            let millis = last.as_millis();
            format!("{} · {}", format::ago(now.saturating_sub(millis)), browser::local_minute(millis))
        }
    };
    view! {
        <p class="last-sync">
            "Last sync: " <time datetime=move || last().map(|last| last.to_string())>{text}</time>
        </p>
    }
}

/// What is left and the time of day at the end.
fn estimated_end(live: Live) -> String {
    match (live.status.with(|status| status.timing.estimated_end), live.here.with(|here| here.now)) {
        (None, _) => "–".to_owned(),
        (Some(end), None) => format::minute(end),
        (Some(end), Some(now)) => {
            let millis = end.as_millis();
            let left = duration(millis.saturating_sub(now).max(0));
            format!("{left} left · {}", browser::local_time(millis))
        }
    }
}
