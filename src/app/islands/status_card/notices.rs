//! What needs the user's eye: an error with its remedy, deletions that wait for a word, contents that are known.

use crate::app::{
    command::Command, islands::sync_button::CommandForm, links, live::Live, words, words::account::remedy,
};
use crate::domain::units::count;
use leptos::prelude::*;

/// Why the last run failed and what to do.
#[component]
pub fn ErrorNotice(
    /// What the islands share.
    live: Live,
) -> impl IntoView {
    view! {
        <div class="notice bad" role="alert" hidden=live.holds(|status, _| status.error.is_none())>
            <p>{live.text(|status, _| status.error.clone().unwrap_or_default())}</p>
            <p hidden=live.holds(|status, _| status.next_sync.is_none())>
                {live.text(|status, here| words::tries_again(status, here.now))}
            </p>
            <div class="notice-actions" hidden=live.holds(|status, _| remedy(status).is_none())>
                <a class="button" href=live.text(|status, _| remedy(status).unwrap_or_default().1.to_owned())>
                    {live.text(|status, _| remedy(status).unwrap_or_default().0.to_owned())}
                </a>
            </div>
        </div>
    }
}

/// Deletions that are too many to be believed, and the two answers.
#[component]
pub fn HeldDeletions(
    /// What the islands share.
    live: Live,
) -> impl IntoView {
    let text = live.text(|status, _| {
        format!(
            "{} are gone from Real-Debrid, which is more than DMM deletes without asking. Nothing was deleted. \
             If you removed them yourself, delete them here too; otherwise keep them.",
            words::files(status.held_deletions)
        )
    });
    view! {
        <section class="notice warn" aria-labelledby="held-title" hidden=live.holds(|status, _| status.held_deletions == 0)>
            <h3 id="held-title">"Deletions held back"</h3>
            <p>{text}</p>
            <p>
                <a href=links::HELD_DELETIONS>
                    {live.text(|status, _| format!("Show the {}", words::files(status.held_deletions)))}
                </a>
            </p>
            <div class="notice-actions">
                <CommandForm live command=|_| Command::Dismiss label=|_| "Keep them" class="button" />
                <CommandForm live command=|_| Command::Confirm label=|_| "Delete them here" class="button danger" />
            </div>
        </section>
    }
}

/// How many torrents' contents are known, once any are: they are read in the background.
#[component]
pub fn ContentsLine(
    /// What the islands share.
    live: Live,
) -> impl IntoView {
    let text = live.text(|status, _| {
        let contents = &status.contents;
        format!("Contents of {} of {} torrents read", count(contents.processed), count(contents.total))
    });
    view! {
        <div class="contents-line" hidden=live.holds(|status, _| status.contents.processed == 0)>
            <span>{text}</span>
            <progress
                max=live.text(|status, _| status.contents.total.max(1).to_string())
                value=live.text(|status, _| status.contents.processed.to_string())
                aria-label="Contents of torrents read"
            ></progress>
        </div>
    }
}
