//! Toasts: what finished or failed while the page was open.

use crate::{
    app::{
        live::{Here, Live},
        toasts::Toast,
    },
    domain::SyncStatus,
};
use leptos::prelude::*;

/// A polite live region with a place for each. Nothing takes the focus, and nothing on the page moves.
#[island]
pub fn Toasts() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <section class="toasts" aria-label="Notifications" aria-live="polite">
            {place::<0>(live)}
            {place::<1>(live)}
            {place::<2>(live)}
        </section>
    }
}

/// Texts are functions without a capture, of one type for all places, as everything in a view that is live.
fn place<const PLACE: usize>(live: Live) -> impl IntoView {
    let dismiss = move |_| live.here.update(|here| here.toasts.dismiss(PLACE));
    view! {
        <div class="toast" aria-atomic="true" data-tone=live.text(tone::<PLACE>) hidden=live.holds(is_free::<PLACE>)>
            <p>
                <strong>{live.text(title::<PLACE>)}</strong>
                " "
                <span>{live.text(words::<PLACE>)}</span>
            </p>
            <button type="button" class="toast-dismiss" aria-label="Dismiss" on:click=dismiss>
                <span aria-hidden="true">"×"</span>
            </button>
        </div>
    }
}

fn of(here: &Here, place: usize, what: fn(&Toast) -> &str) -> String {
    here.toasts.at(place).map(what).unwrap_or_default().to_owned()
}

fn tone<const PLACE: usize>(_: &SyncStatus, here: &Here) -> String {
    of(here, PLACE, |toast| toast.tone)
}

fn title<const PLACE: usize>(_: &SyncStatus, here: &Here) -> String {
    of(here, PLACE, |toast| toast.title)
}

fn words<const PLACE: usize>(_: &SyncStatus, here: &Here) -> String {
    of(here, PLACE, |toast| &toast.text)
}

fn is_free<const PLACE: usize>(_: &SyncStatus, here: &Here) -> bool {
    here.toasts.at(PLACE).is_none()
}
