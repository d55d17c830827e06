//! How often a client may ask.

use std::time::Duration;

/// Limits on the number of requests. Refused ones count too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Of all requests in 60 s [250].
    pub per_minute: Option<usize>,
    /// Of `GET /torrents` in 60 s [75].
    pub lists_per_minute: Option<usize>,
    /// Of addMagnet and selectFiles in 10 s [22].
    pub writes_per_ten_seconds: Option<usize>,
    /// Of `POST /oauth/v2/token` in 60 s and by address [30; that there is a limit is known, the number is not].
    pub tokens_per_minute: Option<usize>,
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

impl Default for Rate {
    fn default() -> Self {
        Self {
            per_minute: Some(250),
            lists_per_minute: Some(75),
            writes_per_ten_seconds: Some(22),
            tokens_per_minute: Some(30),
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
        Self {
            per_minute: None,
            lists_per_minute: None,
            writes_per_ten_seconds: None,
            tokens_per_minute: None,
            ..Self::default()
        }
    }
}
