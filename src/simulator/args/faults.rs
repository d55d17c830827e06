//! Flags for what goes wrong, and when.

use super::span::Span;
use crate::simulator::{Fault, Knobs, Rule, Spell};
use std::time::Duration;

/// What goes wrong, and when.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Faults")]
pub(super) struct FaultArgs {
    /// Milliseconds before each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(super) latency: u64,
    /// Bytes per second of every body
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) drip: Option<u64>,
    /// Every N-th request fails
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) fail_every: Option<u64>,
    /// The requests with these numbers, counted from 1, fail: 7, or 3-5; may be given several times
    #[arg(long, value_name = "FROM-TO")]
    pub(super) fail_at: Vec<Span>,
    /// Everything fails from this second after the start until that one: 30-60; may be given several times
    #[arg(long, value_name = "FROM-TO", value_parser = Span::of_seconds)]
    pub(super) outage: Vec<Span>,
    /// How it fails, in each of these cases
    #[arg(long, value_enum, default_value_t = Failure::BadGateway)]
    pub(super) failure: Failure,
    /// Lists claim to be empty from this second after the start until that one; may be given several times
    #[arg(long, value_name = "FROM-TO", value_parser = Span::of_seconds)]
    pub(super) empty_lists: Vec<Span>,
    /// Answers everything with the maintenance page
    #[arg(long)]
    pub(super) maintenance: bool,
}

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Failure {
    /// 502 as HTML
    BadGateway,
    /// 503 as HTML
    Unavailable,
    /// 504 as HTML
    Timeout,
    /// The maintenance page with 503
    Maintenance,
    /// The maintenance page with 200
    MaintenanceAsSuccess,
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
    /// 200 with `[]`
    EmptyArray,
    /// 204 with a total of 0
    EmptyList,
    /// 200 with an error in it
    ErrorObject,
    /// 429 with code 34
    TooMany,
    /// 401 with code 8
    BadToken,
    /// 403 with code 9
    Forbidden,
    /// 403 with code 14
    Locked,
    /// 503 with code 25
    ServiceUnavailable,
    /// The total is left out
    NoTotal,
    /// Never answers
    Silence,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::BadGateway => Self::Html(502),
            Failure::Unavailable => Self::Html(503),
            Failure::Timeout => Self::Html(504),
            Failure::Maintenance => Self::Maintenance(503),
            Failure::MaintenanceAsSuccess => Self::Maintenance(200),
            Failure::Reset => Self::Reset,
            Failure::Cut => Self::Cut,
            Failure::Truncated => Self::Truncated,
            Failure::Empty => Self::EmptyBody,
            Failure::EmptyObject => Self::EmptyObject,
            Failure::EmptyArray => Self::EmptyArray,
            Failure::EmptyList => Self::EmptyList,
            Failure::ErrorObject => Self::ErrorObject(25),
            Failure::TooMany => Self::Code(34),
            Failure::BadToken => Self::Code(8),
            Failure::Forbidden => Self::Code(9),
            Failure::Locked => Self::Code(14),
            Failure::ServiceUnavailable => Self::Code(25),
            Failure::NoTotal => Self::NoTotal,
            Failure::Silence => Self::Silence,
        }
    }
}

impl FaultArgs {
    pub(super) fn turn(&self, knobs: &mut Knobs) {
        knobs.latency = Duration::from_millis(self.latency);
        knobs.fail_every = self.fail_every.map(|every| (every, self.failure.into()));
        knobs.drip = self.drip;
        knobs.outage = self.maintenance.then_some(Fault::Maintenance(503));
        let second = Duration::from_secs;
        let spell = |span: &Span, fault| Spell::new(second(span.from), second(span.to), fault);
        for span in &self.empty_lists {
            knobs.spells.push(spell(span, Fault::EmptyList).on("/torrents"));
            knobs.spells.push(spell(span, Fault::EmptyList).on("/downloads"));
        }
        knobs.spells.extend(self.outage.iter().map(|span| spell(span, self.failure.into())));
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = Rule> {
        self.fail_at.iter().map(|span| Rule::numbers(span.from..=span.to).answer(self.failure.into()))
    }
}
