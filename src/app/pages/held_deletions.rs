//! `/sync/deletions`: what would be deleted if the user said so, and the two answers.

use crate::{
    app::{
        command::Command,
        components::{
            file_table::{FileTable, Line},
            layout::{Layout, Place},
            problem::{Problem, problem_in_address},
            trouble::Trouble,
        },
        links,
        server_fns::{HeldData, load_held_deletions},
        words,
    },
    domain::{HeldDeletions, User},
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;

/// One page of the list, or that nothing waits.
#[component]
pub fn HeldDeletionsPage() -> impl IntoView {
    let cursor = use_query_map().with_untracked(|query| query.get("cursor")).unwrap_or_default();
    Suspend::new(async move {
        match load_held_deletions(cursor).await {
            Ok(data) => Either::Left(view! { <Held data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Sync /> }),
        }
    })
}

#[component]
fn Held(data: HeldData) -> impl IntoView {
    let HeldData { user, held, is_first } = data;
    if held.held_deletions == 0 {
        Either::Left(view! { <Nothing user /> })
    } else {
        Either::Right(view! { <List user held is_first /> })
    }
}

#[component]
fn Nothing(user: User) -> impl IntoView {
    view! {
        <Layout title="Deletions held back" here=Place::Sync user=Some(user)>
            <div class="empty">
                <h1>"No deletions wait for an answer"</h1>
                <p>"They were answered, or a newer sync has looked again. If it holds any back, the sync page says so."</p>
                <a class="button primary" href="/sync">
                    "Go to synchronisation"
                </a>
            </div>
        </Layout>
    }
}

#[component]
fn List(user: User, held: HeldDeletions, is_first: bool) -> impl IntoView {
    let (run, number) = (held.run.unwrap_or_default(), held.held_deletions);
    let files = words::files(number);
    let verb = if number == 1 { "is" } else { "are" };
    let problem = problem_in_address();
    let next = held.next_cursor.as_deref().map(links::held_deletions_from);
    view! {
        <Layout title="Deletions held back" here=Place::Sync user=Some(user)>
            <p class="back">
                <a href="/sync">"Synchronisation"</a>
            </p>
            <div class="page-head">
                <h1>"Deletions held back"</h1>
                <p class="lead">
                    {format!(
                        "{files} {verb} gone from Real-Debrid, which is more than DMM deletes without asking. They are \
                         still in your library here.",
                    )}
                </p>
            </div>
            <Problem code=problem />
            <section class="card answers" aria-labelledby="answers-title">
                <h2 id="answers-title">"What shall happen to them?"</h2>
                <dl>
                    <Answer
                        command=Command::Dismiss
                        run=run.clone()
                        number
                        label="Keep them"
                        class="button"
                        means="They stay here for now. The next sync looks again, and asks again if they are still gone."
                    />
                    <Answer
                        command=Command::Confirm
                        run
                        number
                        label="Delete them here"
                        class="button danger"
                        means="DMM reads your whole library once more and deletes here what is really gone, up to this \
                               number. What you said of a file is remembered for 30 days, in case it comes back."
                    />
                </dl>
            </section>
            <FileTable
                caption="What Real-Debrid no longer lists".to_owned()
                lines=held.files.into_iter().map(Line::of_library).collect()
            />
            {(next.is_some() || !is_first)
                .then(|| {
                    view! {
                        <nav class="pager" aria-label="Pages">
                            {(!is_first)
                                .then(|| {
                                    view! {
                                        <a class="button" href=links::HELD_DELETIONS>
                                            "Back to first page"
                                        </a>
                                    }
                                })}
                            {next.map(|next| view! { <a class="button" href=next rel="next">"Next page"</a> })}
                        </nav>
                    }
                })}
        </Layout>
    }
}

/// A button with what it does, to what is shown here and nothing else.
#[component]
fn Answer(
    command: Command,
    run: String,
    number: i64,
    label: &'static str,
    class: &'static str,
    means: &'static str,
) -> impl IntoView {
    view! {
        <div>
            <dt>
                <form method="post" action="/api/ui/sync_control">
                    <input type="hidden" name="command" value=command.word() />
                    <input type="hidden" name="run" value=run />
                    <input type="hidden" name="held" value=number />
                    <button class=class>{label}</button>
                </form>
            </dt>
            <dd>{means}</dd>
        </div>
    }
}
