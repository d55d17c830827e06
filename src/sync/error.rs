//! Why a run ended without completing.

use crate::{
    domain::{ApiError, ErrorCode, Kind},
    real_debrid,
    store::{Failure, StoreError},
};
use std::time::Duration;

/// The end of a run that did not complete.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The user cancelled it, or the server is going down.
    #[error("The sync was stopped.")]
    Stopped,
    /// Real-Debrid could not be asked, or refused.
    #[error(transparent)]
    RealDebrid(#[from] real_debrid::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The account's access could not be had.
    #[error(transparent)]
    Access(#[from] ApiError),
    /// The token answers for somebody else.
    #[error(
        "Real-Debrid answered for another account ({found}, not {expected}): nothing was changed; sign in again on the \
         Connection page."
    )]
    AnotherAccount {
        /// The number stored.
        expected: i64,
        /// The number answered.
        found: i64,
    },
    /// A list ended before its announced end, every time it was read.
    #[error(
        "Real-Debrid gave only {read} of {announced} {}: what came is stored and nothing was deleted; try again later.",
        kind.plural()
    )]
    Incomplete {
        /// Which list.
        kind: Kind,
        /// Entries that came.
        read: i64,
        /// Entries that were announced.
        announced: i64,
    },
    /// Nothing moved for too long.
    #[error(
        "The sync made no progress for {}: check that Real-Debrid is reachable, then press Retry; what was stored is kept.",
        crate::domain::units::duration(i64::try_from(.0.as_millis()).unwrap_or(i64::MAX))
    )]
    TimedOut(Duration),
    /// A defect in DMM.
    #[error(
        "The sync failed by a defect in DMM: press Retry, and report it with the server's log if it happens again."
    )]
    Defect,
}

impl SyncError {
    /// Whether another run may do, or only the user can mend it: sign in again, unlock the account, correct a setting.
    pub fn failure(&self) -> Failure {
        let lasting = match self {
            Self::RealDebrid(error) => matches!(
                error,
                real_debrid::Error::TokenRefused { .. }
                    | real_debrid::Error::NoToken { .. }
                    | real_debrid::Error::NotPermitted { .. }
                    | real_debrid::Error::Setup { .. }
            ),
            Self::Access(error) => !matches!(
                error.code,
                ErrorCode::RealDebridUnavailable | ErrorCode::DatabaseUnavailable | ErrorCode::Internal
            ),
            Self::AnotherAccount { .. } => true,
            Self::Stopped | Self::Store(_) | Self::Incomplete { .. } | Self::TimedOut(_) | Self::Defect => false,
        };
        if lasting { Failure::Lasting } else { Failure::Temporary }
    }
}
