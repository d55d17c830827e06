//! Sessions: a random token, known to its holder and stored only as a hash.

use crate::domain::User;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// The cookie that carries a session.
pub(super) const COOKIE: &str = "dmm_session";
/// The cookie that carries the id of a sign-in by device, until it ends.
const DEVICE_COOKIE: &str = "dmm_device";
/// The cookie that carries a new API token to the page that shows it once.
const TOKEN_COOKIE: &str = "dmm_new_token";
/// How long that takes at most, in milliseconds.
const HANDED_OVER: i64 = 60_000;
/// How long a session lives after it was opened, in milliseconds: 30 days.
pub(super) const LIFETIME: i64 = 30 * 86_400_000;
/// How long a session of a browser lives when it is not used, in milliseconds: 7 days.
pub(super) const IDLE: i64 = 7 * 86_400_000;
/// How often its use is noted, in milliseconds: every hour.
pub(super) const NOTED_EVERY: i64 = 3_600_000;

/// A live sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub user: User,
    /// Whether it is an API token, which may not manage by what the account is reached.
    pub is_token: bool,
}

/// A new token of 256 random bits behind `prefix`, and its hash.
pub(super) fn new_token(prefix: &str) -> (String, [u8; 32]) {
    let token = format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
    let hash = hash(&token);
    (token, hash)
}

/// What is stored of a token.
pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The token that a request carries: as bearer, else as cookie.
pub(super) fn token_of(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).or_else(|| cookie(headers))
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The token of the session cookie.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    named(headers, COOKIE)
}

/// The id of the sign-in by device that a browser has begun.
pub fn device_cookie(headers: &HeaderMap) -> Option<&str> {
    named(headers, DEVICE_COOKIE)
}

/// The API token that was made a moment ago.
pub fn new_token_cookie(headers: &HeaderMap) -> Option<&str> {
    named(headers, TOKEN_COOKIE)
}

fn named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
}

/// The `Set-Cookie` value that hands `token` to a browser, or takes it back when empty.
pub(super) fn set_cookie(token: &str, is_https: bool) -> String {
    written(COOKIE, token, LIFETIME, is_https)
}

/// The same for the `id` of a sign-in by device that lives for `millis`.
pub(super) fn set_device_cookie(id: &str, millis: i64, is_https: bool) -> String {
    written(DEVICE_COOKIE, id, millis, is_https)
}

/// The same for a new API `token`, on its way to the page that shows it.
pub(super) fn set_new_token_cookie(token: &str, is_https: bool) -> String {
    written(TOKEN_COOKIE, token, HANDED_OVER, is_https)
}

fn written(name: &str, value: &str, millis: i64, is_https: bool) -> String {
    let age = if value.is_empty() { 0 } else { millis / 1000 };
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, header::HeaderValue::from_static(value))])
    }

    #[test]
    fn a_session_is_read_from_the_bearer_header_or_the_cookie() {
        assert_eq!(token_of(&headers(header::AUTHORIZATION, "bearer abc")), Some("abc"));
        assert_eq!(token_of(&headers(header::AUTHORIZATION, "Basic abc")), None);
        assert_eq!(token_of(&headers(header::COOKIE, "a=1; dmm_session=abc; b=2")), Some("abc"));
        assert_eq!(token_of(&headers(header::COOKIE, "xdmm_session=abc")), None);
    }

    #[test]
    fn the_cookie_is_secure_under_https_only() {
        assert!(set_cookie("t", true).ends_with("; Secure"));
        assert!(!set_cookie("t", false).contains("Secure"));
        assert!(set_cookie("", false).contains("Max-Age=0"));
    }
}
