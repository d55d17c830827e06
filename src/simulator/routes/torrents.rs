//! `/torrents`: reading and deleting.

use super::{Call, lists};
use crate::{
    domain::Entry,
    simulator::{answer::Answer, library::Torrent, shown},
};
use serde_json::json;

fn is_active(torrent: &Torrent) -> bool {
    Entry::ACTIVE.contains(&torrent.status.as_ref())
}

/// `GET /torrents`.
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let torrents = call.account.library.torrents();
    let show = |torrent: &Torrent| shown::torrent_row(torrent, &call.knobs.shape);
    if call.query("filter") == Some("active") {
        let active: Vec<&Torrent> = torrents.iter().filter(|torrent| is_active(torrent)).collect();
        lists::page(call, active.len(), |index| active.get(index).copied(), show)
    } else {
        lists::page(call, torrents.len(), |index| torrents.get(index), show)
    }
}

/// `GET /torrents/info/{id}`.
pub(super) fn info(call: &mut Call<'_>) -> Answer {
    let hidden_for = i64::try_from(call.knobs.info_missing_for.as_millis()).unwrap_or(i64::MAX);
    match call.id().and_then(|id| call.account.library.torrent(id)) {
        Some(torrent) if hidden_for == 0 || call.now.millis_since(torrent.added) >= hidden_for => {
            call.json(200, &shown::torrent_info(torrent, &call.knobs.shape))
        }
        _ => call.refuse(7),
    }
}

/// `DELETE /torrents/delete/{id}`.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let Some(torrent) = call.id().and_then(|id| call.account.library.remove_torrent(id)) else {
        return call.refuse(7);
    };
    if call.knobs.delete_takes_downloads {
        let links = torrent.link_list();
        let library = &mut call.account.library;
        let of_it = |link: &str| links.iter().any(|other| super::unrestrict::same_file(link, other));
        let ids: Vec<_> =
            library.downloads().iter().filter(|download| of_it(&download.link)).map(|download| download.id).collect();
        for id in ids {
            library.remove_download(id);
        }
    }
    Answer::empty(204)
}

/// `GET /torrents/activeCount`.
pub(super) fn active_count(call: &mut Call<'_>) -> Answer {
    let torrents = call.account.library.torrents().iter();
    let hashes: Vec<String> =
        torrents.filter(|torrent| is_active(torrent)).map(|torrent| torrent.hash.to_string()).collect();
    call.json(200, &json!({ "nb": hashes.len(), "limit": call.knobs.slots, "list": hashes }))
}

/// `GET /torrents/availableHosts`.
pub(super) fn available_hosts(call: &mut Call<'_>) -> Answer {
    call.json(200, &json!([{ "host": "real-debrid.com", "max_file_size": 2000 }]))
}

/// `GET /torrents/instantAvailability/…`: switched off by Real-Debrid in November 2024.
pub(super) fn instant_availability(call: &mut Call<'_>) -> Answer {
    call.refuse(37)
}
