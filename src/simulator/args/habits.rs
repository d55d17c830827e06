//! Flags for habits of the service: what is not known of Real-Debrid, or varies.

use crate::simulator::{
    Knobs, Layout, Links,
    knobs::{PastEnd, Total},
};
use serde_json::Value;
use std::time::Duration;

/// How often a client may ask.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArgs {
    /// Requests per minute and token; 0 lifts every limit
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(super) rate_limit: usize,
    /// Requests for the list of torrents per minute
    #[arg(long, value_name = "N", default_value_t = 75)]
    pub(super) list_limit: usize,
    /// Counts requests by address as well as by token
    #[arg(long)]
    pub(super) per_address: bool,
    /// Windows begin at full minutes instead of sliding
    #[arg(long)]
    pub(super) fixed_window: bool,
    /// `Retry-After` of a 429
    #[arg(long, value_name = "TEXT")]
    pub(super) retry_after: Option<String>,
    /// Blocks whoever was refused so often in a minute
    #[arg(long, value_name = "N")]
    pub(super) block_after: Option<usize>,
    /// Seconds that a block lasts
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(super) block_for: u64,
    /// Refuses with code 35, infringing file, instead of 34
    #[arg(long)]
    pub(super) says_infringing: bool,
}

impl LimitArgs {
    pub(super) fn turn(self, knobs: &mut Knobs) {
        if self.rate_limit == 0 {
            *knobs = Knobs::unlimited();
        } else {
            knobs.rate.per_minute = Some(self.rate_limit);
            knobs.rate.lists_per_minute = Some(self.list_limit);
        }
        knobs.rate.per_address = self.per_address;
        knobs.rate.fixed_window = self.fixed_window;
        knobs.rate.retry_after = self.retry_after;
        knobs.rate.block_after = self.block_after;
        knobs.rate.block_for = Duration::from_secs(self.block_for);
        knobs.rate.says_infringing = self.says_infringing;
    }
}

/// How lists and bodies look.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Lists and bodies")]
pub(super) struct BodyArgs {
    /// Leaves `X-Total-Count` out
    #[arg(long)]
    pub(super) no_total: bool,
    /// Sends this as `X-Total-Count`
    #[arg(long, value_name = "TEXT", conflicts_with = "no_total")]
    pub(super) total: Option<String>,
    /// Most rows of a page, whatever is asked for
    #[arg(long, value_name = "N", default_value_t = 5000, value_parser = page_rows)]
    pub(super) max_page: usize,
    /// Every page but the first begins so many rows early
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) overlap: usize,
    /// Every page lacks so many rows at its end
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) missing: usize,
    /// What a page past the end is
    #[arg(long, value_enum, default_value_t = End::NoContent)]
    pub(super) past_end: End,
    /// Compact JSON instead of Real-Debrid's layout
    #[arg(long)]
    pub(super) compact: bool,
    /// Compresses bodies for clients that accept it
    #[arg(long)]
    pub(super) gzip: bool,
    /// `ETag` stays the same though the body changes
    #[arg(long)]
    pub(super) stale_etag: bool,
    /// Minutes that the clock of Real-Debrid is ahead of UTC
    #[arg(long, value_name = "MINUTES", default_value_t = 60, allow_negative_numbers = true)]
    pub(super) utc_offset: i16,
    /// Dates are UTC, as their Z says, instead of local time
    #[arg(long)]
    pub(super) honest_dates: bool,
    /// Progress has a fraction
    #[arg(long)]
    pub(super) float_progress: bool,
    /// Rows of the list show the size of all files instead of the selected ones
    #[arg(long)]
    pub(super) original_bytes: bool,
    /// Which links downloaded torrents show
    #[arg(long, value_enum, default_value_t = LinkHabit::Own)]
    pub(super) links: LinkHabit,
    /// Shows a status by another word
    #[arg(long, value_name = "OLD=NEW", value_parser = pair)]
    pub(super) rename_status: Option<(String, String)>,
    /// A field that nobody has seen yet, on every row; may be given several times
    #[arg(long, value_name = "NAME=TEXT", value_parser = pair)]
    pub(super) new_field: Vec<(String, String)>,
    /// `error_details` of every refusal
    #[arg(long, value_name = "TEXT")]
    pub(super) error_details: Option<String>,
}

/// What a page past the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum End {
    /// 204
    NoContent,
    /// 200 with `[]`
    EmptyArray,
    /// 404
    NotFound,
}

/// Which links downloaded torrents show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LinkHabit {
    /// Each its own
    Own,
    /// One for all files, a RAR archive
    Archive,
    /// Only the first
    First,
    /// None
    None,
}

fn page_rows(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|rows| *rows > 0).ok_or_else(|| "give a whole number from 1".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    pair.map(|(name, value)| (name.to_owned(), value.to_owned())).ok_or_else(|| "write it as NAME=TEXT".to_owned())
}

impl BodyArgs {
    pub(super) fn turn(self, knobs: &mut Knobs) {
        let paging = &mut knobs.paging;
        if self.no_total {
            paging.total = Total::Missing;
        } else if let Some(text) = self.total {
            paging.total = Total::Text(text);
        }
        paging.max_limit = self.max_page;
        paging.overlap = self.overlap;
        paging.missing = self.missing;
        paging.past_end = match self.past_end {
            End::NoContent => PastEnd::NoContent,
            End::EmptyArray => PastEnd::EmptyArray,
            End::NotFound => PastEnd::NotFound,
        };
        let shape = &mut knobs.shape;
        shape.layout = if self.compact { Layout::Compact } else { Layout::Pretty };
        shape.gzip = self.gzip;
        shape.etag_is_stale = self.stale_etag;
        shape.utc_offset = self.utc_offset;
        shape.added_is_local = !self.honest_dates;
        shape.float_progress = self.float_progress;
        shape.list_shows_original_bytes = self.original_bytes;
        shape.links = match self.links {
            LinkHabit::Own => None,
            LinkHabit::Archive => Some(Links::Archive),
            LinkHabit::First => Some(Links::First(1)),
            LinkHabit::None => Some(Links::None),
        };
        shape.renamed_status = self.rename_status;
        shape.extra_fields.extend(self.new_field.into_iter().map(|(name, text)| (name, Value::String(text))));
        shape.error_details = self.error_details;
    }
}
