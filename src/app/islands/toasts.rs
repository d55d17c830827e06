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
    let places = [
        place(live, "0", [tone::<0>, title::<0>, words::<0>], is_free::<0>),
        place(live, "1", [tone::<1>, title::<1>, words::<1>], is_free::<1>),
        place(live, "2", [tone::<2>, title::<2>, words::<2>], is_free::<2>),
    ];
    view! {
        <section class="toasts" aria-label="Notifications" aria-live="polite">
            {places}
        </section>
    }
}

/// Texts are functions without a capture and the button is heard from the window, so that all places are of one type.
fn place(
    live: Live,
    place: &'static str,
    [tone, title, words]: [fn(&SyncStatus, &Here) -> String; 3],
    is_free: fn(&SyncStatus, &Here) -> bool,
) -> impl IntoView {
    view! {
        <div class="toast" aria-atomic="true" data-tone=live.text(tone) hidden=live.holds(is_free)>
            <p>
                <strong>{live.text(title)}</strong>
                " "
                <span>{live.text(words)}</span>
            </p>
            <button type="button" class="toast-dismiss" aria-label="Dismiss" data-dismiss=place>
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
