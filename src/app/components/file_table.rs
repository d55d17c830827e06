//! Entries of a library as a table: a table on a wide screen, cards on a phone (the style decides).

use super::file_badges::{DuplicateBadge, KindBadge, StatusBadge};
use crate::{
    app::{format, links},
    domain::{File, units},
};
use leptos::prelude::*;

/// One row: an entry, the folder it was put into, and what stands beside its name.
pub struct Line {
    /// The entry.
    pub file: File,
    /// Where the person put it; there is a column for it as soon as one row has one.
    pub folder: Option<String>,
    /// Beside the name.
    pub mark: AnyView,
}

impl Line {
    /// As the library shows it: a duplicate is marked as one and leads to its original.
    pub fn of_library(file: File) -> Self {
        let mark = view! { <DuplicateBadge file=file.clone() /> }.into_any();
        Self { file, folder: None, mark }
    }
}

/// Entries, a line each.
#[component]
pub fn FileTable(
    /// What these are; heard, not seen.
    caption: String,
    /// In the order to show.
    lines: Vec<Line>,
) -> impl IntoView {
    let has_folders = lines.iter().any(|line| line.folder.is_some());
    view! {
        <table class="files">
            <caption class="visually-hidden">{caption}</caption>
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
            <tbody>{lines.into_iter().map(|line| view! { <Row line has_folders /> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(line: Line, has_folders: bool) -> impl IntoView {
    let Line { file, folder, mark } = line;
    view! {
        <tr>
            <th scope="row" class="name">
                <a href=links::file(file.id)>{file.filename.clone()}</a>
                " "
                {mark}
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

/// Bytes for people; Real-Debrid says 0 while it does not know.
pub fn size(bytes: i64) -> String {
    if bytes == 0 { "unknown".to_owned() } else { units::bytes(bytes) }
}
