//! Every unknown and every fault that can last, as a switch.
//!
//! Where the documentation is silent or clients disagree there is a knob, and its default is the likeliest truth. Nothing
//! here is read from a file: a test turns a knob in its own words.

use super::{fault::Fault, json::Layout};
use std::time::Duration;

/// How the simulated Real-Debrid behaves from now on. The default is the likeliest truth, in good weather.
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
    /// HTTP status of refusals that are seen with several.
    pub refusals: Refusals,
    /// The device flow.
    pub oauth: OAuth,
}

/// Limits on the number of requests. Refused ones count too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Of all requests in 60 s [250].
    pub per_minute: Option<usize>,
    /// Of `GET /torrents` in 60 s [75].
    pub lists_per_minute: Option<usize>,
    /// Of addMagnet and selectFiles in 10 s [22].
    pub writes_per_ten_seconds: Option<usize>,
    /// Counts by address as well as by token [false].
    pub per_address: bool,
    /// Windows begin at full minutes instead of sliding [false].
    pub fixed_window: bool,
    /// The `Retry-After` header of a 429 [absent]. Any text, since nobody knows the form.
    pub retry_after: Option<String>,
    /// After so many refusals inside a minute everything is refused [never] …
    pub block_after: Option<usize>,
    /// … for this long [5 min].
    pub block_for: Duration,
    /// Refuses with code 35 (infringing file) instead of 34 [false].
    pub says_infringing: bool,
}

/// How lists are paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Rows of a page when none are asked for [100].
    pub default_limit: usize,
    /// Most rows of a page [5000].
    pub max_limit: usize,
    /// What happens above the most [clamp].
    pub over_limit: OverLimit,
    /// What a page past the end is [204].
    pub past_end: PastEnd,
    /// `offset` in the query answers 204 whatever it is [false].
    pub offset_answers_204: bool,
    /// `X-Total-Count` [right].
    pub total: Total,
    /// `X-Total-Count` comes with a 204 too [true].
    pub total_with_204: bool,
    /// Every page but the first begins so many rows early [0].
    pub overlap: usize,
    /// Every page is so many rows longer than asked for [0].
    pub surplus: usize,
    /// Every page is so many rows shorter than asked for: rows are skipped [0].
    pub missing: usize,
    /// Lists claim to be empty [false].
    pub empty: bool,
}

/// What happens to a `limit` above the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverLimit {
    /// The most is served.
    Clamp,
    /// 400 with code 2.
    Refuse,
    /// It is served.
    Accept,
}

/// What a page past the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastEnd {
    /// 204 without a body.
    NoContent,
    /// 200 with `[]`.
    EmptyArray,
    /// 404 with code 7.
    NotFound,
}

/// What `X-Total-Count` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Total {
    /// The number of rows.
    Right,
    /// Nothing: the header is absent.
    Missing,
    /// This text.
    Text(String),
    /// The number of rows plus this.
    Off(i64),
}

/// How bodies look.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, and any mixture can occur")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyShape {
    /// [pretty]
    pub layout: Layout,
    /// Minutes that local time at Real-Debrid is ahead of UTC [60].
    pub utc_offset: i16,
    /// `added` and `ended` are local time wearing a `Z` [true].
    pub added_is_local: bool,
    /// So is `generated` [false].
    pub generated_is_local: bool,
    /// `progress` is a float where it is no whole number [false].
    pub float_progress: bool,
    /// `bytes` of a list row is the size of all files, not of the selected ones [false].
    pub list_shows_original_bytes: bool,
    /// An unknown MIME type leaves the field out instead of null [false].
    pub mime_type_absent: bool,
    /// Download rows lack `host_icon` and `streamable`, as in 2015 [false].
    pub old_downloads: bool,
    /// `error_details` of every refusal [absent].
    pub error_details: Option<String>,
    /// `ETag`, and 304 for an `If-None-Match` with it [false].
    pub etag: bool,
    /// Compresses for clients that accept it [false].
    pub gzip: bool,
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

/// The device flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// Time between two polls [5 s].
    pub interval: Duration,
    /// Life of a device code [10 min].
    pub code_life: Duration,
    /// Life of an access token [1 h; a day was seen too].
    pub token_life: Duration,
    /// Every refresh gives another refresh token and kills the one before [false].
    pub refresh_rotates: bool,
    /// HTTP status of a token request when the application's rights were revoked [403; 400 and 401 are thinkable].
    pub revoked_status: u16,
    /// Polling faster than the interval is refused with 429 [false].
    pub refuses_fast_polls: bool,
}

impl Default for OAuth {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            code_life: Duration::from_mins(10),
            token_life: Duration::from_hours(1),
            refresh_rotates: false,
            revoked_status: 403,
            refuses_fast_polls: false,
        }
    }
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
            drip: None,
            step_every: None,
            info_missing_for: Duration::ZERO,
            everything_cached: false,
            slots: 42,
            unrestrict_reuses_row: false,
            downloads_age_out_after: None,
            delete_takes_downloads: false,
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

impl Default for Rate {
    fn default() -> Self {
        Self {
            per_minute: Some(250),
            lists_per_minute: Some(75),
            writes_per_ten_seconds: Some(22),
            per_address: false,
            fixed_window: false,
            retry_after: None,
            block_after: None,
            block_for: Duration::from_mins(5),
            says_infringing: false,
        }
    }
}

impl Rate {
    /// No limits.
    pub fn unlimited() -> Self {
        Self { per_minute: None, lists_per_minute: None, writes_per_ten_seconds: None, ..Self::default() }
    }
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            default_limit: 100,
            max_limit: 5000,
            over_limit: OverLimit::Clamp,
            past_end: PastEnd::NoContent,
            offset_answers_204: false,
            total: Total::Right,
            total_with_204: true,
            overlap: 0,
            surplus: 0,
            missing: 0,
            empty: false,
        }
    }
}

impl Default for BodyShape {
    fn default() -> Self {
        Self {
            layout: Layout::Pretty,
            utc_offset: 60,
            added_is_local: true,
            generated_is_local: false,
            float_progress: false,
            list_shows_original_bytes: false,
            mime_type_absent: false,
            old_downloads: false,
            error_details: None,
            etag: false,
            gzip: false,
        }
    }
}
