//! `/torrents/addMagnet`, `/torrents/addTorrent` and `/torrents/selectFiles`: how a torrent gets into the library.

use super::Call;
use crate::{
    domain::Entry,
    domain::InfoHash,
    simulator::{
        answer::Answer,
        library::{Hash, Id, Selection},
        metainfo, percent,
    },
};
use serde_json::json;

/// How long ago cached content was downloaded by somebody else, in milliseconds.
const CACHED_BEFORE: i64 = 40 * 24 * 3_600_000;

/// `POST /torrents/addMagnet`.
pub(super) fn add(call: &mut Call<'_>) -> Answer {
    let Some(magnet) = call.form("magnet") else {
        return call.refuse(1);
    };
    let parameters = percent::pairs(magnet.strip_prefix("magnet:?").unwrap_or_default());
    let hash = super::last(&parameters, "xt")
        .and_then(|topic| topic.strip_prefix("urn:btih:"))
        .and_then(|digits| digits.parse::<InfoHash>().ok());
    let Some(hash) = hash else {
        return call.refuse(2);
    };
    let name = super::last(&parameters, "dn");
    if let Some(code) = refused(call, name.unwrap_or_default()) {
        return call.refuse(code);
    }
    let id = call.account.library.add_magnet(Hash::from(&hash), name, call.now);
    // Without a life of its own in time, the metadata is there at the first look.
    if call.knobs.step_every.is_none() {
        call.account.library.step_torrent(id, call.now);
    }
    added(call, id)
}

/// `PUT /torrents/addTorrent`: as a magnet whose metadata is there.
pub(super) fn add_file(call: &mut Call<'_>) -> Answer {
    let Some(torrent) = metainfo::read(call.body) else {
        return call.refuse(30);
    };
    if let Some(code) = refused(call, &torrent.name) {
        return call.refuse(code);
    }
    let id = call.account.library.add_described(torrent.hash, torrent.name, torrent.files, call.now);
    added(call, id)
}

/// The code with which a torrent of this name is not added.
fn refused(call: &Call<'_>, name: &str) -> Option<i64> {
    if slots_are_full(call) {
        return Some(21);
    }
    call.infringes(name).then_some(35)
}

fn added(call: &Call<'_>, id: Id) -> Answer {
    call.json(201, &json!({ "id": id.as_str(), "uri": format!("{}/torrents/info/{id}", call.api_url) }))
}

/// `POST /torrents/selectFiles/{id}`.
pub(super) fn select(call: &mut Call<'_>) -> Answer {
    let Some(files) = call.form("files") else {
        return call.refuse(1);
    };
    let Some((id, torrent)) = call.id().and_then(|id| Some((id, call.account.library.torrent(id)?))) else {
        return call.refuse(7);
    };
    if torrent.status != "waiting_files_selection" {
        return call.refuse(31);
    }
    let Some(selection) = selection(files, torrent.file_count()) else {
        return call.refuse(7);
    };
    let cached = call.knobs.everything_cached || call.account.library.is_cached(torrent.hash);
    if let Some(torrent) = call.account.library.torrent_mut(id) {
        torrent.selection = selection;
        torrent.status = "queued".into();
        if cached {
            torrent.finish(torrent.added.plus_millis(-CACHED_BEFORE));
        }
    }
    Answer::empty(204)
}

/// `all`, or numbers from 1 that exist.
fn selection(files: &str, count: usize) -> Option<Selection> {
    if files == "all" {
        return Some(Selection::All);
    }
    let mut numbers = files
        .split(',')
        .map(|number| number.trim().parse::<u16>().ok().filter(|number| (1..=count).contains(&usize::from(*number))))
        .collect::<Option<Vec<u16>>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Some(Selection::Some(numbers.into()))
}

fn slots_are_full(call: &Call<'_>) -> bool {
    let active = |status: &str| Entry::ACTIVE.contains(&status);
    call.account.library.torrents().iter().filter(|torrent| active(&torrent.status)).count() >= call.knobs.slots
}
