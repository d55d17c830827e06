//! Which address is answered by what, and what a caller needs for it.

mod check;
mod downloads;
mod hosts;
mod lists;
mod magnets;
mod streaming;
mod torrents;
mod traffic;
mod unrestrict;
mod user;

use super::{
    account::{Account, Scope},
    answer::Answer,
    knobs::Knobs,
    library::Id,
    limits::Class,
    refusal,
};
use crate::domain::Timestamp;

/// A request that may be answered: who asks has been established.
pub(crate) struct Call<'a> {
    pub(crate) query: &'a [(String, String)],
    pub(crate) form: &'a [(String, String)],
    /// As sent: a torrent file.
    pub(crate) body: &'a [u8],
    /// What stands for `{id}` in the address.
    pub(crate) id: &'a str,
    /// `http://127.0.0.1:PORT/rest/1.0`.
    pub(crate) api_url: &'a str,
    pub(crate) account: &'a mut Account,
    pub(crate) knobs: &'a Knobs,
    pub(crate) now: Timestamp,
}

impl Call<'_> {
    /// The last one given wins, as in PHP.
    fn query(&self, name: &str) -> Option<&str> {
        last(self.query, name)
    }

    fn form(&self, name: &str) -> Option<&str> {
        last(self.form, name)
    }

    fn id(&self) -> Option<Id> {
        self.id.parse().ok()
    }

    /// Whether the filter of words keeps what is called so away.
    fn infringes(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.knobs.infringing_words.iter().any(|word| name.contains(&word.to_lowercase()))
    }

    fn refuse(&self, code: i64) -> Answer {
        refusal::by_code(code, self.knobs)
    }

    fn json<T: serde::Serialize + ?Sized>(&self, status: u16, value: &T) -> Answer {
        Answer::json(status, value, self.knobs.shape.layout)
    }
}

fn last<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// What an address leads to.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) verb: &'static str,
    /// None for the methods that anyone may call.
    pub(crate) scope: Option<Scope>,
    pub(crate) class: Class,
    pub(crate) answer: fn(&mut Call<'_>) -> Answer,
}

/// The endpoint at `path`, below the API's root, and what stands for `{id}` in it.
pub(crate) fn find(path: &str) -> Option<(Endpoint, &str)> {
    let open = |answer| Endpoint { verb: "GET", scope: None, class: Class::Other, answer };
    let get = |scope, answer| Endpoint { verb: "GET", scope: Some(scope), class: Class::Other, answer };
    let put = |scope, answer| Endpoint { verb: "PUT", ..get(scope, answer) };
    let post = |scope, answer| Endpoint { verb: "POST", ..get(scope, answer) };
    let delete = |scope, answer| Endpoint { verb: "DELETE", ..get(scope, answer) };
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let endpoint = match segments.as_slice() {
        ["time"] => open(user::time),
        ["time", "iso"] => open(user::time_iso),
        ["user"] => get(Scope::User, user::show),
        ["traffic"] => get(Scope::User, traffic::left),
        ["traffic", "details"] => get(Scope::User, traffic::details),
        ["disable_access_token"] => get(Scope::User, user::disabled),
        ["torrents"] => Endpoint { class: Class::TorrentList, ..get(Scope::Torrents, torrents::list) },
        ["torrents", "info", _] => get(Scope::Torrents, torrents::info),
        ["torrents", "activeCount"] => get(Scope::Torrents, torrents::active_count),
        ["torrents", "availableHosts"] => get(Scope::Torrents, torrents::available_hosts),
        ["torrents", "instantAvailability", ..] => get(Scope::Torrents, torrents::instant_availability),
        ["torrents", "delete", _] => delete(Scope::Torrents, torrents::delete),
        ["torrents", "addMagnet"] => Endpoint { class: Class::Write, ..post(Scope::Torrents, magnets::add) },
        ["torrents", "addTorrent"] => Endpoint { class: Class::Write, ..put(Scope::Torrents, magnets::add_file) },
        ["torrents", "selectFiles", _] => Endpoint { class: Class::Write, ..post(Scope::Torrents, magnets::select) },
        ["downloads"] => get(Scope::Downloads, downloads::list),
        ["downloads", "delete", _] => delete(Scope::Downloads, downloads::delete),
        ["unrestrict", "check"] => Endpoint { verb: "POST", ..open(check::check) },
        ["unrestrict", "link"] => post(Scope::Unrestrict, unrestrict::link),
        ["streaming", "transcode", _] => get(Scope::Unrestrict, streaming::transcode),
        ["streaming", "mediaInfos", _] => get(Scope::Unrestrict, streaming::media_infos),
        ["hosts"] => open(hosts::all),
        ["hosts", "status"] => get(Scope::Unrestrict, hosts::status),
        ["hosts", "regex"] => open(hosts::regex),
        ["hosts", "regexFolder"] => open(hosts::regex_folder),
        ["hosts", "domains"] => open(hosts::domains),
        _ => return None,
    };
    Some((endpoint, segments.last().copied().unwrap_or_default()))
}
