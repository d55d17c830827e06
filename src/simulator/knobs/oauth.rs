//! The device flow.

use std::time::Duration;

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
