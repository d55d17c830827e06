//! `/unrestrict/link`: creates a row of `/downloads`, which is why a read-only sync must not call it.

use super::{Call, hosts, traffic};
use crate::{
    domain::Timestamp,
    simulator::{
        answer::Answer,
        knobs::Knobs,
        library::{Download, Id, Library, Torrent, mime_type},
        shown,
    },
};
use serde_json::{Value, json};
use std::borrow::Cow;

/// What a link to a hoster with several of them leads to.
pub(super) const QUALITIES: [&str; 4] = ["1920x1080", "1280x720", "426x240", "mp3"];

/// Whether two links of `real-debrid.com/d/` lead to the same file: by the first 13 characters of their tokens.
pub(super) fn same_file(link: &str, other: &str) -> bool {
    fn identity(link: &str) -> Option<&str> {
        link.split_once("real-debrid.com/d/").and_then(|(_, token)| token.get(..13))
    }
    identity(link).is_some() && identity(link) == identity(other)
}

/// `POST /unrestrict/link`.
pub(super) fn link(call: &mut Call<'_>) -> Answer {
    let Some(link) = call.form("link").map(str::to_owned) else {
        return call.refuse(1);
    };
    if let Some(code) = call.knobs.unrestrict_refuses {
        return call.refuse(code);
    }
    let known = call.account.library.downloads().iter().find(|download| download.link == link);
    let (id, alternatives) = match known.filter(|_| call.knobs.unrestrict_reuses_row) {
        Some(download) => (download.id, Vec::new()),
        None => match make(call, &link) {
            Ok(download) if call.infringes(&download.filename) => return call.refuse(35),
            Ok(download) if traffic::is_spent(call, &download.host) => return call.refuse(23),
            Ok(download) => {
                let id = call.account.library.add_download(download);
                (id, add_other_qualities(call, id))
            }
            Err(code) => return call.refuse(code),
        },
    };
    let Some(download) = call.account.library.download(id) else {
        return call.refuse(-1);
    };
    let mut answer = json!({
        "id": id.as_str(),
        "filename": download.filename,
        "mimeType": download.mime_type,
        "filesize": download.filesize,
        "link": link,
        "host": download.host,
        "host_icon": shown::host_icon(&download.host),
        "chunks": 32,
        "crc": 1,
        "download": download.address("nyk7-4"),
        "streamable": i64::from(download.is_streamable()),
    });
    // Real answers say `quality` where the page says `type`.
    if let (Some(quality), Some(answer)) = (&download.quality, answer.as_object_mut()) {
        answer.insert("quality".to_owned(), json!(quality));
        answer.insert("alternative".to_owned(), Value::Array(alternatives));
    }
    call.json(200, &answer)
}

/// A source with several qualities leaves a row for each; gives those that are not `id` as the answer lists them.
fn add_other_qualities(call: &mut Call<'_>, id: Id) -> Vec<Value> {
    let library = &mut call.account.library;
    let Some(first) = library.download(id).filter(|download| download.quality.is_some()).cloned() else {
        return Vec::new();
    };
    let mut alternatives = Vec::new();
    for quality in QUALITIES.into_iter().skip(1) {
        let other = Download { id: library.new_id(), quality: Some(Cow::Borrowed(quality)), ..first.clone() };
        alternatives.push(json!({
            "id": other.id.as_str(),
            "filename": other.filename,
            "download": other.address("nyk7-4"),
            "mimeType": other.mime_type,
            "quality": quality,
        }));
        library.add_download(other);
    }
    alternatives
}

/// The row that unrestricting `link` would leave behind, or the code of the refusal.
fn make(call: &mut Call<'_>, link: &str) -> Result<Download, i64> {
    let id: Id = call.account.library.new_id();
    let (now, library) = (call.now, &call.account.library);
    if link.contains("real-debrid.com/d/") {
        let (torrent, file) = find(library, link, call.knobs).ok_or(24)?;
        let download = match file {
            Some(file) => Download::of_torrent(id, torrent, file, now),
            None => archive(id, torrent, now),
        };
        return Ok(Download { link: link.to_owned(), ..download });
    }
    let hoster = hosts::of(link).ok_or(16)?;
    let filename = link.rsplit('/').next().filter(|name| !name.is_empty()).ok_or(24)?.to_owned();
    Ok(Download {
        id,
        mime_type: mime_type(&filename).map(Cow::Borrowed),
        filename,
        filesize: 0,
        link: link.to_owned(),
        quality: hoster.has_qualities.then_some(Cow::Borrowed(QUALITIES[0])),
        host: Cow::Borrowed(hoster.domain),
        generated: now,
        extra: None,
    })
}

/// The torrent with this link, and the file it stands for; no file when it stands for an archive of all.
pub(super) fn find<'a>(library: &'a Library, link: &str, knobs: &Knobs) -> Option<(&'a Torrent, Option<usize>)> {
    library.torrents().iter().find_map(|torrent| {
        let links = knobs.shape.links.as_ref().unwrap_or(&torrent.links);
        let place = torrent.links_as(links).iter().position(|other| same_file(link, other))?;
        Some((torrent, torrent.file_of_link(place, links)))
    })
}

/// All selected files of a torrent as one.
fn archive(id: Id, torrent: &Torrent, now: Timestamp) -> Download {
    let filename = format!("{}.rar", torrent.name.replace(['|', '"', '\\', '?', '*', ':', '<', '>', '/'], "_"));
    Download {
        id,
        mime_type: mime_type(&filename).map(Cow::Borrowed),
        filename,
        filesize: torrent.bytes(),
        link: String::new(),
        host: Cow::Borrowed("real-debrid.com"),
        generated: now,
        quality: None,
        extra: None,
    }
}
