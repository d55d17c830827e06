//! `/unrestrict/check`: whether a link is alive. Anyone may ask, so links of torrents are those of the first account.

use super::{Call, hosts, unrestrict};
use crate::simulator::{answer::Answer, shown};
use serde_json::json;

/// `POST /unrestrict/check`.
pub(super) fn check(call: &mut Call<'_>) -> Answer {
    let Some(link) = call.form("link") else {
        return call.refuse(1);
    };
    let hoster = hosts::of(link);
    let file = link.rsplit('/').next().unwrap_or_default();
    let (filename, filesize) = if link.contains("real-debrid.com/d/") {
        match unrestrict::find(&call.account.library, link, call.knobs) {
            Some((torrent, Some(file))) => {
                let path = torrent.file_path(file);
                (path.rsplit('/').next().unwrap_or_default().to_owned(), torrent.file_bytes(file))
            }
            Some((torrent, None)) => (format!("{}.rar", torrent.name), torrent.bytes()),
            None => return call.refuse(24),
        }
    } else if hoster.is_some_and(|hoster| hoster.has_qualities) {
        (format!("{file}|-|{}", unrestrict::QUALITIES[..3].join(",")), 0)
    } else {
        (file.to_owned(), 0)
    };
    let host = hoster.map_or("", |hoster| hoster.domain);
    let icon = shown::host_icon(host);
    let body = json!({
        "host": host,
        "host_icon": icon,
        "host_icon_big": icon,
        "link": link,
        "filename": filename,
        "filesize": filesize,
        "supported": i64::from(hoster.is_some()),
    });
    call.json(200, &body)
}
