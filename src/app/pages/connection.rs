//! `/connection`: signing in and out.

use crate::{
    app::{
        components::{
            device_sign_in::DeviceSignIn,
            fact::Fact,
            layout::{Layout, Place},
            problem::{Problem, problem_in_address},
            trouble::Trouble,
        },
        format,
        server_fns::{ConnectionData, DeviceData, load_connection},
        words,
    },
    domain::{ErrorCode, User},
};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::hooks::use_query_map;

/// The forms for a stranger; who they are for the others.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    Suspend::new(async move {
        match load_connection().await {
            Ok(data) => match data.user.clone() {
                Some(user) => EitherOf3::A(view! { <Connected user data /> }),
                None => EitherOf3::B(view! { <SignInForms data /> }),
            },
            Err(error) => EitherOf3::C(view! { <Trouble error here=Place::Connection /> }),
        }
    })
}

#[component]
fn SignInForms(data: ConnectionData) -> impl IntoView {
    let ConnectionData { demo, device, ended, .. } = data;
    view! {
        <Layout title="Connect Real-Debrid" here=Place::Connection user=None>
            <div class="narrow">
                <h1>"Connect Real-Debrid"</h1>
                <p class="lead">"Your Real-Debrid account is your sign-in here."</p>
                {was_disconnected()
                    .then(|| {
                        view! {
                            <p class="notice good" role="status">
                                "The account is disconnected. Everything that was stored of it is being deleted here."
                            </p>
                        }
                    })}
                <WaysIn device problem=ended.or_else(problem_in_address) />
                {demo.then(|| view! { <Demo /> })}
            </div>
        </Layout>
    }
}

/// Whether the last page was the question whether to disconnect, and the answer yes.
fn was_disconnected() -> bool {
    use_query_map().with_untracked(|query| query.get("disconnected").is_some())
}

/// By a code, or by a token that is pasted.
#[component]
fn WaysIn(device: Option<DeviceData>, problem: Option<ErrorCode>) -> impl IntoView {
    let (of_token, of_page) = match problem {
        Some(ErrorCode::TokenRefused | ErrorCode::InvalidRequest) => (problem, None),
        _ => (None, problem),
    };
    view! {
        <Problem code=of_page id="trouble" />
        <DeviceSignIn device />
        <TokenForm problem=of_token />
    }
}

/// Where a token is pasted.
#[component]
fn TokenForm(problem: Option<ErrorCode>) -> impl IntoView {
    view! {
        <form class="card form" method="post" action="/api/auth/ui/sign_in">
            <h2>"Or paste a token"</h2>
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
                </a> ". DMM stores it encrypted on this server, only reads your library with it, and never shows it again."
            </p>
            <button class="button">"Connect"</button>
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
fn Connected(user: User, data: ConnectionData) -> impl IntoView {
    let ConnectionData { must_reconnect, device, ended, .. } = data;
    let premium = match user.premium_until {
        Some(until) => Either::Left(view! { <time datetime=until.to_string()>{format::minute(until)}</time> }),
        None => Either::Right("no premium subscription"),
    };
    // Whoever is well connected came to see that, and hardly to sign in again.
    let problem = ended.or_else(problem_in_address);
    // Of another tab, which has just finished the sign-in.
    let problem = problem.filter(|problem| must_reconnect || *problem != ErrorCode::SignInEnded);
    let is_needed = must_reconnect || device.is_some() || problem.is_some();
    let heading = if must_reconnect { "Reconnect Real-Debrid" } else { "Connected to Real-Debrid" };
    view! {
        <Layout title="Connection" here=Place::Connection user=Some(user.clone())>
            <div class="narrow">
                <h1>{heading}</h1>
                {must_reconnect.then(|| view! { <p class="notice bad">{words::account::RECONNECT}</p> })}
                <section class="card">
                    <dl class="rows">
                        <Fact name="User">{user.username}</Fact>
                        <Fact name="Premium until">{premium}</Fact>
                    </dl>
                    <div class="card-actions">
                        <a class="button" href="/sync">
                            "Go to synchronisation"
                        </a>
                        <form method="post" action="/api/auth/ui/sign_out">
                            <button class="button">"Sign out"</button>
                        </form>
                    </div>
                </section>
                {if is_needed {
                    Either::Left(view! { <WaysIn device problem /> })
                } else {
                    Either::Right(
                        view! {
                            <details class="other-ways">
                                <summary>"Sign in again, or with another account"</summary>
                                <WaysIn device problem />
                            </details>
                        },
                    )
                }}
            </div>
        </Layout>
    }
}
