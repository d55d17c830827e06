//! `/library`: the files, searched, filtered, sorted and paged on the server.

use crate::{
    app::{
        components::{
            file_table::{FileTable, Line},
            filters::Filters,
            layout::{Layout, Place},
            pager::Pager,
            trouble::Trouble,
        },
        links,
        server_fns::{LibraryData, load_library},
        words,
    },
    domain::{DuplicateList, FileQuery},
};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::hooks::use_url;

/// One page of the list.
#[component]
pub fn LibraryPage() -> impl IntoView {
    let search = use_url().with_untracked(|url| url.search().to_owned());
    Suspend::new(async move {
        match load_library(search).await {
            Ok(data) => Either::Left(view! { <Files data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Library /> }),
        }
    })
}

#[component]
fn Files(data: LibraryData) -> impl IntoView {
    let LibraryData { user, query, page, folders, duplicates } = data;
    let any_filter = query.query.is_some()
        || query.kind.is_some()
        || query.duplicates.is_some()
        || query.status.is_some()
        || query.folder.is_some();
    let first = query.cursor.is_some().then(|| links::library(&query));
    let next = page.next_cursor.map(|cursor| links::next_page(&query, &cursor));
    let list = match (page.files.is_empty(), any_filter || query.cursor.is_some()) {
        (false, _) => EitherOf3::A(view! {
            <FileTable
                caption="Files of your library".to_owned()
                lines=page.files.into_iter().map(Line::of_library).collect()
            />
            <Pager first next />
            <Exports />
        }),
        (true, true) => EitherOf3::B(view! { <NothingMatches /> }),
        (true, false) => EitherOf3::C(view! { <NothingStored /> }),
    };
    view! {
        <Layout title=title(&query) here=Place::Library user=Some(user)>
            <div class="page-head library-head">
                <h1>"Library"</h1>
                <p class="lead total" role="status">
                    {if any_filter { format!("{} match", words::files(page.total)) } else { words::files(page.total) }}
                </p>
                <p class="hint">
                    <a href=links::duplicates(DuplicateList::Groups, None)>{words::duplicates(duplicates)}</a>
                    " by SHA-1, and "
                    <a href=links::duplicates(DuplicateList::Likely, None)>"likely ones"</a>
                </p>
            </div>
            <Filters query folders />
            {list}
        </Layout>
    }
}

/// Of the whole library, whatever is searched for.
#[component]
fn Exports() -> impl IntoView {
    view! {
        <p class="exports">
            "Export the whole library: "
            <a href="/api/files/export?format=csv" aria-label="Export as CSV, for spreadsheets">
                "CSV"
            </a>
            <span aria-hidden="true">" · "</span>
            <a href="/api/files/export?format=ndjson" aria-label="Export as NDJSON, for programs">
                "NDJSON"
            </a>
        </p>
    }
}

fn title(query: &FileQuery) -> String {
    query.query.as_ref().map_or_else(|| "Library".to_owned(), |words| format!("“{words}” in the library"))
}

#[component]
fn NothingMatches() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"Nothing matches"</h2>
            <p>"No file fits this search. Try fewer words, or start again without filters."</p>
            <a class="button" href="/library">
                "Reset filters"
            </a>
        </div>
    }
}

#[component]
fn NothingStored() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"Nothing is synchronised yet"</h2>
            <p>"Your files appear here as soon as the first sync stores them."</p>
            <a class="button primary" href="/sync">
                "Go to synchronisation"
            </a>
        </div>
    }
}
