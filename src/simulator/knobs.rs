//! Every unknown and every fault that can last, as a switch.
//!
//! Where the documentation is silent or clients disagree there is a knob, and its default is the likeliest truth. Nothing
//! here is read from a file: a test turns a knob in its own words.

mod oauth;
mod paging;
mod rate;
mod shape;

pub use {
    oauth::OAuth,
    paging::{OverLimit, Paging, PastEnd, Total},
    rate::Rate,
    shape::BodyShape,
};

use super::{fault::Fault, weather::Spell};
use std::time::Duration;

/// How the simulated Real-Debrid behaves from now on. The default is the likeliest truth, in good weather.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, and any mixture can occur")]
#[derive(Debug, Clone, PartialEq)]
pub struct Knobs {
    /// Limits on the number of requests.
    pub rate: Rate,
    /// How lists are paged.
    pub paging: Paging,
    /// How bodies look.
    pub shape: BodyShape,
    /// Waits this long before answering [0].
    pub latency: Duration,
    /// Every request meets this: an outage [none].
    pub outage: Option<Fault>,
    /// Every n-th request meets this; n is at least 1 [none].
    pub fail_every: Option<(u64, Fault)>,
    /// What goes wrong for a time, by the simulator's clock [nothing]. The first that fits counts.
    pub spells: Vec<Spell>,
    /// Sends bodies at this many bytes a second [unlimited].
    pub drip: Option<u64>,
    /// Unfinished torrents move one step on in this time [they stand still].
    pub step_every: Option<Duration>,
    /// How long `/torrents/info` does not know a torrent that was just added [0].
    pub info_missing_for: Duration,
    /// Every magnet is cached, so that selectFiles finishes it at once [only what the library has].
    pub everything_cached: bool,
    /// Torrents that may be active at a time, beyond which adding is refused with code 21 [42].
    pub slots: usize,
    /// Unrestricting a link again gives the row of the first time [false: a new one].
    pub unrestrict_reuses_row: bool,
    /// Rows of `/downloads` older than this are forgotten [never].
    pub downloads_age_out_after: Option<Duration>,
    /// Deleting a torrent deletes the downloads of its links [false].
    pub delete_takes_downloads: bool,
    /// Names with one of these words in them are not added nor unrestricted, and refused with code 35 [none].
    pub infringing_words: Vec<String>,
    /// Unrestricting is refused with this code: 19, 24, 36, … [none].
    pub unrestrict_refuses: Option<i64>,
    /// Some hosters give so much a day and no more; without them `/traffic` is an empty map [true].
    pub limited_hosters: bool,
    /// HTTP status of refusals that are seen with several.
    pub refusals: Refusals,
    /// The device flow.
    pub oauth: OAuth,
}

/// HTTP status and code of refusals that are seen with several, or with none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    /// Of code 35, infringing file [451].
    pub infringing: u16,
    /// Of code 21, too many active downloads [509].
    pub slots: u16,
    /// Of code 36, fair usage limit [429].
    pub fair_use: u16,
    /// Of code 23, traffic exhausted [403].
    pub traffic: u16,
    /// Of a path that does not exist, code 3 [404].
    pub unknown_path: u16,
    /// Of a verb that a path does not know, code 4 [405].
    pub wrong_verb: u16,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            rate: Rate::default(),
            paging: Paging::default(),
            shape: BodyShape::default(),
            latency: Duration::ZERO,
            outage: None,
            fail_every: None,
            spells: Vec::new(),
            drip: None,
            step_every: None,
            info_missing_for: Duration::ZERO,
            everything_cached: false,
            slots: 42,
            unrestrict_reuses_row: false,
            downloads_age_out_after: None,
            delete_takes_downloads: false,
            infringing_words: Vec::new(),
            unrestrict_refuses: None,
            limited_hosters: true,
            refusals: Refusals {
                infringing: 451,
                slots: 509,
                fair_use: 429,
                traffic: 403,
                unknown_path: 404,
                wrong_verb: 405,
            },
            oauth: OAuth::default(),
        }
    }
}

impl Knobs {
    /// The default without limits on the number of requests, for tests about something else.
    pub fn unlimited() -> Self {
        Self { rate: Rate::unlimited(), ..Self::default() }
    }
}
