//! Groups of entries that are there more than once, a card each.

use super::{
    file_badges::{KindBadge, StatusBadge},
    file_table::size,
};
use crate::{
    app::{format, links, words},
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
    let label = format!("Entries named {name}");
    let has_folders = files.iter().any(|entry| entry.folder.is_some());
    let left_out = entries - i64::try_from(files.len()).unwrap_or(i64::MAX);
    let rows = files.into_iter().map(|entry| view! { <Row entry original has_folders /> }).collect_view();
    view! {
        <article class="card group">
            <h3>{summary}</h3>
            {hash.map(|hash| view! { <p class="hint">"SHA-1 " <code class="hash">{hash.to_string()}</code></p> })}
            <table class="files" aria-label=label>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Kind"</th>
                        <th scope="col" class="number">
                            "Size"
                        </th>
                        <th scope="col">"Status"</th>
                        {has_folders.then(|| view! { <th scope="col">"Folder"</th> })}
                        <th scope="col" class="number">
                            "Added"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {(left_out > 0).then(|| view! { <p class="hint">{format!("… and {} more.", units::count(left_out))}</p> })}
        </article>
    }
}

#[component]
fn Row(entry: DuplicateEntry, original: Option<i64>, has_folders: bool) -> impl IntoView {
    let DuplicateEntry { file, folder } = entry;
    let role = original.map(|original| if original == file.id { "original" } else { "duplicate" });
    let badge = role.map(|role| {
        let words = if role == "original" { "Original" } else { "Duplicate" };
        view! { " " <span class="badge" data-role=role>{words}</span> }
    });
    view! {
        <tr>
            <th scope="row" class="name">
                <a href=links::file(file.id)>{file.filename.clone()}</a>
                {badge}
            </th>
            <td>
                <KindBadge file=file.clone() />
            </td>
            <td class="number">{size(file.file_size)}</td>
            <td>
                <StatusBadge file=file.clone() />
            </td>
            {has_folders.then(|| view! { <td class="folder">{folder}</td> })}
            <td class="number">
                <time datetime=file.added_at.to_string() title=format::minute(file.added_at)>
                    {format::day(file.added_at)}
                </time>
            </td>
        </tr>
    }
}
