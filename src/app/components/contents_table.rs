//! The files inside a torrent.

use crate::domain::{FileContent, FileDetails, Kind, units};
use leptos::{either::EitherOf3, prelude::*};

/// The list, or why there is none. A download is itself the file.
#[component]
pub fn ContentsTable(
    /// The entry.
    details: FileDetails,
) -> impl IntoView {
    let unread = details.contents_read_at.is_none();
    let error = details.contents_error.map(|error| {
        view! { <p class="contents-error">{format!("The list of files could not be read: {error} DMM tries again by itself.")}</p> }
    });
    (details.file.kind == Kind::Torrent).then(|| {
        let list = if !details.contents.is_empty() {
            EitherOf3::A(view! { <Rows contents=details.contents /> })
        } else if unread {
            EitherOf3::B("The list of files has not been read yet. Reload the page in a moment.")
        } else {
            EitherOf3::C("Real-Debrid lists no files for this torrent.")
        };
        view! {
            <section class="card" aria-labelledby="contents-title">
                <h2 id="contents-title">"Contents"</h2>
                {error}
                {list}
            </section>
        }
    })
}

#[component]
fn Rows(contents: Vec<FileContent>) -> impl IntoView {
    view! {
        <table class="files contents">
            <caption class="visually-hidden">"Files inside this torrent"</caption>
            <thead>
                <tr>
                    <th scope="col">"Path"</th>
                    <th scope="col">"Type"</th>
                    <th scope="col" class="number">
                        "Size"
                    </th>
                    <th scope="col">"Selected"</th>
                    <th scope="col">"Link"</th>
                </tr>
            </thead>
            <tbody>{contents.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(content: FileContent) -> impl IntoView {
    let path = content.path.trim_start_matches('/').to_owned();
    let label = format!("Open the link of {path}");
    view! {
        <tr>
            <th scope="row" class="name break">
                {path}
            </th>
            <td>{content.mime_type.unwrap_or_else(|| "unknown".to_owned())}</td>
            <td class="number">{units::bytes(content.bytes)}</td>
            <td>{if content.selected { "selected" } else { "not selected" }}</td>
            <td>
                {content
                    .link
                    .map(|link| {
                        view! {
                            <a href=link rel="noreferrer" aria-label=label>
                                "Open"
                            </a>
                        }
                    })}
            </td>
        </tr>
    }
}
