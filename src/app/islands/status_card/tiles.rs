//! The counters of the run.

use crate::{
    app::live::Live,
    domain::{Stats, units::count},
};
use leptos::prelude::*;

/// A counter: its name, where its number is, its look.
type Tile = (&'static str, fn(&Stats) -> i64, &'static str);

const TILES: [Tile; 5] = [
    ("Added", |stats| stats.added, "tile added"),
    ("Updated", |stats| stats.updated, "tile updated"),
    ("Deleted", |stats| stats.deleted, "tile deleted"),
    ("Duplicates", |stats| stats.duplicates, "tile duplicates"),
    ("Errors", |stats| stats.errors, "tile errors"),
];

/// Five numbers in fixed places.
#[component]
pub fn Tiles(
    /// What the islands share.
    live: Live,
) -> impl IntoView {
    let tile = move |(name, number, class): Tile| {
        let number = move || live.status.with(|status| number(&status.stats));
        view! {
            <div class=class data-zero=move || (number() == 0).to_string()>
                <dt>{name}</dt>
                <dd>{move || count(number())}</dd>
            </div>
        }
    };
    view! { <dl class="tiles">{TILES.map(tile)}</dl> }
}
