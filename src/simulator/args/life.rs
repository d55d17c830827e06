//! Flags for what becomes of entries and tokens in time.

use crate::simulator::Knobs;
use std::time::Duration;

/// What becomes of entries and tokens in time.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Entries and tokens")]
pub(super) struct LifeArgs {
    /// Seconds in which a torrent on its way moves one step; 0 stands still
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(super) step_every: u64,
    /// Everything that is added is cached, and downloaded at once
    #[arg(long)]
    pub(super) cached: bool,
    /// Torrents that may be on their way at a time
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(super) slots: usize,
    /// Days after which a row of the downloads is forgotten
    #[arg(long, value_name = "DAYS")]
    pub(super) downloads_live: Option<u64>,
    /// Names with this word are refused as infringing; may be given several times
    #[arg(long, value_name = "WORD")]
    pub(super) infringing: Vec<String>,
    /// Unrestricting is refused with this error code, such as 19 or 36
    #[arg(long, value_name = "CODE")]
    pub(super) refuse_links: Option<i64>,
    /// The subscription has lapsed
    #[arg(long)]
    pub(super) lapsed: bool,
    /// Seconds that an access token of OAuth lives
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(super) token_life: u64,
    /// Every refresh gives another refresh token and kills the one before
    #[arg(long)]
    pub(super) refresh_rotates: bool,
}

impl LifeArgs {
    pub(super) fn turn(self, knobs: &mut Knobs) {
        knobs.step_every = (self.step_every > 0).then(|| Duration::from_secs(self.step_every));
        knobs.everything_cached = self.cached;
        knobs.slots = self.slots;
        knobs.downloads_age_out_after = self.downloads_live.map(|days| Duration::from_hours(days.saturating_mul(24)));
        knobs.infringing_words = self.infringing;
        knobs.unrestrict_refuses = self.refuse_links;
        knobs.oauth.token_life = Duration::from_secs(self.token_life);
        knobs.oauth.refresh_rotates = self.refresh_rotates;
    }
}
