//! `/duplicates`: what is there more than once, certainly or likely.

use crate::{
    app::{
        components::{
            duplicate_groups::{CertainGroups, LikelyList},
            layout::{Layout, Place},
            pager::Pager,
            trouble::Trouble,
        },
        links,
        server_fns::{DuplicatesData, load_duplicates},
        words,
    },
    domain::{Detection, DuplicateList, DuplicateTotals, Duplicates, units},
};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::hooks::use_url;

/// One page of one of the two lists.
#[component]
pub fn DuplicatesPage() -> impl IntoView {
    let search = use_url().with_untracked(|url| url.search().to_owned());
    Suspend::new(async move {
        match load_duplicates(search).await {
            Ok(data) => Either::Left(view! { <Lists data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Duplicates /> }),
        }
    })
}

#[component]
fn Lists(data: DuplicatesData) -> impl IntoView {
    let DuplicatesData { user, list, is_first, is_synchronised, found } = data;
    let Duplicates { detection, totals, certain, likely } = found;
    let (title, next) = match list {
        DuplicateList::Groups => ("Duplicates", certain.next_cursor),
        DuplicateList::Likely => ("Likely duplicates", likely.next_likely_cursor),
    };
    let next = next.map(|cursor| links::duplicates(list, Some(&cursor)));
    let first = (!is_first).then(|| links::duplicates(list, None));
    let is_empty = certain.groups.is_empty() && likely.likely.is_empty();
    let content = match (is_empty, list) {
        (true, _) => EitherOf3::A(view! { <Nothing list is_first is_synchronised detection /> }),
        (false, DuplicateList::Groups) => EitherOf3::B(view! { <CertainGroups groups=certain.groups /> }),
        (false, DuplicateList::Likely) => EitherOf3::C(view! { <LikelyList groups=likely.likely /> }),
    };
    view! {
        <Layout title here=Place::Duplicates user=Some(user)>
            <div class="page-head">
                <h1>"Duplicates"</h1>
                <p class="lead">{lead(list, totals)}</p>
            </div>
            <Views list totals />
            <Stale list detection />
            {content}
            <Pager first next />
            {(!is_empty).then(|| view! { <Removing /> })}
        </Layout>
    }
}

fn lead(list: DuplicateList, totals: DuplicateTotals) -> String {
    match list {
        DuplicateList::Likely => {
            "Entries whose names differ only in case and in what stands between the words, and whose \
             sizes differ by 1 % at most. Their SHA-1 is another or unknown, so look at them before you remove one."
                .to_owned()
        }
        DuplicateList::Groups if totals.total_groups == 0 => {
            "Torrents with the same SHA-1 are the same torrent, added more than once.".to_owned()
        }
        DuplicateList::Groups => format!(
            "Torrents with the same SHA-1 are the same torrent, added more than once. Beside the originals there {} {}: \
             that adds {} to your list, and nothing to your content, which Real-Debrid keeps only once.",
            if totals.total_duplicates == 1 { "is" } else { "are" },
            words::entries(totals.total_duplicates),
            units::bytes(totals.total_reclaimable_bytes),
        ),
    }
}

/// The two lists, as links.
#[component]
fn Views(list: DuplicateList, totals: DuplicateTotals) -> impl IntoView {
    let current = move |it: DuplicateList| (list == it).then_some("page");
    let groups = units::count(totals.total_groups);
    view! {
        <nav class="views" aria-label="Kinds of duplicates">
            <a href=links::duplicates(DuplicateList::Groups, None) aria-current=current(DuplicateList::Groups)>
                "Same SHA-1 "
                <span class="badge">{groups}</span>
            </a>
            <a href=links::duplicates(DuplicateList::Likely, None) aria-current=current(DuplicateList::Likely)>
                "Likely"
            </a>
        </nav>
    }
}

/// Says when the groups may not be those of the library as it is.
#[component]
fn Stale(list: DuplicateList, detection: Detection) -> impl IntoView {
    let words = match (list, detection) {
        (DuplicateList::Likely, _) | (_, Detection::On) => None,
        (_, Detection::Off) => Some(
            "Duplicate detection is switched off: what came or changed since then is not compared. Switch it on, and \
             the next sync compares everything. ",
        ),
        (_, Detection::Due) => Some(
            "The last sync did not look for duplicates, so what came or changed in it is not compared yet. The next \
             sync compares everything. ",
        ),
    };
    let (address, step) = match detection {
        Detection::Off => ("/settings", "Go to settings"),
        Detection::Due | Detection::On => ("/sync", "Go to synchronisation"),
    };
    words.map(|words| {
        view! {
            <p class="notice warn">
                <span>{words}</span>
                <a href=address>{step}</a>
            </p>
        }
    })
}

#[component]
fn Nothing(list: DuplicateList, is_first: bool, is_synchronised: bool, detection: Detection) -> impl IntoView {
    let (heading, words, address, step) = match (is_synchronised, is_first, list) {
        (false, ..) => (
            "Nothing is synchronised yet",
            "Duplicates are found when the first sync has stored your library.",
            "/sync",
            "Go to synchronisation",
        ),
        (true, false, _) => (
            "This page is empty by now",
            "What was on it has changed since the page before was shown.",
            links::duplicates_home(list),
            "Back to first page",
        ),
        (true, true, DuplicateList::Groups) if detection != Detection::On => (
            "No duplicates are marked",
            "That says nothing of what came while the detection was switched off.",
            links::duplicates_home(DuplicateList::Likely),
            "Look for likely duplicates",
        ),
        (true, true, DuplicateList::Groups) => (
            "No two entries have the same SHA-1",
            "Every torrent of your library is there once. Others may still have the same name and size.",
            links::duplicates_home(DuplicateList::Likely),
            "Look for likely duplicates",
        ),
        (true, true, DuplicateList::Likely) => (
            "Nothing looks like a duplicate",
            "No two entries with a different SHA-1, or without one, share a name and nearly the same size.",
            "/library",
            "Go to the library",
        ),
    };
    view! {
        <div class="empty">
            <h2>{heading}</h2>
            <p>{words}</p>
            <a class="button" href=address>
                {step}
            </a>
        </div>
    }
}

/// Where an entry is removed, since it is not here.
#[component]
fn Removing() -> impl IntoView {
    view! {
        <p class="hint removing">
            "DMM only reads at Real-Debrid. Remove an entry at "
            <a href="https://real-debrid.com" rel="noreferrer">
                "real-debrid.com"
            </a>
            ", and the next sync takes it out of this list."
        </p>
    }
}
