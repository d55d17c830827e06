//! An array of rows, of which some may be unreadable.
//!
//! The whole array is read at once, which is what happens to nearly every page. Only when that fails is it read row
//! by row, so that one bad row costs itself and not the other 4,999.

use super::{
    client::{Page, UnreadableRow},
    convert::Row,
    error::quoted,
    wire,
};
use crate::domain::Kind;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// The rows of a JSON array, without a total.
///
/// # Errors
/// The body is no JSON array, or is cut short; the reason says where.
pub fn read(kind: Kind, body: &[u8]) -> Result<Page, String> {
    match kind {
        Kind::Torrent => read_as::<wire::Torrent>(body),
        Kind::Download => read_as::<wire::Download>(body),
    }
}

fn read_as<R: Row + DeserializeOwned>(body: &[u8]) -> Result<Page, String> {
    match serde_json::from_slice::<Vec<R>>(body) {
        Ok(rows) => Ok(collect(rows.into_iter().map(Row::into_entry))),
        Err(_) => row_by_row::<R>(body),
    }
}

fn row_by_row<R: Row + DeserializeOwned>(body: &[u8]) -> Result<Page, String> {
    // Bytes that are no UTF-8 would spoil the whole array; replaced, they spoil at most one name.
    let text = String::from_utf8_lossy(body);
    let raw: Vec<&RawValue> = serde_json::from_str(&text).map_err(|error| place(&error))?;
    Ok(collect(raw.into_iter().map(|row| {
        serde_json::from_str::<R>(row.get())
            .map_err(|error| (id_of(row), quoted(&error.to_string())))
            .and_then(Row::into_entry)
    })))
}

fn collect(rows: impl ExactSizeIterator<Item = Result<crate::domain::Entry, (Option<String>, String)>>) -> Page {
    let mut page = Page { rows: Vec::with_capacity(rows.len()), ..Page::default() };
    for (place, row) in rows.enumerate() {
        if place == 0 {
            page.first_id = match &row {
                Ok(entry) => Some(entry.real_debrid_id.clone()),
                Err((id, _)) => id.clone(),
            };
        }
        match row {
            Ok(entry) => page.rows.push(entry),
            Err((id, reason)) => page.unreadable.push(UnreadableRow { id, reason }),
        }
    }
    page
}

/// The id of a row of which nothing else may be readable.
fn id_of(row: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Identified {
        id: String,
    }
    serde_json::from_str::<Identified>(row.get()).ok().map(|row| row.id).filter(|id| !id.is_empty())
}

/// Where reading stopped; not the text there, which is somebody's library.
pub(super) fn place(error: &serde_json::Error) -> String {
    let what = if error.is_eof() {
        "the JSON is cut short"
    } else if error.is_syntax() {
        "it is no valid JSON"
    } else {
        "a field is not as documented"
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}
