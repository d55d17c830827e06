//! The rows of the library: a table on a wide screen, cards on a phone (the style decides).

use super::file_badges::{DuplicateBadge, KindBadge, StatusBadge};
use crate::{
    app::{format, links},
    domain::{File, units},
};
use leptos::prelude::*;

/// One page of files.
#[component]
pub fn FileTable(
    /// In the order to show.
    files: Vec<File>,
) -> impl IntoView {
    view! {
        <table class="files">
            <caption class="visually-hidden">"Files of your library"</caption>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col" class="number">
                        "Size"
                    </th>
                    <th scope="col">"Status"</th>
                    <th scope="col" class="number">
                        "Added"
                    </th>
                </tr>
            </thead>
            <tbody>{files.into_iter().map(|file| view! { <FileRow file /> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn FileRow(file: File) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="name">
                <a href=links::file(file.id)>{file.filename.clone()}</a>
                " "
                <DuplicateBadge file=file.clone() />
            </th>
            <td>
                <KindBadge file=file.clone() />
            </td>
            <td class="number">{size(file.file_size)}</td>
            <td>
                <StatusBadge file=file.clone() />
            </td>
            <td class="number">
                <time datetime=file.added_at.to_string() title=format::minute(file.added_at)>
                    {format::day(file.added_at)}
                </time>
            </td>
        </tr>
    }
}

/// Bytes for people; Real-Debrid says 0 while it does not know.
pub fn size(bytes: i64) -> String {
    if bytes == 0 { "unknown".to_owned() } else { units::bytes(bytes) }
}
