//! How many requests Real-Debrid still takes from an account in this minute, and what is being waited for.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The pace of an account, as of the status that carries it.
///
/// What is left grows by itself as requests get older than a minute, and no status is sent for that alone: from
/// `full_at` on all of `limit` is left, and until then at least `left`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestPace {
    /// Requests a minute that are thought to be allowed at present; 0 where that is not known.
    pub limit: i64,
    /// Those that could be sent at once.
    pub left: i64,
    /// When nothing of the minute is used any more, to a second; none when that is so already.
    pub full_at: Option<Timestamp>,
    /// What is being waited for.
    pub waiting: Option<Waiting>,
}

impl RequestPace {
    /// What is left at a later time, in milliseconds since the epoch, if nothing was asked since.
    pub fn left_at(&self, now: i64) -> i64 {
        if self.full_at.is_some_and(|full| now >= full.as_millis()) { self.limit } else { self.left }
    }
}

/// A wait before a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Why, in words that can follow a colon, without a full stop.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f6_what_is_left_is_the_whole_limit_once_a_minute_has_gone() {
        let pace = RequestPace { limit: 250, left: 200, full_at: Some(Timestamp::from_millis(60_000)), waiting: None };
        assert_eq!([0, 59_999, 60_000].map(|now| pace.left_at(now)), [200, 200, 250]);
        let rested = RequestPace { limit: 250, left: 250, ..RequestPace::default() };
        assert_eq!(rested.left_at(7), 250);
    }
}
