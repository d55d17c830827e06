//! The numbers Real-Debrid gives its refusals.
//!
//! The complete documented list, and whatever else may come: an unknown number is kept, so that a report can name it.
//! The text beside the number is for people and changes; decisions are made on the number only.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// An `error_code`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
            /// A number that the documentation does not know.
            Unknown(i64),
        }

        impl Code {
            /// Every documented code.
            pub const DOCUMENTED: &'static [Self] = &[$(Self::$name,)*];

            /// The number as sent.
            pub const fn number(self) -> i64 {
                match self {
                    $(Self::$name => $number,)*
                    Self::Unknown(number) => number,
                }
            }
        }

        impl From<i64> for Code {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$name,)*
                    _ => Self::Unknown(number),
                }
            }
        }
    };
}

codes! {
    /// Internal error.
    InternalError = -1,
    /// Missing parameter.
    MissingParameter = 1,
    /// Bad parameter value.
    BadParameter = 2,
    /// Unknown method.
    UnknownMethod = 3,
    /// Method not allowed.
    MethodNotAllowed = 4,
    /// Slow down.
    SlowDown = 5,
    /// Resource unreachable.
    ResourceUnreachable = 6,
    /// Resource not found.
    ResourceNotFound = 7,
    /// Bad token: expired, revoked or mistyped.
    BadToken = 8,
    /// Permission denied: the token lacks a scope.
    PermissionDenied = 9,
    /// Two-factor authentication needed.
    TwoFactorNeeded = 10,
    /// Two-factor authentication pending.
    TwoFactorPending = 11,
    /// Invalid login.
    InvalidLogin = 12,
    /// Invalid password.
    InvalidPassword = 13,
    /// Account locked.
    AccountLocked = 14,
    /// Account not activated.
    AccountNotActivated = 15,
    /// Unsupported hoster.
    UnsupportedHoster = 16,
    /// Hoster in maintenance.
    HosterInMaintenance = 17,
    /// Hoster limit reached.
    HosterLimitReached = 18,
    /// Hoster temporarily unavailable.
    HosterUnavailable = 19,
    /// Hoster not available for free users.
    HosterNotFree = 20,
    /// Too many active downloads.
    TooManyActiveDownloads = 21,
    /// IP address not allowed.
    IpNotAllowed = 22,
    /// Traffic exhausted.
    TrafficExhausted = 23,
    /// File unavailable.
    FileUnavailable = 24,
    /// Service unavailable.
    ServiceUnavailable = 25,
    /// Upload too big.
    UploadTooBig = 26,
    /// Upload error.
    UploadError = 27,
    /// File not allowed.
    FileNotAllowed = 28,
    /// Torrent too big.
    TorrentTooBig = 29,
    /// Torrent file invalid.
    TorrentInvalid = 30,
    /// Action already done.
    ActionAlreadyDone = 31,
    /// Image resolution error.
    ImageResolution = 32,
    /// Torrent already active.
    TorrentAlreadyActive = 33,
    /// Too many requests.
    TooManyRequests = 34,
    /// Infringing file; seen as a penalty while throttling, too.
    InfringingFile = 35,
    /// Fair usage limit.
    FairUsageLimit = 36,
    /// Disabled endpoint.
    DisabledEndpoint = 37,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back_as_it_was_sent() {
        for number in -2..=99 {
            assert_eq!(Code::from(number).number(), number);
        }
    }

    #[test]
    fn the_whole_documented_list_is_known_and_nothing_else() {
        let known: Vec<i64> = (-10..=60).filter(|number| !matches!(Code::from(*number), Code::Unknown(_))).collect();
        let documented: Vec<i64> = std::iter::once(-1).chain(1..=37).collect();
        assert_eq!(known, documented);
        assert_eq!(Code::DOCUMENTED.iter().map(|code| code.number()).collect::<Vec<_>>(), documented);
    }
}
