//! An entry as a row of a table.
//!
//! Spreadsheets run a cell that begins like a formula, and names come from strangers. So a text that begins with `=`, `+`,
//! `-`, `@`, their full-width forms, a tab or a line break gets an apostrophe in front, which makes it text. One that
//! begins with an apostrophe gets one more, so that who takes one leading apostrophe away has every text as it was.

use crate::domain::ExportedFile;
use std::borrow::Cow;

/// The names of the columns: those of the JSON.
pub(super) const COLUMNS: [&str; 16] = [
    "id",
    "realDebridId",
    "kind",
    "filename",
    "fileSize",
    "mimeType",
    "sha1Hash",
    "status",
    "downloadUrl",
    "duplicateOf",
    "addedAt",
    "createdAt",
    "updatedAt",
    "folder",
    "name",
    "note",
];

/// The cells of an entry, in the order of [`COLUMNS`]; empty where there is nothing.
pub(super) fn cells(exported: &ExportedFile) -> [Cow<'_, str>; COLUMNS.len()] {
    let ExportedFile { file, organisation } = exported;
    [
        file.id.to_string().into(),
        harmless(&file.real_debrid_id),
        file.kind.as_str().into(),
        harmless(&file.filename),
        file.file_size.to_string().into(),
        harmless(file.mime_type.as_deref().unwrap_or_default()),
        file.sha1_hash.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        harmless(&file.status),
        harmless(file.download_url.as_deref().unwrap_or_default()),
        file.duplicate_of.map(|id| id.to_string()).unwrap_or_default().into(),
        file.added_at.to_string().into(),
        file.created_at.to_string().into(),
        file.updated_at.to_string().into(),
        harmless(organisation.folder.as_deref().unwrap_or_default()),
        harmless(organisation.name.as_deref().unwrap_or_default()),
        harmless(organisation.note.as_deref().unwrap_or_default()),
    ]
}

fn harmless(text: &str) -> Cow<'_, str> {
    const DANGEROUS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠'];
    if text.starts_with(DANGEROUS) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{File, Kind, Organisation, Timestamp};

    #[test]
    fn no_text_of_a_table_begins_like_a_formula_and_one_apostrophe_less_is_the_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "'quoted'"]
        {
            let cell = harmless(text);
            assert!(cell.starts_with('\''), "{text:?} is run");
            assert_eq!(cell.strip_prefix('\''), Some(text));
        }
        for text in ["", "Film = Art", "1-2", "“Quoted”", " =1"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn the_columns_are_the_fields_of_the_json_in_their_order() {
        let time = Timestamp::from_millis(0);
        let file = File {
            id: 1,
            real_debrid_id: "A".to_owned(),
            kind: Kind::Torrent,
            filename: "=x".to_owned(),
            file_size: 2,
            mime_type: None,
            sha1_hash: None,
            status: "downloaded".to_owned(),
            download_url: None,
            duplicate_of: Some(3),
            added_at: time,
            created_at: time,
            updated_at: time,
        };
        let organisation = Organisation { folder: Some("F".to_owned()), name: Some("-n".to_owned()), note: None };
        let values = [serde_json::to_value(&file).unwrap(), serde_json::to_value(&organisation).unwrap()];
        let mut names: Vec<String> =
            values.iter().filter_map(|value| value.as_object()).flat_map(|fields| fields.keys().cloned()).collect();
        let mut columns = COLUMNS.map(str::to_owned).to_vec();
        names.sort();
        columns.sort();
        assert_eq!(columns, names);
        let exported = ExportedFile { file, organisation };
        let row: Vec<_> = COLUMNS.into_iter().zip(cells(&exported)).filter(|(_, cell)| !cell.is_empty()).collect();
        let zero = "1970-01-01T00:00:00.000Z";
        let expected = [
            ("id", "1"),
            ("realDebridId", "A"),
            ("kind", "torrent"),
            ("filename", "'=x"),
            ("fileSize", "2"),
            ("status", "downloaded"),
            ("duplicateOf", "3"),
            ("addedAt", zero),
            ("createdAt", zero),
            ("updatedAt", zero),
            ("folder", "F"),
            ("name", "'-n"),
        ];
        assert_eq!(row, expected.map(|(name, cell)| (name, Cow::Borrowed(cell))));
    }
}
