//! What went wrong at Real-Debrid, by cause, each in one sentence that says what to do.
//!
//! The variants are the distinctions somebody acts on: a repeat heals it, a new token heals it, only the user can heal
//! it. Status and `error_code` are kept where there were any. No variant can hold a token: addresses are left out and
//! the server's own words pass [`quoted`].

use super::{Code, Stopped};
use crate::domain::units;
use std::time::Duration;

/// The remedy in every sentence about a token that is no good.
pub const SIGN_IN_AGAIN: &str = "sign in again on the Connection page";

/// A question to Real-Debrid that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The conductor stopped the call.
    #[error("The question to Real-Debrid was given up because the sync was stopped: start it again when you like.")]
    Stopped,
    /// No connection, or one that broke off.
    #[error(
        "Real-Debrid cannot be reached ({cause}): check this server's internet connection, DNS and REAL_DEBRID_API_URL."
    )]
    Unreachable {
        /// In the words of the network, without addresses of ours.
        cause: String,
    },
    /// A connection without an answer in time.
    #[error("Real-Debrid did not answer in time: check this server's internet connection, or try again later.")]
    TimedOut,
    /// The token is missing, mistyped, expired or revoked.
    #[error("Real-Debrid refused the token ({}): sign in again on the Connection page.", origin(*.status, *.code))]
    TokenRefused {
        /// HTTP status.
        status: u16,
        /// `error_code`.
        code: Option<Code>,
    },
    /// There is no token to ask with.
    #[error("There is no Real-Debrid token to ask with ({reason}): sign in again on the Connection page.")]
    NoToken {
        /// Why.
        reason: String,
    },
    /// There may be a token, but the database in which it is kept does not answer or takes no changes.
    #[error("{cause}")]
    TokenStore {
        /// A sentence with its remedy.
        cause: String,
    },
    /// The token could not be renewed, for reasons of this server's own.
    #[error("{cause}")]
    TokenRenewal {
        /// A sentence with its remedy.
        cause: String,
    },
    /// The database that keeps the token or the pace fails for good, or was waited for long enough.
    #[error("{cause}")]
    Database {
        /// A sentence with its remedy.
        cause: String,
    },
    /// The account or the server's address may not ask this.
    #[error("Real-Debrid does not permit this ({}): {}.", origin(*.status, *.code), permission_remedy(*.code))]
    NotPermitted {
        /// HTTP status.
        status: u16,
        /// `error_code`.
        code: Option<Code>,
    },
    /// There is no such thing, or no such address.
    #[error(
        "Real-Debrid does not know what was asked for ({}): it may have been deleted there; if everything fails so, check REAL_DEBRID_API_URL.",
        origin(*.status, *.code)
    )]
    NotFound {
        /// HTTP status.
        status: u16,
        /// `error_code`.
        code: Option<Code>,
    },
    /// Too many requests, from here or from other programs with the same account or address.
    #[error(
        "Real-Debrid refused the request for being too many ({}): wait {}, and stop other programs that use the same account.",
        origin(*.status, *.code),
        wait_in_words(*.retry_after)
    )]
    RateLimited {
        /// HTTP status.
        status: u16,
        /// `error_code`.
        code: Option<Code>,
        /// How long to wait, where the server says so.
        retry_after: Option<Duration>,
    },
    /// An outage, in part or whole.
    #[error("Real-Debrid is not available at present ({}): try again later.", origin(*.status, *.code))]
    Unavailable {
        /// HTTP status.
        status: u16,
        /// `error_code`.
        code: Option<Code>,
        /// How long to wait, where the server says so.
        retry_after: Option<Duration>,
    },
    /// The announced kind of outage.
    #[error("Real-Debrid is down for maintenance: try again later.")]
    Maintenance {
        /// HTTP status; can be 200.
        status: u16,
    },
    /// A success that is none: not what the documentation promises for it.
    #[error(
        "Real-Debrid answered something that cannot be read ({reason}): try again later, or check REAL_DEBRID_API_URL."
    )]
    Malformed {
        /// HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
    /// One entry, well-formed, that makes no sense.
    #[error("Real-Debrid describes this entry in a way that cannot be read ({reason}): look at it on real-debrid.com.")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// Any other refusal.
    #[error(
        "Real-Debrid refused the request ({}, “{message}”): try again later, and report it if it stays.",
        origin(*.status, *.code)
    )]
    Refused {
        /// HTTP status.
        status: u16,
        /// `error_code`.
        code: Option<Code>,
        /// The server's words for people, shortened.
        message: String,
    },
    /// The request cannot even be made.
    #[error("The connection to Real-Debrid cannot be set up ({reason}): correct the setting and start again.")]
    Setup {
        /// Which setting, and why.
        reason: String,
    },
}

impl Error {
    /// Whether the same question can succeed a little later without anybody doing anything.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut
            | Self::RateLimited { .. }
            | Self::TokenStore { .. }
            | Self::TokenRenewal { .. }
            | Self::Unavailable { .. }
            | Self::Maintenance { .. }
            | Self::Malformed { .. } => true,
            Self::Stopped
            | Self::TokenRefused { .. }
            | Self::NoToken { .. }
            | Self::Database { .. }
            | Self::NotPermitted { .. }
            | Self::NotFound { .. }
            | Self::Unreadable { .. }
            | Self::Refused { .. }
            | Self::Setup { .. } => false,
        }
    }

    /// Whether a new token heals it.
    pub const fn needs_sign_in(&self) -> bool {
        matches!(
            self,
            Self::TokenRefused { .. }
                | Self::NoToken { .. }
                | Self::NotPermitted { code: Some(Code::PermissionDenied), .. }
        )
    }

    /// Real-Debrid's number, where it gave one.
    pub const fn error_code(&self) -> Option<Code> {
        match self {
            Self::TokenRefused { code, .. }
            | Self::NotPermitted { code, .. }
            | Self::NotFound { code, .. }
            | Self::RateLimited { code, .. }
            | Self::Unavailable { code, .. }
            | Self::Refused { code, .. } => *code,
            _ => None,
        }
    }

    /// The HTTP status, where there was an answer.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::TokenRefused { status, .. }
            | Self::NotPermitted { status, .. }
            | Self::NotFound { status, .. }
            | Self::RateLimited { status, .. }
            | Self::Unavailable { status, .. }
            | Self::Maintenance { status }
            | Self::Malformed { status, .. }
            | Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// How long the server asked to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl From<Stopped> for Error {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

/// The server's own words, fit to be shown: one short line, and nothing in it that could be a token.
pub(super) fn quoted(words: &str) -> String {
    const LONGEST_WORD: usize = 24;
    let mut line = String::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).take(12) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(if word.chars().count() > LONGEST_WORD { "…" } else { word });
    }
    line
}

fn origin(status: u16, code: Option<Code>) -> String {
    code.map_or_else(|| status.to_string(), |code| format!("{status}, code {code}"))
}

fn wait_in_words(wait: Option<Duration>) -> String {
    wait.map_or_else(
        || "a minute".to_owned(),
        |wait| units::duration(i64::try_from(wait.as_millis().next_multiple_of(1000)).unwrap_or(i64::MAX)),
    )
}

const fn permission_remedy(code: Option<Code>) -> &'static str {
    match code {
        Some(Code::PermissionDenied) => {
            "the token lacks a permission; sign in again on the Connection page and grant torrents, downloads and user"
        }
        Some(Code::TwoFactorNeeded | Code::TwoFactorPending) => {
            "finish the two-factor check on real-debrid.com, then try again"
        }
        Some(Code::AccountLocked) => "the account is locked; ask Real-Debrid's support to unlock it",
        Some(Code::AccountNotActivated) => "activate the account by the e-mail from Real-Debrid",
        Some(Code::HosterNotFree) => "it needs a premium account; renew it on real-debrid.com",
        Some(Code::IpNotAllowed) => {
            "this server's IP address is blocked; confirm it on real-debrid.com or run DMM from another address"
        }
        Some(Code::TrafficExhausted | Code::FairUsageLimit) => {
            "the account's quota is used up; wait until it is renewed"
        }
        Some(Code::DisabledEndpoint) => "Real-Debrid has switched this off; update DMM",
        _ => "look at the account on real-debrid.com, or sign in again on the Connection page",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_token_says_where_to_sign_in_again() {
        let error = Error::TokenRefused { status: 401, code: Some(Code::BadToken) };
        assert_eq!(
            error.to_string(),
            "Real-Debrid refused the token (401, code 8): sign in again on the Connection page."
        );
        assert!(error.needs_sign_in());
        assert!(!error.is_transient());
        for error in [error, Error::NoToken { reason: "none is stored".to_owned() }] {
            assert!(error.to_string().contains(SIGN_IN_AGAIN), "{error}");
        }
    }

    #[test]
    fn every_refusal_of_permission_has_a_remedy_of_its_own() {
        let mut remedies: Vec<_> = [9, 10, 14, 15, 20, 22, 23, 37, 99]
            .map(|code| Error::NotPermitted { status: 403, code: Some(Code::from(code)) }.to_string())
            .to_vec();
        for sentence in &mut remedies {
            *sentence = sentence.split_once("): ").expect("a remedy").1.to_owned();
        }
        remedies.sort();
        remedies.dedup();
        assert_eq!(remedies.len(), 9);
    }

    #[test]
    fn only_what_a_repeat_can_heal_is_transient() {
        let code = None;
        for error in [
            Error::Unreachable { cause: String::new() },
            Error::TimedOut,
            Error::RateLimited { status: 429, code, retry_after: None },
            Error::Unavailable { status: 502, code, retry_after: None },
            Error::Maintenance { status: 200 },
            Error::Malformed { status: 200, reason: String::new() },
            Error::TokenStore { cause: String::new() },
            Error::TokenRenewal { cause: String::new() },
        ] {
            assert!(error.is_transient(), "{error}");
        }
        for error in [
            Error::Stopped,
            Error::TokenRefused { status: 401, code },
            Error::NoToken { reason: String::new() },
            Error::Database { cause: String::new() },
            Error::NotPermitted { status: 403, code },
            Error::NotFound { status: 404, code },
            Error::Unreadable { reason: String::new() },
            Error::Refused { status: 400, code, message: String::new() },
            Error::Setup { reason: String::new() },
        ] {
            assert!(!error.is_transient(), "{error}");
        }
    }

    #[test]
    fn a_long_word_of_the_server_is_not_repeated_because_it_could_be_a_token() {
        let token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST";
        assert_eq!(quoted(&format!("no token\n{token} here")), "no token … here");
    }

    #[test]
    fn a_refusal_for_being_too_many_says_how_long_to_wait() {
        let sentence = |retry_after| Error::RateLimited { status: 429, code: None, retry_after }.to_string();
        assert!(sentence(Some(Duration::from_millis(61_500))).contains("wait 1 min 2 s,"), "{}", sentence(None));
        assert!(sentence(None).contains("wait a minute,"), "{}", sentence(None));
    }
}
