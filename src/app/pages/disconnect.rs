//! `/settings/disconnect`: the one question before everything that is stored of an account is deleted.

use crate::{
    app::{
        components::{
            layout::{Layout, Place},
            problem::{Problem, problem_in_address},
            trouble::Trouble,
        },
        server_fns::{DisconnectData, load_disconnect},
        words,
    },
    domain::ErrorCode,
};
use leptos::{either::Either, prelude::*};

/// The question; a stranger is led to sign in.
#[component]
pub fn DisconnectPage() -> impl IntoView {
    Suspend::new(async move {
        match load_disconnect().await {
            Ok(data) => Either::Left(view! { <Question data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Settings /> }),
        }
    })
}

#[component]
fn Question(data: DisconnectData) -> impl IntoView {
    let DisconnectData { user, files, can_revoke } = data;
    let username = user.username.clone();
    let problem = problem_in_address();
    let is_wrong_name = problem == Some(ErrorCode::InvalidRequest);
    let of_page = problem.filter(|_| !is_wrong_name);
    view! {
        <Layout title="Disconnect account" here=Place::Settings user=Some(user)>
            <p class="back">
                <a href="/settings">"Settings"</a>
            </p>
            <div class="narrow">
                <h1>"Disconnect " <span class="break">{username.clone()}</span> "?"</h1>
                <Problem code=of_page id="trouble" />
                {of_page.map(|_| view! { <p class="hint">"Nothing was done: everything is still here."</p> })}
                <section class="card">
                    <h2>"What happens"</h2>
                    <ul class="plain">
                        <li>
                            {format!(
                                "The copy of your library here is deleted for ever: {}, with folders, names, notes and history.",
                                words::files(files),
                            )}
                        </li>
                        <li>"The stored token is deleted, syncs end, and every browser and API token is signed out."</li>
                        <li>"Your library at Real-Debrid stays as it is."</li>
                    </ul>
                </section>
                <form class="card form" method="post" action="/api/ui/disconnect">
                    <label for="username">"To go on, type your user name: " <strong class="break">{username}</strong></label>
                    <input
                        id="username"
                        name="username"
                        required
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby=is_wrong_name.then_some("wrong-name")
                        aria-invalid=is_wrong_name.then_some("true")
                    />
                    {is_wrong_name
                        .then(|| {
                            view! {
                                <p class="field-error" id="wrong-name" role="alert">
                                    "That is not the user name, so nothing was done. Type it exactly as it is shown."
                                </p>
                            }
                        })}
                    {can_revoke
                        .then(|| {
                            view! {
                                <label class="tick">
                                    <input type="checkbox" name="revoke" />
                                    <span>"Revoke the token at Real-Debrid too, also for other programs that use it"</span>
                                </label>
                            }
                        })}
                    <div class="card-actions">
                        <button class="button danger">"Disconnect and delete"</button>
                        <a class="button" href="/settings">
                            "Keep everything"
                        </a>
                    </div>
                </form>
            </div>
        </Layout>
    }
}
