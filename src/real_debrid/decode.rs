//! An HTTP answer → rows or an object, or the error it stands for.
//!
//! The rule that matters: an empty library is 204, or 200 with an empty JSON array, and nothing else. Whatever else
//! calls itself a success (an object, an empty body, a web page, cut JSON) is a failed read, because the sync deletes
//! what a complete listing does not have.

use super::{Code, Error, client::Page, error::quoted, rows, wire};
use crate::domain::Kind;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// An answer read to its end.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `X-Total-Count`, where it is a number.
    pub total: Option<i64>,
    /// `Retry-After`, where it can be read.
    pub retry_after: Option<Duration>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// More entries than anybody has; a total beyond it is garbage.
const MOST_ENTRIES: i64 = 1_000_000_000_000;

/// `X-Total-Count`; missing or garbage is "not known", never 0.
pub(super) fn total(header: &str) -> Option<i64> {
    header.trim().parse().ok().filter(|total| (0..=MOST_ENTRIES).contains(total))
}

/// One page of a list.
///
/// # Errors
/// The refusal that the answer stands for, or [`Error::Malformed`].
pub fn page(answer: &Answer, kind: Kind, number: u32) -> Result<Page, Error> {
    let mut page = match answer.status {
        200 if first_byte(answer) == Some(b'[') => {
            rows::read(kind, &answer.body).map_err(|reason| Error::Malformed { status: 200, reason })?
        }
        204 => Page::default(),
        // Nobody has seen it, but nobody has documented either what lies past the end.
        404 if number > 1 => Page::default(),
        _ => return Err(refusal(answer, "a list")),
    };
    page.total = answer.total;
    Ok(page)
}

/// One object. The documentation wraps one in an array, so an array of exactly one is accepted too.
///
/// # Errors
/// The refusal that the answer stands for, or [`Error::Malformed`].
pub fn object<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    if answer.status != 200 {
        return Err(refusal(answer, "an object"));
    }
    let read = if first_byte(answer) == Some(b'[') {
        serde_json::from_slice::<[T; 1]>(&answer.body).map(|[object]| object)
    } else {
        serde_json::from_slice(&answer.body)
    };
    read.map_err(|error| match refusal(answer, "an object") {
        Error::Malformed { status, .. } if matches!(first_byte(answer), Some(b'{' | b'[')) => {
            Error::Malformed { status, reason: rows::place(&error) }
        }
        refusal => refusal,
    })
}

/// Raw text.
///
/// # Errors
/// The refusal that the answer stands for, or [`Error::Malformed`].
pub fn text(answer: &Answer) -> Result<&str, Error> {
    match std::str::from_utf8(&answer.body) {
        Ok(text) if answer.status == 200 && !matches!(first_byte(answer), None | Some(b'<' | b'{' | b'[')) => {
            Ok(text.trim())
        }
        _ => Err(refusal(answer, "a text")),
    }
}

/// What an answer stands for that is not what was `wanted`. The `error_code` decides, whatever the status; then the
/// status.
pub fn refusal(answer: &Answer, wanted: &str) -> Error {
    let Answer { status, retry_after, .. } = *answer;
    if is_maintenance_page(&answer.body) {
        return Error::Maintenance { status };
    }
    let body = serde_json::from_slice::<wire::ErrorBody>(&answer.body).ok();
    let code = body.as_ref().and_then(|body| body.error_code).map(Code::from);
    if let Some(error) = code.and_then(|code| by_code(code, status, retry_after)) {
        return error;
    }
    match status {
        200..=299 if code.is_none() => Error::Malformed { status, reason: unlike(wanted, answer) },
        401 => Error::TokenRefused { status, code },
        403 => Error::NotPermitted { status, code },
        404 => Error::NotFound { status, code },
        429 => Error::RateLimited { status, code, retry_after },
        408 | 500..=599 if !code.is_some_and(is_documented) => Error::Unavailable { status, code, retry_after },
        _ => {
            let words = body.and_then(|body| body.error).map(|words| quoted(&words)).filter(|words| !words.is_empty());
            let message = words.unwrap_or_else(|| {
                if (300..400).contains(&status) { "a redirect" } else { "no reason given" }.to_owned()
            });
            Error::Refused { status, code, message }
        }
    }
}

/// The codes whose meaning is clear enough to act on.
fn by_code(code: Code, status: u16, retry_after: Option<Duration>) -> Option<Error> {
    let given = Some(code);
    Some(match code {
        Code::BadToken | Code::InvalidLogin | Code::InvalidPassword => Error::TokenRefused { status, code: given },
        Code::PermissionDenied
        | Code::TwoFactorNeeded
        | Code::TwoFactorPending
        | Code::AccountLocked
        | Code::AccountNotActivated
        | Code::HosterNotFree
        | Code::IpNotAllowed
        | Code::TrafficExhausted
        | Code::FairUsageLimit
        | Code::DisabledEndpoint => Error::NotPermitted { status, code: given },
        Code::ResourceNotFound => Error::NotFound { status, code: given },
        Code::SlowDown | Code::TooManyRequests => Error::RateLimited { status, code: given, retry_after },
        Code::InternalError
        | Code::ResourceUnreachable
        | Code::HosterInMaintenance
        | Code::HosterLimitReached
        | Code::HosterUnavailable
        | Code::ServiceUnavailable => Error::Unavailable { status, code: given, retry_after },
        _ => return None,
    })
}

const fn is_documented(code: Code) -> bool {
    !matches!(code, Code::Unknown(_))
}

/// The page that Real-Debrid puts up, with status 200 or 503.
fn is_maintenance_page(body: &[u8]) -> bool {
    const WORDS: &[u8] = b"temporarily down for maintenance";
    let start = body.trim_ascii_start();
    // The words stand in the title; a listing of 3 MB is not searched for them.
    start.first() == Some(&b'<')
        && start[..start.len().min(4096)].windows(WORDS.len()).any(|words| words.eq_ignore_ascii_case(WORDS))
}

fn unlike(wanted: &str, answer: &Answer) -> String {
    let found = match first_byte(answer) {
        None => "nothing",
        Some(b'<') => "a web page",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(_) => "something else",
    };
    format!("{found} instead of {wanted}")
}

fn first_byte(answer: &Answer) -> Option<u8> {
    answer.body.trim_ascii_start().first().copied()
}

#[cfg(test)]
mod tests;
