//! What the user says of an entry: a folder, a name, a note. No sync writes any of it.

use super::ApiError;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Characters of a folder's path.
pub const LONGEST_FOLDER: usize = 200;
/// Characters of a name.
pub const LONGEST_NAME: usize = 500;
/// Characters of a note.
pub const LONGEST_NOTE: usize = 10_000;

/// What the user said of one entry; none where nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// A path such as `Films/2019`.
    pub folder: Option<String>,
    /// Shown instead of Real-Debrid's name.
    pub name: Option<String>,
    /// Free text, lines ended by `\n`.
    pub note: Option<String>,
}

/// What becomes of one field of an [`Organisation`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change {
    /// It stays.
    #[default]
    Keep,
    /// It is set; nothing or an empty text takes it away.
    Set(Option<String>),
}

/// Changes to what is said of an entry: a field that is absent stays, null or an empty text takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganisationPatch {
    /// A path such as `Films/2019`.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, max_length = 200))]
    pub folder: Change,
    /// Shown instead of Real-Debrid's name.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, max_length = 500))]
    pub name: Change,
    /// Free text.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, max_length = 10000))]
    pub note: Change,
}

/// A folder with how many entries are in it and below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// Its path.
    pub folder: String,
    /// Entries in it and in the folders below.
    pub files: i64,
}

/// What `GET /api/folders` answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Folders {
    /// By path, the folders in between too.
    pub folders: Vec<Folder>,
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Set)
    }
}

impl Organisation {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This with `patch` laid over it.
    ///
    /// # Errors
    /// `invalid_request`, naming the first field that cannot be kept; nothing is changed then.
    pub fn patched(self, patch: OrganisationPatch) -> Result<Self, ApiError> {
        let text = |present, change, read: fn(&str) -> Result<_, ApiError>| match change {
            Change::Keep => Ok(present),
            Change::Set(text) => read(text.as_deref().unwrap_or_default()),
        };
        Ok(Self {
            folder: text(self.folder, patch.folder, folder_path)?,
            name: text(self.name, patch.name, name)?,
            note: text(self.note, patch.note, note)?,
        })
    }
}

impl Folders {
    /// Of the number of entries directly in each folder.
    pub fn counted(direct: impl IntoIterator<Item = (String, i64)>) -> Self {
        let mut folders: BTreeMap<String, i64> = BTreeMap::new();
        for (folder, files) in direct {
            let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
            for end in ends {
                *folders.entry(folder[..end].to_owned()).or_default() += files;
            }
        }
        Self { folders: folders.into_iter().map(|(folder, files)| Folder { folder, files }).collect() }
    }
}

/// The path that `text` means; none for an empty one.
///
/// # Errors
/// `invalid_request` that names `folder`.
pub fn folder_path(text: &str) -> Result<Option<String>, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return Err(ApiError::invalid("folder has an empty part, “.” or “..”: write it like Films/2019."));
    }
    short_line("folder", parts.join("/"), LONGEST_FOLDER).map(Some)
}

fn name(text: &str) -> Result<Option<String>, ApiError> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { short_line("name", text.to_owned(), LONGEST_NAME).map(Some) }
}

fn note(text: &str) -> Result<Option<String>, ApiError> {
    // A form ends its lines by CR LF.
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
        return Err(ApiError::invalid("note has control characters: leave them out; lines and tabs are fine."));
    }
    if text.is_empty() { Ok(None) } else { within("note", text.to_owned(), LONGEST_NOTE).map(Some) }
}

fn short_line(field: &str, text: String, longest: usize) -> Result<String, ApiError> {
    if text.chars().any(char::is_control) {
        return Err(ApiError::invalid(format!("{field} has control characters: write it on one line without them.")));
    }
    within(field, text, longest)
}

fn within(field: &str, text: String, longest: usize) -> Result<String, ApiError> {
    let length = text.chars().count();
    if length > longest {
        return Err(ApiError::invalid(format!("{field} has {length} characters, but must have at most {longest}.")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(patch: serde_json::Value) -> Result<Organisation, String> {
        let patch: OrganisationPatch = serde_json::from_value(patch).map_err(|error| error.to_string())?;
        let before = Organisation { folder: Some("Films".to_owned()), name: None, note: Some("seen".to_owned()) };
        before.patched(patch).map_err(|error| error.error)
    }

    #[test]
    fn f3_absent_fields_stay_and_null_or_empty_ones_go() {
        let changed = patched(serde_json::json!({"folder": null, "name": " Mine "})).unwrap();
        assert_eq!(changed.folder, None);
        assert_eq!((changed.name.as_deref(), changed.note.as_deref()), (Some("Mine"), Some("seen")));
        assert_eq!(patched(serde_json::json!({"note": "  "})).unwrap().note, None);
    }

    #[test]
    fn f3_a_path_is_trimmed_and_a_bad_value_names_its_field() {
        let folder = |text: &str| patched(serde_json::json!({"folder": text}));
        assert_eq!(folder(" Films / 2019 ").unwrap().folder.as_deref(), Some("Films/2019"));
        assert!(folder(&"é".repeat(LONGEST_FOLDER)).is_ok(), "characters are counted, not bytes");
        for bad in ["/Films", "Films/", "a//b", "..", "a/./b", "a\u{7}b", &"x".repeat(LONGEST_FOLDER + 1)] {
            assert!(folder(bad).err().unwrap_or_default().starts_with("folder "), "{bad:?} was taken");
        }
        let refusal = |patch| patched(patch).err().unwrap_or_default();
        assert!(refusal(serde_json::json!({"name": "two\nlines"})).starts_with("name "));
        assert!(refusal(serde_json::json!({"name": "x".repeat(LONGEST_NAME + 1)})).starts_with("name "));
        assert!(refusal(serde_json::json!({"note": "x".repeat(LONGEST_NOTE + 1)})).starts_with("note "));
        assert!(refusal(serde_json::json!({"note": "a\u{0}b"})).starts_with("note "));
        assert!(refusal(serde_json::json!({"colour": "red"})).contains("colour"));
    }

    #[test]
    fn a_note_keeps_its_lines() {
        let changed = patched(serde_json::json!({"note": "one\r\n\ttwo"})).unwrap();
        assert_eq!(changed.note.as_deref(), Some("one\n\ttwo"));
    }

    #[test]
    fn a_folder_counts_what_is_below_it() {
        let folders = Folders::counted([("A".to_owned(), 1), ("A/B/C".to_owned(), 2), ("AB".to_owned(), 4)]);
        let counted: Vec<_> = folders.folders.iter().map(|it| (it.folder.as_str(), it.files)).collect();
        assert_eq!(counted, [("A", 3), ("A/B", 2), ("A/B/C", 2), ("AB", 4)]);
    }
}
