//! A row as sent → an entry of the library, one named rule for each odd value.
//!
//! A row that breaks a promise the database relies on (an id, a hash, a date, a size) is refused with a reason; what
//! is merely odd is kept or replaced by something honest. Strings are moved, not copied: a page has 5,000 rows.

use super::{
    Account, TorrentContents,
    pairing::{is_selected, pair_links},
    wire,
};
use crate::domain::{Entry, FileContent, InfoHash, Kind, Timestamp};

/// A row of one of the two lists.
pub trait Row {
    /// The row as an entry, or the id (if there is one) and the reason why it cannot be.
    ///
    /// # Errors
    /// A value on which the database relies is missing or impossible.
    fn into_entry(self) -> Result<Entry, (Option<String>, String)>;
}

impl Row for wire::Torrent {
    fn into_entry(self) -> Result<Entry, (Option<String>, String)> {
        refusing(self.id, |id| {
            let hash = torrent_hash(&self.hash)?;
            let filename = name_or(self.filename, || self.hash)?;
            Ok(Entry {
                mime_type: guessed_mime(&filename),
                kind: Kind::Torrent,
                file_size: size("bytes", self.bytes)?,
                progress: progress(self.progress, &self.status),
                status: without_nul("status", self.status)?,
                download_url: None,
                link: None,
                added_at: date("added", &self.added)?,
                added_raw: self.added,
                ended_at: optional_date("ended", self.ended.as_deref())?,
                sha1_hash: Some(hash),
                filename,
                real_debrid_id: id,
            })
        })
    }
}

impl Row for wire::Download {
    fn into_entry(self) -> Result<Entry, (Option<String>, String)> {
        refusing(self.id, |id| {
            Ok(Entry {
                filename: name_or(self.filename, || id.clone())?,
                kind: Kind::Download,
                file_size: size("filesize", self.filesize)?,
                mime_type: unless_empty("mimeType", self.mime_type)?,
                sha1_hash: None,
                status: "downloaded".to_owned(),
                progress: 100.0,
                download_url: unless_empty("download", Some(self.download))?,
                link: unless_empty("link", Some(self.link))?,
                added_at: date("generated", &self.generated)?,
                added_raw: self.generated,
                ended_at: None,
                real_debrid_id: id,
            })
        })
    }
}

/// The files of a torrent with their links.
///
/// # Errors
/// A file has an impossible size or path; the reason names it.
pub fn contents(files: Vec<wire::TorrentFile>, links: Vec<String>) -> Result<Vec<FileContent>, String> {
    let links = pair_links(&files, links);
    files
        .into_iter()
        .zip(links)
        .map(|(file, link)| {
            let selected = is_selected(&file);
            let path = rooted(without_nul("path", file.path)?);
            Ok(FileContent {
                index: file.id,
                bytes: size("bytes", file.bytes).map_err(|reason| format!("file {}: {reason}", file.id))?,
                mime_type: guessed_mime(&path),
                path,
                selected,
                link: unless_empty("link", link)?,
            })
        })
        .collect()
}

/// A torrent with what is inside.
///
/// # Errors
/// The torrent or one of its files cannot be stored; the reason names the value.
pub fn torrent_contents(info: wire::TorrentInfo) -> Result<TorrentContents, String> {
    let wire::TorrentInfo { mut torrent, original_filename, original_bytes, files } = info;
    let links = std::mem::take(&mut torrent.links);
    Ok(TorrentContents {
        entry: torrent.into_entry().map_err(|(_, reason)| reason)?,
        original_filename: unless_empty("original_filename", original_filename)?,
        original_bytes: original_bytes.map(|bytes| size("original_bytes", bytes)).transpose()?,
        files: contents(files.unwrap_or_default(), links)?,
    })
}

/// Whose library it is. Without premium time `expiration` is some date in the past and means nothing.
///
/// # Errors
/// There is no usable number of the account, by which a library is told from another.
pub fn account(user: wire::User) -> Result<Account, String> {
    if user.id <= 0 {
        return Err("an account without a number".to_owned());
    }
    let premium = user.premium > 0;
    Ok(Account {
        real_debrid_id: user.id,
        username: without_nul("username", user.username)?,
        premium_until: user.expiration.filter(|_| premium).and_then(|date| date.parse().ok()),
        premium,
    })
}

/// Runs `convert` with a usable id, and hands the id back beside the reason when it refuses.
fn refusing(
    id: String,
    convert: impl FnOnce(String) -> Result<Entry, String>,
) -> Result<Entry, (Option<String>, String)> {
    if id.is_empty() || id.contains('\0') {
        return Err((None, "it has no id".to_owned()));
    }
    // The copy is thirteen bytes; an id moved into a half-made entry could not be named in the refusal.
    convert(id.clone()).map_err(|reason| (Some(id), reason))
}

/// A torrent is known by its hash: without a valid one it cannot be stored.
fn torrent_hash(sent: &str) -> Result<InfoHash, String> {
    sent.parse().map_err(|error: crate::domain::info_hash::NotAnInfoHash| error.to_string())
}

/// A name is kept as sent, whatever its Unicode form; an empty one is replaced by what the entry is known by.
fn name_or(sent: String, fallback: impl FnOnce() -> String) -> Result<String, String> {
    if sent.trim().is_empty() { Ok(fallback()) } else { without_nul("filename", sent) }
}

/// `PostgreSQL` cannot store a NUL, and no honest name has one.
fn without_nul(field: &str, sent: String) -> Result<String, String> {
    if sent.contains('\0') { Err(format!("{field} contains a NUL character")) } else { Ok(sent) }
}

fn unless_empty(field: &str, sent: Option<String>) -> Result<Option<String>, String> {
    sent.filter(|text| !text.is_empty()).map(|text| without_nul(field, text)).transpose()
}

fn size(field: &str, sent: i64) -> Result<i64, String> {
    if sent < 0 { Err(format!("{field} is {sent}, and no size is negative")) } else { Ok(sent) }
}

fn date(field: &str, sent: &str) -> Result<Timestamp, String> {
    sent.parse().map_err(|error: crate::domain::timestamp::NotATime| format!("{field}: {error}"))
}

/// `ended` before `added` is no fault: what others had downloaded earlier is finished at once, with its old date.
fn optional_date(field: &str, sent: Option<&str>) -> Result<Option<Timestamp>, String> {
    sent.filter(|text| !text.is_empty()).map(|text| date(field, text)).transpose()
}

/// Per cent between 0 and 100; what is downloaded is done, whatever number is beside it.
fn progress(sent: f64, status: &str) -> f64 {
    if status == "downloaded" { 100.0 } else { sent.clamp(0.0, 100.0) }
}

/// By the extension, as Real-Debrid does it for downloads; a folder or an unknown extension has none.
fn guessed_mime(name: &str) -> Option<String> {
    mime_guess::from_path(name).first_raw().map(str::to_owned)
}

/// Paths start with `/`, so that they can be compared.
fn rooted(path: String) -> String {
    if path.starts_with('/') { path } else { format!("/{path}") }
}

#[cfg(test)]
mod tests;
