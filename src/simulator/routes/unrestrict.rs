//! `/unrestrict/link`: creates a row of `/downloads`, which is why a read-only sync must not call it.

use super::Call;
use crate::simulator::{
    answer::Answer,
    library::{Download, Id, mime_type},
    shown,
};
use serde_json::json;
use std::borrow::Cow;

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
    let id = match known.filter(|_| call.knobs.unrestrict_reuses_row) {
        Some(download) => download.id,
        None => match make(call, &link) {
            Some(download) => call.account.library.add_download(download),
            None => return call.refuse(24),
        },
    };
    let Some(download) = call.account.library.download(id) else {
        return call.refuse(-1);
    };
    call.json(
        200,
        &json!({
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
        }),
    )
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
        host: Cow::Owned(host.to_owned()),
        generated: now,
        quality: None,
        extra: None,
    })
}
