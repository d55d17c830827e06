//! `/unrestrict/link`: creates a row of `/downloads`, which is why a read-only sync must not call it.

use super::Call;
use crate::simulator::{
    answer::Answer,
    library::{Download, Id, mime_type},
    shown,
};
use serde_json::{Value, json};
use std::borrow::Cow;

/// Hosters whose links lead to several qualities of one film.
const MULTI_QUALITY_HOSTS: [&str; 2] = ["youtube.com", "www.youtube.com"];
const QUALITIES: [&str; 4] = ["1920x1080", "1280x720", "426x240", "mp3"];

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
    let known = call.account.library.downloads().iter().find(|download| download.link == link);
    let (id, alternatives) = match known.filter(|_| call.knobs.unrestrict_reuses_row) {
        Some(download) => (download.id, Vec::new()),
        None => match make(call, &link) {
            Some(download) => {
                let id = call.account.library.add_download(download);
                (id, add_other_qualities(call, id))
            }
            None => return call.refuse(24),
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

/// None when a Real-Debrid link leads to no file of this library.
fn make(call: &mut Call<'_>, link: &str) -> Option<Download> {
    let (now, library) = (call.now, &mut call.account.library);
    let id: Id = library.new_id();
    if link.contains("real-debrid.com/d/") {
        let (torrent, file) = library.torrents().iter().find_map(|torrent| {
            let place = torrent.link_list().iter().position(|other| same_file(link, other))?;
            Some((torrent, torrent.selected().nth(place)?))
        })?;
        return Some(Download { link: link.to_owned(), ..Download::of_torrent(id, torrent, file, now) });
    }
    let (host, name) = link.split_once("://")?.1.split_once('/')?;
    let filename = name.rsplit('/').next().filter(|name| !name.is_empty())?.to_owned();
    Some(Download {
        id,
        mime_type: mime_type(&filename).map(Cow::Borrowed),
        filename,
        filesize: 0,
        link: link.to_owned(),
        quality: MULTI_QUALITY_HOSTS.contains(&host).then_some(Cow::Borrowed(QUALITIES[0])),
        host: Cow::Owned(host.to_owned()),
        generated: now,
        extra: None,
    })
}
