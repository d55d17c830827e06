//! `/history`: what the syncs made of the library, as plots, and the syncs themselves.

use crate::{
    app::{
        components::{
            chart::{Chart, ChartCard},
            layout::{Layout, Place},
            run_list::RunList,
            trouble::Trouble,
        },
        format, links,
        server_fns::{HistoryData, load_history},
    },
    domain::Timestamp,
};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::hooks::use_url;

/// One page of the history; the plots stand on the first.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let search = use_url().with_untracked(|url| url.search().to_owned());
    Suspend::new(async move {
        match load_history(search).await {
            Ok(data) => Either::Left(view! { <History data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::History /> }),
        }
    })
}

#[component]
fn History(data: HistoryData) -> impl IntoView {
    let HistoryData { user, page, is_first, charts, as_of } = data;
    let next = page.next_cursor.clone();
    let (has_plots, has_runs) = (!charts.is_empty(), !page.runs.is_empty());
    let runs = match (has_runs, is_first) {
        (true, _) => EitherOf3::A(view! { <RunList runs=page.runs /> }),
        (false, true) => EitherOf3::B(view! { <NothingYet /> }),
        (false, false) => EitherOf3::C(view! { <p class="hint">"There are no earlier syncs."</p> }),
    };
    view! {
        <Layout title="History" here=Place::History user=Some(user)>
            <div class="page-head history-head">
                <h1>"History"</h1>
                <p class="lead">"What every sync did, and how your library has changed."</p>
                {(has_plots && has_runs).then(|| view! { <p class="jump"><a href="#runs">"Go to past syncs"</a></p> })}
            </div>
            {has_plots.then(|| view! { <Plots charts as_of /> })}
            <section aria-labelledby="runs">
                <h2 id="runs" class="section-title" hidden=!has_runs && is_first>
                    {if is_first { "Past syncs" } else { "Earlier syncs" }}
                </h2>
                {runs}
            </section>
            <Onward is_first next />
        </Layout>
    }
}

#[component]
fn Plots(charts: Vec<Chart>, as_of: Option<Timestamp>) -> impl IntoView {
    let as_of = as_of.map(|moment| {
        view! {
            <p class="hint">
                "As of the last completed sync, "
                <time datetime=moment.to_string()>{format::minute(moment)}</time> "."
            </p>
        }
    });
    view! {
        <section class="charts-part" aria-labelledby="charts-title">
            <h2 id="charts-title" class="section-title">
                "Your library"
            </h2>
            {as_of}
            <div class="charts">{charts.into_iter().map(|chart| view! { <ChartCard chart /> }).collect_view()}</div>
        </section>
    }
}

/// By key and not by number, so that a page stays right while new runs come.
#[component]
fn Onward(is_first: bool, next: Option<String>) -> impl IntoView {
    (!is_first || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {(!is_first).then(|| view! { <a class="button" href="/history">"Back to the newest"</a> })}
                {next.map(|next| view! { <a class="button" href=links::history(&next) rel="next">"Earlier syncs"</a> })}
            </nav>
        }
    })
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No sync has run yet"</h2>
            <p>"Every sync leaves a line here: what it changed, how long it took and what went wrong."</p>
            <a class="button primary" href="/sync">
                "Go to synchronisation"
            </a>
        </div>
    }
}
