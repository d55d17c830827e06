//! What the user says of an entry: a plain form, so that it needs no WebAssembly.

use crate::{
    app::{
        components::problem::{Problem, problem_in_address},
        links,
    },
    domain::{
        FileQuery, Folders, Organisation,
        organisation::{LONGEST_FOLDER, LONGEST_NAME, LONGEST_NOTE},
    },
};
use leptos::prelude::*;

/// The form, filled with what was said before.
#[component]
pub fn OrganisationForm(
    /// Of which entry.
    file: i64,
    /// What was said before.
    organisation: Organisation,
    /// Folders to choose from; any other can be typed.
    folders: Folders,
) -> impl IntoView {
    let Organisation { folder, name, note } = organisation;
    let options = folders.folders.into_iter().map(|it| view! { <option value=it.folder></option> }).collect_view();
    let shelf = folder.clone().map(|folder| {
        let query = FileQuery { folder: Some(folder), ..FileQuery::default() };
        view! {
            <a class="button" href=links::library(&query)>
                "Show this folder"
            </a>
        }
    });
    view! {
        <section class="card" aria-labelledby="organisation-title">
            <h2 id="organisation-title">"Yours"</h2>
            <form class="form organisation" method="post" action="/api/ui/organise">
                <input type="hidden" name="id" value=file.to_string() />
                <Problem code=problem_in_address() />
                <label>
                    <span>"Folder"</span>
                    <input
                        name="folder"
                        value=folder
                        list="folders"
                        maxlength=LONGEST_FOLDER.to_string()
                        placeholder="Films/2019"
                        autocomplete="off"
                    />
                </label>
                <datalist id="folders">{options}</datalist>
                <label>
                    <span>"Name"</span>
                    <input
                        name="name"
                        value=name
                        maxlength=LONGEST_NAME.to_string()
                        placeholder="As at Real-Debrid"
                        autocomplete="off"
                    />
                </label>
                <label class="wide">
                    <span>"Note"</span>
                    <textarea name="note" rows="3" maxlength=LONGEST_NOTE.to_string()>{note.unwrap_or_default()}</textarea>
                </label>
                <p class="hint wide">"Kept on this server only. No sync changes it, and Real-Debrid never sees it."</p>
                <div class="card-actions wide">
                    <button class="button primary">"Save"</button>
                    {shelf}
                </div>
            </form>
        </section>
    }
}
