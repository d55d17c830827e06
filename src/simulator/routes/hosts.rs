//! `/hosts`: the hosters that Real-Debrid knows.
//!
//! They are invented, like those of the seeded downloads, but for the two that answers are special for.

use super::Call;
use crate::simulator::{answer::Answer, json::PhpMap, shown};
use serde_json::{Value, json};

/// A hoster.
pub(super) struct Hoster {
    pub(super) domain: &'static str,
    /// Its short name.
    id: &'static str,
    name: &'static str,
    status: &'static str,
    /// Its links lead to several qualities of one film.
    pub(super) has_qualities: bool,
}

const fn hoster(domain: &'static str, id: &'static str, name: &'static str) -> Hoster {
    Hoster { domain, id, name, status: "up", has_qualities: false }
}

/// All of them.
const HOSTERS: [Hoster; 6] = [
    hoster("real-debrid.com", "rd", "Real-Debrid"),
    hoster("bigfilebarn.example", "bfb", "Big File Barn"),
    hoster("upturnip.example", "ut", "UpTurnip"),
    Hoster { status: "down", ..hoster("sharecrate.example", "sc", "ShareCrate") },
    Hoster { has_qualities: true, ..hoster("videotube.example", "vt", "VideoTube") },
    Hoster { has_qualities: true, ..hoster("youtube.com", "yt", "YouTube") },
];

/// The hoster that `link` leads to.
pub(super) fn of(link: &str) -> Option<&'static Hoster> {
    let host = link.split_once("://")?.1.split('/').next()?;
    by_domain(host.strip_prefix("www.").unwrap_or(host))
}

/// The hoster at `domain`.
pub(super) fn by_domain(domain: &str) -> Option<&'static Hoster> {
    HOSTERS.iter().find(|hoster| hoster.domain == domain)
}

impl Hoster {
    /// Its short name.
    pub(super) fn id(&self) -> &'static str {
        self.id
    }
}

fn map(show: impl Fn(&Hoster) -> Value) -> PhpMap<Value> {
    PhpMap(HOSTERS.iter().map(|hoster| (hoster.domain.to_owned(), show(hoster))).collect())
}

/// `GET /hosts`.
pub(super) fn all(call: &mut Call<'_>) -> Answer {
    let show = |hoster: &Hoster| {
        let image = shown::host_icon(hoster.domain);
        json!({ "id": hoster.id, "name": hoster.name, "image": image, "image_big": image })
    };
    call.json(200, &map(show))
}

/// `GET /hosts/status`.
pub(super) fn status(call: &mut Call<'_>) -> Answer {
    let checked = shown::whole_seconds(call.now).to_string();
    let show = |hoster: &Hoster| {
        json!({
            "id": hoster.id,
            "name": hoster.name,
            "image": shown::host_icon(hoster.domain),
            "supported": 1,
            "status": hoster.status,
            "check_time": checked,
            // A map as well, and nobody is compared with anybody here.
            "competitors_status": [],
        })
    };
    call.json(200, &map(show))
}

fn patterns(end: &str) -> Vec<String> {
    HOSTERS
        .iter()
        .map(|hoster| format!(r"/(http|https):\/\/(\w+\.)?{}\/{end}/", hoster.domain.replace('.', r"\.")))
        .collect()
}

/// `GET /hosts/regex`.
pub(super) fn regex(call: &mut Call<'_>) -> Answer {
    call.json(200, &patterns(".+"))
}

/// `GET /hosts/regexFolder`.
pub(super) fn regex_folder(call: &mut Call<'_>) -> Answer {
    call.json(200, &patterns("folder\\/.+"))
}

/// `GET /hosts/domains`.
pub(super) fn domains(call: &mut Call<'_>) -> Answer {
    call.json(200, &HOSTERS.map(|hoster| hoster.domain))
}
