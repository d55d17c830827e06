//! The browsers that are signed in, each with the button that ends its session.

use crate::{app::format, domain::SessionInfo};
use leptos::{either::Either, prelude::*};

/// The list, and the button for all but this one.
#[component]
pub fn Sessions(
    /// The last used first.
    sessions: Vec<SessionInfo>,
) -> impl IntoView {
    let has_others = sessions.len() > 1;
    view! {
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <p class="hint">
                "Where this account is signed in. A session ends 30 days after it began, or 7 days after it was last used. End any that
                you do not know."
            </p>
            <ul class="access">{sessions.into_iter().map(|session| view! { <Line session /> }).collect_view()}</ul>
            {has_others
                .then(|| {
                    view! {
                        <form method="post" action="/api/ui/end_other_sessions">
                            <button class="button">"Sign out everywhere else"</button>
                        </form>
                    }
                })}
        </section>
    }
}

#[component]
fn Line(session: SessionInfo) -> impl IntoView {
    let SessionInfo { id, client, created_at, last_seen_at, expires_at: _, current } = session;
    let times = format!("Signed in {}, last used {}", format::minute(created_at), format::day(last_seen_at));
    let end = if current {
        Either::Left(view! { <span class="badge" data-look="good">"This session"</span> })
    } else {
        let label = format!("Sign out {client}, signed in {}", format::minute(created_at));
        Either::Right(view! {
            <form method="post" action="/api/ui/end_session">
                <input type="hidden" name="id" value=id />
                <button class="button small" aria-label=label>
                    "Sign out"
                </button>
            </form>
        })
    };
    view! {
        <li>
            <div>
                <strong class="break">{client}</strong>
                <span class="hint">{times}</span>
            </div>
            {end}
        </li>
    }
}
