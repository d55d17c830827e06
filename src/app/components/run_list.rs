//! The runs of the history: a table on a wide screen, cards on a phone (the style decides).

use super::run_words::{by_whom, entry_errors, outcome, sentence, took};
use crate::{
    app::{format, links},
    domain::{Mode, RunState, SyncRun, units::count},
};
use leptos::prelude::*;

/// Some runs, in the order to show.
#[component]
pub fn RunList(
    /// The runs.
    runs: Vec<SyncRun>,
) -> impl IntoView {
    view! {
        <div class="runs-frame">
        <table class="runs">
            <caption class="visually-hidden">"Syncs, newest first"</caption>
            <thead>
                <tr>
                    <th scope="col">"Started"</th>
                    <th scope="col">"What came of it"</th>
                    {HEADS.map(|head| view! { <th scope="col" class="number">{head}</th> }).into_iter().collect_view()}
                </tr>
            </thead>
            <tbody>{runs.into_iter().map(|run| view! { <RunRow run /> }).collect_view()}</tbody>
        </table>
        </div>
    }
}

const HEADS: [&str; 7] = ["Added", "Updated", "Deleted", "Duplicates", "Errors", "Took", "Requests"];

#[component]
fn RunRow(run: SyncRun) -> impl IntoView {
    let result = &run.result;
    let numbers = [
        count(result.files_added),
        count(result.files_updated),
        count(result.files_deleted),
        count(result.duplicates_found),
        count(run.files_failed),
        took(&run),
        count(run.requests),
    ];
    let cells = HEADS.into_iter().zip(numbers).map(|(head, number)| {
        let is_zero = (number == "0").then_some("true");
        view! {
            <td class="number" data-head=head data-zero=is_zero>
                {number}
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <a href=links::run(&run.id)>
                    <time datetime=run.started.to_string()>{format::minute(run.started)}</time>
                </a>
                <span class="kind-of-run">{kind(&run)}</span>
            </th>
            <td class="outcome">
                <RunBadge state=run.status />
                <p>{sentence(&run)}</p>
                {run.status.is_alive().then(|| view! { <p><a href="/sync">"Watch it"</a></p> })}
                <Errors run=run.clone() />
            </td>
            {cells.collect_view()}
        </tr>
    }
}

/// The mode, and who asked for the run if that is known.
pub fn kind(run: &SyncRun) -> String {
    let mode = if run.mode == Mode::Full { "Full" } else { "Incremental" };
    by_whom(run).map_or_else(|| mode.to_owned(), |by| format!("{mode}, {by}"))
}

/// How it ended, in a word.
#[component]
pub fn RunBadge(
    /// Where it stands.
    state: RunState,
) -> impl IntoView {
    let (look, word) = outcome(state);
    view! {
        <span class="badge" data-look=look>
            {word}
        </span>
    }
}

/// The first entries that could not be stored, and where the others are.
#[component]
fn Errors(run: SyncRun) -> impl IntoView {
    (run.files_failed > 0).then(|| {
        let failed = run.files_failed;
        let shown = entry_errors(&run).iter().map(|error| view! { <li>{error.clone()}</li> }).collect_view();
        let entries = if failed == 1 { "1 entry".to_owned() } else { format!("{} entries", count(failed)) };
        let goes_on = usize::try_from(failed).is_ok_and(|failed| failed > entry_errors(&run).len());
        view! {
            <details class="run-errors-few">
                <summary>{format!("{entries} could not be stored")}</summary>
                <ul>{shown}</ul>
                {goes_on.then(|| view! { <p><a href=links::run_errors(&run.id)>"Show all of them"</a></p> })}
            </details>
        }
    })
}
