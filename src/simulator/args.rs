//! The command line of `dmm simulate`.

use super::{Fault, Knobs, Options, knobs::Rate};
use std::{net::SocketAddr, time::Duration};

/// What to simulate, and in what weather.
#[derive(Debug, Clone, clap::Args)]
pub struct SimulateArgs {
    /// Torrents in the library
    #[arg(long, default_value_t = 40)]
    pub torrents: usize,
    /// Downloads in the library
    #[arg(long, default_value_t = 20)]
    pub downloads: usize,
    /// Decides what they are: the same seed gives the same library
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3900")]
    pub listen: SocketAddr,
    /// Token that opens the account
    #[arg(long, default_value = "demo-token")]
    pub token: String,
    /// User name of the account
    #[arg(long, default_value = "demo")]
    pub username: String,
    /// Milliseconds before each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Requests per minute and token; 0 lifts every limit
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub rate_limit: usize,
    /// `Retry-After` of a 429
    #[arg(long, value_name = "TEXT")]
    pub retry_after: Option<String>,
    /// Every N-th request fails
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub fail_every: Option<u64>,
    /// How it fails
    #[arg(long, value_enum, default_value_t = Failure::BadGateway)]
    pub failure: Failure,
    /// Bytes per second of every body
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    pub drip: Option<u64>,
    /// Seconds in which a torrent on its way moves one step; 0 stands still
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub step_every: u64,
    /// Answers everything with the maintenance page
    #[arg(long)]
    pub maintenance: bool,
    /// Leaves `X-Total-Count` out
    #[arg(long)]
    pub no_total: bool,
    /// Compact JSON instead of Real-Debrid's layout
    #[arg(long)]
    pub compact: bool,
}

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Failure {
    /// 502 as HTML
    BadGateway,
    /// 503 as HTML
    Unavailable,
    /// 504 as HTML
    Timeout,
    /// The connection is reset
    Reset,
    /// The connection ends in the middle of the body
    Cut,
    /// Half of the JSON
    Truncated,
    /// 200 without a body
    Empty,
    /// 200 with `{}`
    EmptyObject,
    /// 429 with code 34
    TooMany,
    /// 401 with code 8
    BadToken,
    /// Never answers
    Silence,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::BadGateway => Self::Html(502),
            Failure::Unavailable => Self::Html(503),
            Failure::Timeout => Self::Html(504),
            Failure::Reset => Self::Reset,
            Failure::Cut => Self::Cut,
            Failure::Truncated => Self::Truncated,
            Failure::Empty => Self::EmptyBody,
            Failure::EmptyObject => Self::EmptyObject,
            Failure::TooMany => Self::Code(34),
            Failure::BadToken => Self::Code(8),
            Failure::Silence => Self::Silence,
        }
    }
}

impl From<SimulateArgs> for Options {
    fn from(args: SimulateArgs) -> Self {
        let mut knobs = if args.rate_limit == 0 { Knobs::unlimited() } else { Knobs::default() };
        if args.rate_limit > 0 {
            knobs.rate = Rate { per_minute: Some(args.rate_limit), ..knobs.rate };
        }
        knobs.rate.retry_after = args.retry_after;
        knobs.latency = Duration::from_millis(args.latency);
        knobs.fail_every = args.fail_every.map(|every| (every, args.failure.into()));
        knobs.drip = args.drip;
        knobs.step_every = (args.step_every > 0).then(|| Duration::from_secs(args.step_every));
        knobs.outage = args.maintenance.then_some(Fault::Maintenance(503));
        if args.no_total {
            knobs.paging.total = super::knobs::Total::Missing;
        }
        if args.compact {
            knobs.shape.layout = super::Layout::Compact;
        }
        Self {
            torrents: args.torrents,
            downloads: args.downloads,
            seed: args.seed,
            listen: args.listen,
            token: args.token,
            username: args.username,
            knobs,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: SimulateArgs,
    }

    fn options(line: &[&str]) -> Options {
        Command::try_parse_from([&["simulate"], line].concat()).unwrap().args.into()
    }

    #[test]
    fn the_flags_turn_the_knobs_they_name() {
        let options = options(&[
            "--torrents=7",
            "--fail-every=3",
            "--failure=reset",
            "--retry-after=9",
            "--rate-limit=60",
            "--latency=20",
        ]);
        assert_eq!(options.torrents, 7);
        assert_eq!(options.knobs.fail_every, Some((3, Fault::Reset)));
        assert_eq!(options.knobs.rate.retry_after.as_deref(), Some("9"));
        assert_eq!((options.knobs.rate.per_minute, options.knobs.rate.lists_per_minute), (Some(60), Some(75)));
        assert_eq!(options.knobs.latency, Duration::from_millis(20));
    }

    #[test]
    fn a_rate_limit_of_nothing_lifts_every_limit() {
        assert_eq!(options(&["--rate-limit=0"]).knobs.rate, Rate::unlimited());
    }
}
