//! The words that metrics are told apart by. All of them are here, so that none can be personal and every series exists
//! from the start: one that appears with its first event hides that event from whoever watches its rate.

/// An enum each of whose variants is one value of a label.
macro_rules! label {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$meaning])* $variant),+
        }

        impl $name {
            pub(super) fn words() -> impl Iterator<Item = &'static str> {
                [$($word),+].into_iter()
            }

            pub(super) const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

label!(
    /// What Real-Debrid was asked for.
    Endpoint {
        /// Whose token it is.
        User = "user",
        /// The server's time.
        Time = "time",
        /// A page of torrents.
        Torrents = "torrents",
        /// A page of downloads.
        Downloads = "downloads",
        /// What is inside one torrent.
        TorrentInfo = "torrent_info",
        /// Codes, credentials and tokens of the device flow.
        OAuth = "oauth",
        /// Anything else.
        Other = "other",
    }
);

label!(
    /// What came of a request to Real-Debrid.
    Outcome {
        /// An answer that was understood.
        Ok = "ok",
        /// Refused for being too many (429, or what stands for it).
        RateLimited = "rate_limited",
        /// 5xx, or maintenance.
        Unavailable = "unavailable",
        /// No answer in time.
        TimedOut = "timed_out",
        /// No connection, or one that broke off.
        Unreachable = "unreachable",
        /// An answer that makes no sense.
        Unreadable = "unreadable",
        /// The token is no good.
        TokenRefused = "token_refused",
        /// The account or the address may not ask this.
        NotPermitted = "not_permitted",
        /// There is no such thing.
        NotFound = "not_found",
        /// Any other refusal.
        Refused = "refused",
        /// Nobody waits for the answer any more: the run was stopped, or has failed elsewhere.
        GivenUp = "given_up",
    }
);

label!(
    /// Why the next request waits.
    Reason {
        /// Our own pace: the requests of the last minute are used up.
        OwnPace = "own_pace",
        /// The database in which the pace is kept does not answer.
        Database = "database",
        /// Real-Debrid refused one for being too many.
        RateLimited = "rate_limited",
        /// A request failed and is repeated.
        Retry = "retry",
    }
);

label!(
    /// What a transaction of a run does.
    Batch {
        /// Stores new and changed entries.
        Write = "write",
        /// Deletes what is gone.
        Delete = "delete",
    }
);

label!(
    /// What a run did to an entry.
    Change {
        /// It is new.
        Added = "added",
        /// It had changed.
        Updated = "updated",
        /// It was gone.
        Deleted = "deleted",
    }
);

label!(
    /// What came of reading the contents of one torrent.
    Reading {
        /// They are stored.
        Stored = "stored",
        /// The entry changed meanwhile, so they are not.
        Outdated = "outdated",
        /// Real-Debrid has no such torrent.
        Unknown = "unknown",
        /// The reading failed, and comes again later.
        Failed = "failed",
    }
);
