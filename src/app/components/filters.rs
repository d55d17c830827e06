//! The search form of the library: a GET form, so that every search has an address.

use crate::{
    app::{components::file_badges::status_words, links},
    domain::{FileQuery, Folders, Kind, Order, Sort, query::DEFAULT_LIMIT, units},
};
use leptos::prelude::*;

/// Real-Debrid's words, in the life of a torrent.
const STATUSES: [&str; 11] = [
    "downloaded",
    "downloading",
    "queued",
    "waiting_files_selection",
    "magnet_conversion",
    "magnet_error",
    "compressing",
    "uploading",
    "error",
    "virus",
    "dead",
];
const LIMITS: [i64; 4] = [25, DEFAULT_LIMIT, 100, 200];

/// An option of a choice: value (empty means any), words, whether it is chosen.
type Choice = (String, String, bool);

/// The form, filled with `query`.
#[component]
pub fn Filters(
    /// What is shown now.
    query: FileQuery,
    /// The folders to choose from; without any there is nothing to choose.
    folders: Folders,
) -> impl IntoView {
    let kinds =
        choices("All kinds", Kind::ALL.map(|kind| (kind.as_str(), kind.plural())), query.kind.map(Kind::as_str));
    let duplicates = choices(
        "Shown",
        [("only", "Only duplicates"), ("hide", "Hidden")],
        query.duplicates.map(links::duplicates_word),
    );
    let sorts = [Sort::Added, Sort::Name, Sort::Size].map(|sort| {
        let words = match sort {
            Sort::Added => "Date added",
            Sort::Name => "Name",
            Sort::Size => "Size",
        };
        (links::sort_word(sort).to_owned(), words.to_owned(), query.sort_or_default() == sort)
    });
    let orders = [(Order::Desc, "Descending"), (Order::Asc, "Ascending")].map(|(order, words)| {
        (links::order_word(order).to_owned(), words.to_owned(), query.order_or_default() == order)
    });
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let mut limits: Vec<Choice> =
        LIMITS.iter().map(|it| (it.to_string(), format!("{it} per page"), *it == limit)).collect();
    if !LIMITS.contains(&limit) {
        limits.push((limit.to_string(), format!("{limit} per page"), true));
    }
    let folders = folder_choices(&folders, query.folder.as_deref());
    let filtered = query != FileQuery::default();
    view! {
        <form class="filters" method="get" action="/library" role="search" aria-label="Files">
            <div class="search-row">
                <label class="visually-hidden" for="filter-query">
                    "Search by name"
                </label>
                <input
                    id="filter-query"
                    type="search"
                    name="query"
                    value=query.query.clone()
                    placeholder="Search by name"
                    autocomplete="off"
                />
                <button class="button primary">"Search"</button>
            </div>
            <div class="filter-row">
                <Choose name="kind" label="Kind" choices=kinds />
                <Choose name="duplicates" label="Duplicates" choices=duplicates />
                <Choose name="status" label="Status" choices=statuses(query.status.as_deref()) />
                {(folders.len() > 1).then(|| view! { <Choose name="folder" label="Folder" choices=folders /> })}
                <Choose name="sort" label="Sort by" choices=sorts.into() />
                <Choose name="order" label="Order" choices=orders.into() />
                <Choose name="limit" label="Page size" choices=limits />
                <button class="button">"Apply"</button>
                {filtered.then(|| view! { <a class="reset" href="/library">"Reset filters"</a> })}
            </div>
        </form>
    }
}

#[component]
fn Choose(name: &'static str, label: &'static str, choices: Vec<Choice>) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|(value, words, chosen)| view! { <option value=value selected=chosen>{words}</option> })
        .collect_view();
    view! {
        <label class="choose">
            <span>{label}</span>
            <select name=name>{options}</select>
        </label>
    }
}

fn choices<const N: usize>(any: &str, known: [(&str, &str); N], chosen: Option<&str>) -> Vec<Choice> {
    let any = (String::new(), any.to_owned(), chosen.is_none());
    let known = known.map(|(value, words)| (value.to_owned(), sentence_case(words), chosen == Some(value)));
    std::iter::once(any).chain(known).collect()
}

/// The known words, and the one asked for when Real-Debrid has invented another.
fn statuses(chosen: Option<&str>) -> Vec<Choice> {
    let unknown = chosen.filter(|word| !STATUSES.contains(word));
    let mut all = choices("Any status", STATUSES.map(|word| (word, word)), chosen);
    all.extend(unknown.map(|word| (word.to_owned(), word.to_owned(), true)));
    for choice in &mut all {
        choice.1 = status_words(&choice.1);
    }
    all
}

/// The folders, and the one asked for when it is empty by now.
fn folder_choices(folders: &Folders, chosen: Option<&str>) -> Vec<Choice> {
    let mut all = vec![(String::new(), "All folders".to_owned(), chosen.is_none())];
    all.extend(folders.folders.iter().map(|it| {
        let words = format!("{} ({})", it.folder, units::count(it.files));
        (it.folder.clone(), words, chosen == Some(it.folder.as_str()))
    }));
    if let Some(folder) = chosen.filter(|folder| all.iter().all(|choice| choice.0 != *folder)) {
        all.push((folder.to_owned(), folder.to_owned(), true));
    }
    all
}

fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_is_not_known_can_still_be_chosen() {
        let chosen: Vec<Choice> = statuses(Some("thawing")).into_iter().filter(|choice| choice.2).collect();
        assert_eq!(chosen, [("thawing".to_owned(), "thawing".to_owned(), true)]);
    }

    #[test]
    fn a_folder_that_is_empty_by_now_can_still_be_chosen() {
        let folders = Folders::counted([("Films".to_owned(), 3)]);
        let chosen: Vec<Choice> = folder_choices(&folders, Some("Music")).into_iter().filter(|it| it.2).collect();
        assert_eq!(chosen, [("Music".to_owned(), "Music".to_owned(), true)]);
        assert_eq!(folder_choices(&folders, Some("Films"))[1], ("Films".to_owned(), "Films (3)".to_owned(), true));
    }

    #[test]
    fn nothing_chosen_means_any() {
        let kinds = choices("All kinds", [("torrent", "torrents")], None);
        assert_eq!(kinds[0], (String::new(), "All kinds".to_owned(), true));
        assert_eq!(kinds[1], ("torrent".to_owned(), "Torrents".to_owned(), false));
    }
}
