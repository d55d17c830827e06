//! The tokens of scripts: the list, the form for another one, and the new one, which is shown once.

use crate::{
    app::{format, islands::copy_button::CopyButton},
    domain::{
        ApiToken,
        access::{LONGEST_TOKEN_NAME, MOST_TOKENS},
    },
};
use leptos::prelude::*;

/// Everything about API tokens on the settings page.
#[component]
pub fn ApiTokens(
    /// The last used first.
    tokens: Vec<ApiToken>,
    /// The one that was made a moment ago.
    new_token: Option<String>,
    /// Whether the one that was asked for was refused.
    was_refused: bool,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="tokens-title" id="tokens">
            <h2 id="tokens-title">"API tokens"</h2>
            <p class="hint">
                "For scripts, instead of a session. A token may do what you may, but not manage tokens and sessions. What can be
                asked with it is in the " <a href="/api/docs">"description of the API"</a> "."
            </p>
            {new_token.map(|token| view! { <NewToken token /> })}
            <ul class="access">{tokens.into_iter().map(|token| view! { <Line token /> }).collect_view()}</ul>
            <form class="new-token" method="post" action="/api/ui/create_api_token">
                <label for="token-name">"Name of the new token"</label>
                <div class="field-value">
                    <input
                        id="token-name"
                        name="name"
                        required
                        maxlength=LONGEST_TOKEN_NAME
                        autocomplete="off"
                        placeholder="Backup script"
                        aria-describedby=was_refused.then_some("token-refused")
                        aria-invalid=was_refused.then_some("true")
                    />
                    <button class="button">"Make a token"</button>
                </div>
                {was_refused
                    .then(|| {
                        view! {
                            <p class="field-error" id="token-refused" role="alert">
                                {format!(
                                    "No token was made: a name is one line of 1 to {LONGEST_TOKEN_NAME} characters, and there can be \
                                     {MOST_TOKENS} tokens. Mend the name, or revoke a token first.",
                                )}
                            </p>
                        }
                    })}
            </form>
        </section>
    }
}

#[component]
fn NewToken(token: String) -> impl IntoView {
    view! {
        <div class="notice good new-token-shown" role="status">
            <p>"Your new token. Copy it now: DMM keeps only a hash of it and cannot show it again."</p>
            <div class="copyable">
                <code class="break">{token.clone()}</code>
                <CopyButton text=token />
            </div>
        </div>
    }
}

#[component]
fn Line(token: ApiToken) -> impl IntoView {
    let ApiToken { id, name, created_at, last_used_at } = token;
    let used = last_used_at.map_or_else(|| "never used".to_owned(), |used| format!("last used {}", format::day(used)));
    let label = format!("Revoke {name}");
    view! {
        <li>
            <div>
                <strong class="break">{name}</strong>
                <span class="hint">{format!("Made {}, {used}", format::day(created_at))}</span>
            </div>
            <form method="post" action="/api/ui/end_session">
                <input type="hidden" name="id" value=id />
                <button class="button small" aria-label=label>
                    "Revoke"
                </button>
            </form>
        </li>
    }
}
