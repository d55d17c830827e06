//! Groups of entries that are there more than once, a card each.

use super::file_table::{FileTable, Line};
use crate::{
    app::words,
    domain::{DuplicateEntry, DuplicateGroup, InfoHash, LikelyGroup, units},
};
use leptos::prelude::*;

/// Groups by SHA-1.
#[component]
pub fn CertainGroups(
    /// In the order to show.
    groups: Vec<DuplicateGroup>,
) -> impl IntoView {
    let cards = groups.into_iter().map(|group| {
        let DuplicateGroup { sha1_hash, reclaimable_bytes, entries, files } = group;
        let reclaimable = match reclaimable_bytes {
            0 => String::new(),
            bytes => format!(", {} beside the original", units::bytes(bytes)),
        };
        let original = files.first().map(|entry| entry.file.id);
        view! {
            <Card
                summary=format!("{}{reclaimable}", words::entries(entries))
                hash=sha1_hash
                original
                entries
                files
            />
        }
    });
    view! {
        <section class="groups" aria-labelledby="groups-title">
            <h2 id="groups-title">"Largest first"</h2>
            {cards.collect_view()}
        </section>
    }
}

/// Likely duplicates, and below them torrents with their downloads.
#[component]
pub fn LikelyList(
    /// In the order to show.
    groups: Vec<LikelyGroup>,
) -> impl IntoView {
    let (companions, twice): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.companions);
    let cards = |groups: Vec<LikelyGroup>| {
        let card = |LikelyGroup { reason, entries, files, .. }| {
            view! { <Card summary=reason hash=None original=None entries files /> }
        };
        groups.into_iter().map(card).collect_view()
    };
    let twice = (!twice.is_empty()).then(|| {
        view! {
            <section class="groups" aria-labelledby="likely-title">
                <h2 id="likely-title">"Probably the same content, by name"</h2>
                {cards(twice)}
            </section>
        }
    });
    let companions = (!companions.is_empty()).then(|| {
        view! {
            <section class="groups" aria-labelledby="companions-title">
                <h2 id="companions-title">"Torrents with their download, by name"</h2>
                <p class="hint">"A download that was made from a torrent belongs to it. Neither is one too many."</p>
                {cards(companions)}
            </section>
        }
    });
    (twice, companions)
}

/// One group.
#[component]
fn Card(
    summary: String,
    hash: Option<InfoHash>,
    /// The entry that counts as the original, where one does.
    original: Option<i64>,
    entries: i64,
    files: Vec<DuplicateEntry>,
) -> impl IntoView {
    let name = files.first().map(|entry| entry.file.filename.clone()).unwrap_or_default();
    let caption = format!("Entries named {name}");
    let left_out = entries - i64::try_from(files.len()).unwrap_or(i64::MAX);
    let lines = files.into_iter().map(|DuplicateEntry { file, folder }| {
        let mark = original.map(|original| role(file.id == original)).into_any();
        Line { file, folder, mark }
    });
    view! {
        <article class="card group">
            <h3>{summary}</h3>
            {hash.map(|hash| view! { <p class="hint">"SHA-1 " <code class="hash">{hash.to_string()}</code></p> })}
            <FileTable caption lines=lines.collect() />
            {(left_out > 0).then(|| view! { <p class="hint">{format!("… and {} more.", units::count(left_out))}</p> })}
        </article>
    }
}

fn role(is_original: bool) -> impl IntoView {
    let (role, words) = if is_original { ("original", "Original") } else { ("duplicate", "Duplicate") };
    view! { <span class="badge" data-role=role>{words}</span> }
}
