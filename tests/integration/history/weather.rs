//! What goes wrong at Real-Debrid, on the way to it and on the disk, for a while.

use super::chance::Chance;
use dmm::simulator::{Fault, Knobs, knobs::Total};
use std::time::Duration;

/// One kind of bad weather; it lasts until it is taken back.
#[derive(Debug, Clone)]
pub(crate) enum Weather {
    /// Every request of every account fails.
    Outage(Fault),
    /// Every n-th request fails.
    EveryNth(u64, Fault),
    /// Both lists claim to be empty.
    Empty,
    /// Pages lack their last rows.
    MissingRows(usize),
    /// Lists say nothing of their length.
    NoTotals,
    /// Lists say that they are longer than they are. Shorter would be a lie that no client can see through when it falls
    /// on the end of a page: as many rows as announced, the same total on every page.
    WrongTotals(i64),
    Slow(Duration),
    Drip(u64),
    /// Refusals for being too many look like something else.
    SaysInfringing,
    /// Few requests are admitted, and who goes on asking is blocked.
    Block,
    /// The token answers for somebody else.
    AnotherId,
    Lapsed,
    Locked,
    TokenDead,
    DiskFull,
    DiskReadOnly,
}

impl Weather {
    pub(crate) fn any(chance: &mut Chance) -> Self {
        match chance.between(0, 17) {
            0 | 1 => Self::Outage(any_fault(chance)),
            2 | 3 => Self::EveryNth(chance.between(2, 6), any_fault(chance)),
            4 => Self::Empty,
            5 => Self::MissingRows(chance.count(1, 5)),
            6 => Self::NoTotals,
            7 => Self::WrongTotals(chance.pick(&[1, 4, 40])),
            8 => Self::Slow(Duration::from_secs(chance.between(5, 40))),
            9 => Self::Drip(chance.between(20, 4_000)),
            10 => Self::SaysInfringing,
            11 => Self::Block,
            12 => Self::AnotherId,
            13 => Self::Lapsed,
            14 => Self::Locked,
            15 => Self::TokenDead,
            16 => Self::DiskFull,
            _ => Self::DiskReadOnly,
        }
    }

    /// Whether lists say under it what is not so, in a way that a client need not notice.
    pub(crate) fn lies(&self) -> bool {
        match self {
            Self::Outage(fault) | Self::EveryNth(_, fault) => is_lie(fault),
            Self::Empty | Self::MissingRows(_) | Self::NoTotals | Self::WrongTotals(_) => true,
            _ => false,
        }
    }

    /// Turns the knobs of it, if it has any.
    pub(crate) fn turn(&self, knobs: &mut Knobs) {
        match self {
            Self::Outage(fault) => knobs.outage = Some(fault.clone()),
            Self::EveryNth(nth, fault) => knobs.fail_every = Some((*nth, fault.clone())),
            Self::Empty => knobs.paging.empty = true,
            Self::MissingRows(rows) => knobs.paging.missing = *rows,
            Self::NoTotals => knobs.paging.total = Total::Missing,
            Self::WrongTotals(by) => knobs.paging.total = Total::Off(*by),
            Self::Slow(latency) => knobs.latency = *latency,
            Self::Drip(rate) => knobs.drip = Some(*rate),
            Self::SaysInfringing => {
                knobs.rate.says_infringing = true;
                knobs.rate.per_minute = Some(12);
            }
            Self::Block => {
                knobs.rate.per_minute = Some(8);
                knobs.rate.block_after = Some(2);
            }
            _ => {}
        }
    }
}

/// Any way for one answer to go wrong.
pub(crate) fn any_fault(chance: &mut Chance) -> Fault {
    match chance.between(0, 19) {
        0 | 1 => Fault::Html(chance.pick(&[500, 502, 503, 504])),
        2 => Fault::Maintenance(chance.pick(&[200, 503])),
        3 => Fault::Code(chance.pick(&[-1, 5, 6, 25, 34])),
        4 => Fault::Refusal { status: 429, code: None, error: None },
        5 => Fault::EmptyObject,
        6 => Fault::ErrorObject(chance.pick(&[-1, 5, 25])),
        7 => Fault::EmptyBody,
        8 => Fault::EmptyArray,
        9 => Fault::EmptyList,
        10 | 11 => Fault::Truncated,
        12 | 13 => Fault::Cut,
        14 | 15 => Fault::Reset,
        16 => Fault::Silence,
        17 => Fault::Drip(chance.between(1, 500)),
        18 => Fault::NoTotal,
        _ => Fault::Total(chance.pick(&["0", "-2", "many", "99999"]).to_owned()),
    }
}

/// Whether a faulty answer can be taken for a true one.
pub(crate) fn is_lie(fault: &Fault) -> bool {
    matches!(fault, Fault::EmptyArray | Fault::EmptyList | Fault::NoTotal | Fault::Total(_))
}
