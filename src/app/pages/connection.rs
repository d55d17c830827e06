//! `/connection`: signing in and out.

use crate::{
    app::{
        components::{
            fact::Fact,
            layout::{Layout, Place},
            problem::{Problem, problem_in_address},
            trouble::Trouble,
        },
        format,
        server_fns::load_connection,
    },
    domain::User,
};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};

/// The forms for a stranger; who they are for the others.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    Suspend::new(async move {
        match load_connection().await {
            Ok(data) => match data.user {
                Some(user) => EitherOf3::A(view! { <Connected user /> }),
                None => EitherOf3::B(view! { <SignInForms demo=data.demo /> }),
            },
            Err(error) => EitherOf3::C(view! { <Trouble error here=Place::Connection /> }),
        }
    })
}

#[component]
fn SignInForms(demo: bool) -> impl IntoView {
    view! {
        <Layout title="Connect Real-Debrid" here=Place::Connection user=None>
            <div class="narrow">
                <h1>"Connect Real-Debrid"</h1>
                <p class="lead">"Your Real-Debrid account is your sign-in here."</p>
                <TokenForm heading=None button="Connect" />
                {demo.then(|| view! { <Demo /> })}
            </div>
        </Layout>
    }
}

/// Where a token is pasted: the first, or one that takes the place of a token that is refused.
#[component]
fn TokenForm(heading: Option<&'static str>, button: &'static str) -> impl IntoView {
    let problem = problem_in_address();
    view! {
        <form class="card form" method="post" action="/api/auth/ui/sign_in">
            {heading.map(|heading| view! { <h2>{heading}</h2> })}
            <label for="token">"Private API token"</label>
            <input
                id="token"
                name="token"
                type="password"
                required
                autocomplete="off"
                spellcheck="false"
                placeholder="Paste it here"
                aria-describedby="problem token-hint"
                aria-invalid=problem.map(|_| "true")
            />
            <Problem code=problem />
            <p id="token-hint" class="hint">
                "You find it at "
                <a href="https://real-debrid.com/apitoken" target="_blank" rel="noopener noreferrer">
                    "real-debrid.com/apitoken"
                </a> ". DMM stores it encrypted on this server, uses it only to read, and never shows it again."
            </p>
            <button class="button primary">{button}</button>
        </form>
    }
}

#[component]
fn Demo() -> impl IntoView {
    view! {
        <form class="card form" method="post" action="/api/auth/ui/demo">
            <h2>"Only looking?"</h2>
            <p class="hint">"The demo library is made up and needs no account. Everything works as it does with yours."</p>
            <button class="button">"Try the demo library"</button>
        </form>
    }
}

#[component]
fn Connected(user: User) -> impl IntoView {
    let premium = match user.premium_until {
        Some(until) => Either::Left(view! { <time datetime=until.to_string()>{format::minute(until)}</time> }),
        None => Either::Right("no premium subscription"),
    };
    view! {
        <Layout title="Connection" here=Place::Connection user=Some(user.clone())>
            <div class="narrow">
                <h1>"Connected to Real-Debrid"</h1>
                <section class="card">
                    <dl class="rows">
                        <Fact name="User">{user.username}</Fact>
                        <Fact name="Premium until">{premium}</Fact>
                    </dl>
                    <div class="card-actions">
                        <a class="button primary" href="/sync">
                            "Go to synchronisation"
                        </a>
                        <form method="post" action="/api/auth/ui/sign_out">
                            <button class="button">"Sign out"</button>
                        </form>
                    </div>
                </section>
                <TokenForm heading=Some("Sign in again") button="Use this token" />
            </div>
        </Layout>
    }
}
