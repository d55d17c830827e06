//! Where several processes write down the pace of an account that they share.

use std::{fmt, future::Future, pin::Pin, time::Duration};

/// The book cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// It may be had a little later.
    #[error("the pace that is shared cannot be read or written at present")]
    AtPresent,
    /// No waiting mends that; why, in a sentence with its remedy.
    #[error("{0}")]
    ForGood(String),
}

/// What happens in a turn: gets what is written down for the account, nothing at first, and the present time, and gives
/// what is to be written down instead.
pub type Turn<'t> = Box<dyn FnOnce(Option<&str>, Duration) -> String + Send + 't>;

/// A book of one account, which every process that asks Real-Debrid for that account opens.
pub trait PaceBook: Send + Sync + fmt::Debug {
    /// Takes a turn. No other turn of the account begins before this one has ended, whichever process takes it. The time
    /// is that of whoever keeps the book, since some moment that stays the same, and is read within the turn: clocks of
    /// processes differ. It is no earlier than in the turn before, unless the clock was set back.
    ///
    /// # Errors
    /// When the book cannot be had. If what happens in the turn has happened by then, it is not known whether it was
    /// written down.
    fn turn<'a>(&'a self, turn: Turn<'a>) -> Pin<Box<dyn Future<Output = Result<(), Unavailable>> + Send + 'a>>;
}
