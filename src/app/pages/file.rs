//! `/library/{id}`: one entry with everything that is known about it.

use crate::{
    app::{
        components::{
            contents_table::ContentsTable,
            fact::Fact,
            file_badges::{DuplicateBadge, KindBadge, StatusBadge},
            file_table::size,
            layout::{Layout, Place},
            organisation_form::OrganisationForm,
            trouble::Trouble,
        },
        format,
        islands::copy_button::CopyButton,
        links,
        server_fns::{FileData, load_file},
    },
    domain::{File, FileQuery, Kind, Timestamp},
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;

/// The entry, or the page that says that there is none.
#[component]
pub fn FilePage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    Suspend::new(async move {
        match load_file(id).await {
            Ok(data) => Either::Left(view! { <Entry data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Library /> }),
        }
    })
}

#[component]
fn Entry(data: FileData) -> impl IntoView {
    let FileData { user, file: details, folders } = data;
    let file = details.file.clone();
    let organisation = details.organisation.clone();
    let (heading, original) = match &organisation.name {
        Some(name) => (name.clone(), Some(file.filename.clone())),
        None => (file.filename.clone(), None),
    };
    view! {
        <Layout title=heading.clone() here=Place::Library user=Some(user)>
            <p class="back">
                <a href="/library">"Library"</a>
            </p>
            <div class="page-head">
                <h1 class="filename">{heading}</h1>
                {original.map(|name| view! { <p class="original">{name}</p> })}
                <p class="badges">
                    <KindBadge file=file.clone() />
                    <StatusBadge file=file.clone() />
                    <DuplicateBadge file=file.clone() />
                </p>
            </div>
            <Duplicates file=file.clone() />
            <OrganisationForm file=file.id organisation folders />
            <Facts file=file.clone() />
            <ContentsTable details />
        </Layout>
    }
}

#[component]
fn Duplicates(file: File) -> impl IntoView {
    let same_name = FileQuery { query: Some(file.filename.clone()), ..FileQuery::default() };
    file.duplicate_of.map(|original| {
        view! {
            <section class="notice warn" aria-labelledby="duplicate-title">
                <h2 id="duplicate-title">"This is a duplicate"</h2>
                <p>
                    "Another entry with the same SHA-1 was added earlier and counts as the original. Nothing is lost:
                    both are kept."
                </p>
                <div class="notice-actions">
                    <a class="button" href=links::file(original)>
                        "Show the original"
                    </a>
                    <a class="button" href=links::library(&same_name)>
                        "Find entries with this name"
                    </a>
                </div>
            </section>
        }
    })
}

#[component]
fn Facts(file: File) -> impl IntoView {
    let hash = file.sha1_hash.clone().map(String::from);
    let no_hash = if file.kind == Kind::Download { "downloads have none" } else { "unknown" };
    let hash = match hash {
        Some(hash) => Either::Left(view! {
            <code class="hash">{hash.clone()}</code>
            " "
            <CopyButton text=hash />
        }),
        None => Either::Right(no_hash),
    };
    let link = file.download_url.clone().map(|url| {
        let address = url.clone();
        view! {
            <a href=address rel="noreferrer">
                {url}
            </a>
        }
    });
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="rows wide">
                <Fact name="Size">{size(file.file_size)}</Fact>
                <Fact name="Type">{file.mime_type.unwrap_or_else(|| "unknown".to_owned())}</Fact>
                <Fact name="SHA-1">{hash}</Fact>
                <Fact name="Real-Debrid id">{file.real_debrid_id}</Fact>
                {link.map(|link| view! { <Fact name="Link">{link}</Fact> })}
                <When name="Added at Real-Debrid" moment=file.added_at />
                <When name="First stored here" moment=file.created_at />
                <When name="Last changed here" moment=file.updated_at />
            </dl>
        </section>
    }
}

#[component]
fn When(name: &'static str, moment: Timestamp) -> impl IntoView {
    view! {
        <Fact name>
            <time datetime=moment.to_string()>{format::minute(moment)}</time>
        </Fact>
    }
}
