//! `/history/{id}`: one sync with everything that is kept of it.

use crate::{
    app::{
        components::{
            fact::Fact,
            layout::{Layout, Place},
            run_list::{RunBadge, kind},
            run_words::{entry_errors, sentence, took},
            trouble::Trouble,
        },
        format,
        server_fns::{RunData, load_run},
        words,
    },
    domain::{SyncRun, units::count},
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;

/// The run, or the page that says that there is none.
#[component]
pub fn RunPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    Suspend::new(async move {
        match load_run(id).await {
            Ok(data) => Either::Left(view! { <Run data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::History /> }),
        }
    })
}

#[component]
fn Run(data: RunData) -> impl IntoView {
    let RunData { user, run } = data;
    let heading = format!("Sync of {}", format::minute(run.started));
    let said = match &run.error {
        Some(error) => Either::Left(view! { <p class="notice bad">{error.clone()}</p> }),
        None => Either::Right(view! { <p class="lead">{sentence(&run)}</p> }),
    };
    let alive = run.status.is_alive().then(|| view! { <a class="button primary" href="/sync">"Watch it"</a> });
    view! {
        <Layout title=heading.clone() here=Place::History user=Some(user)>
            <p class="back">
                <a href="/history">"History"</a>
            </p>
            <div class="page-head run-head">
                <h1>{heading}</h1>
                <p class="badges">
                    <RunBadge state=run.status />
                    <span class="badge">{kind(&run)}</span>
                </p>
                {said}
                {alive}
            </div>
            <Facts run=run.clone() />
            <Errors run />
        </Layout>
    }
}

#[component]
fn Facts(run: SyncRun) -> impl IntoView {
    let took = took(&run);
    let SyncRun { result, started, ended, requests, files_failed, held_deletions, .. } = run;
    let held = (held_deletions > 0).then(|| {
        view! { <Fact name="Deletions that wait for your word">{count(held_deletions)}</Fact> }
    });
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"What it did"</h2>
            <dl class="rows wide run-facts">
                <Fact name="Files checked">{count(result.files_processed)}</Fact>
                <Fact name="Added">{count(result.files_added)}</Fact>
                <Fact name="Updated">{count(result.files_updated)}</Fact>
                <Fact name="Deleted">{count(result.files_deleted)}</Fact>
                <Fact name="Duplicates among them">{count(result.duplicates_found)}</Fact>
                <Fact name="Could not be stored">{count(files_failed)}</Fact>
                {held}
                <Fact name="Took">{took}</Fact>
                <Fact name="Requests to Real-Debrid">{count(requests)}</Fact>
                <Fact name="Started">{format::minute(started)}</Fact>
                {ended.map(|ended| view! { <Fact name="Ended">{format::minute(ended)}</Fact> })}
            </dl>
        </section>
    }
}

#[component]
fn Errors(run: SyncRun) -> impl IntoView {
    (run.files_failed > 0).then(|| {
        let errors = entry_errors(&run);
        let kept = i64::try_from(errors.len()).unwrap_or(i64::MAX);
        let note = (run.files_failed > kept)
            .then(|| format!(" Of {} the first {} are kept.", words::files(run.files_failed), count(kept)));
        view! {
            <section class="card" aria-labelledby="errors">
                <h2 id="errors">"Files that could not be stored"</h2>
                <p class="hint">"The next sync tries them again." {note}</p>
                <ol class="run-errors">{errors.iter().map(|error| view! { <li>{error.clone()}</li> }).collect_view()}</ol>
            </section>
        }
    })
}
