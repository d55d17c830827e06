//! OAuth2 for devices: a code that the user types in at Real-Debrid, credentials once that was done, tokens for the
//! credentials, and new tokens when they expire.
//!
//! It asks once and repeats nothing: whoever waits for a user asks again anyway, and a renewal belongs to a question
//! that has repeats of its own. None of this goes through an account's pace, as it counts for none.

use super::{Code, Error, Transport, decode, decode::Answer, tally::outcome, wire};
use crate::{
    clock::Clock,
    metrics::{Endpoint, Outcome},
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::{future::Future, time::Duration};

/// The grant of step 3 and of every renewal.
const GRANT: &str = "http://oauth.net/grant_type/device/1.0";
/// The page for the code, where Real-Debrid names none that can be linked to.
const VERIFICATION_PAGE: &str = "https://real-debrid.com/device";
/// What an answer without, or with a nonsensical, interval means, and the bounds of a sensible one.
const INTERVAL: (Duration, Duration, Duration) =
    (Duration::from_secs(1), Duration::from_secs(5), Duration::from_mins(1));
const CODE_LIFE: (Duration, Duration, Duration) =
    (Duration::from_secs(10), Duration::from_mins(10), Duration::from_hours(1));
const TOKEN_LIFE: (Duration, Duration, Duration) =
    (Duration::from_secs(10), Duration::from_hours(1), Duration::from_hours(24 * 365));

/// The OAuth2 endpoints as an application sees them.
#[derive(Clone, Debug)]
pub struct DeviceFlow {
    http: Transport,
    clock: Clock,
    url: String,
    client_id: String,
}

/// A sign-in that waits for the user.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    /// What the application polls with.
    pub device_code: SecretString,
    /// What the user types in.
    pub user_code: String,
    /// Where, an http or https address.
    pub verification_url: String,
    /// Where nothing has to be typed in, if there is such an address.
    pub direct_verification_url: Option<String>,
    /// Life of the code.
    pub expires_in: Duration,
    /// Shortest time between two polls.
    pub interval: Duration,
}

/// What the user has done with a code so far.
#[derive(Debug, Clone)]
pub enum Poll {
    /// Nothing yet.
    Pending,
    /// Nothing yet, and the next poll must come later than told.
    SlowDown,
    /// Refused it or let it expire, or the code was never given out.
    Gone,
    /// Said yes.
    Approved(AppCredentials),
}

/// What Real-Debrid gives an application for one user.
#[derive(Debug, Clone)]
pub struct AppCredentials {
    /// Public part.
    pub client_id: String,
    /// Secret part.
    pub client_secret: SecretString,
}

/// A token with its means of renewal.
#[derive(Debug, Clone)]
pub struct IssuedTokens {
    /// For the REST API.
    pub access_token: SecretString,
    /// For the next renewal.
    pub refresh_token: SecretString,
    /// Life of the access token.
    pub expires_in: Duration,
}

impl DeviceFlow {
    /// The endpoints below `url`, for the application `client_id`.
    pub fn new(http: Transport, clock: Clock, url: String, client_id: String) -> Self {
        Self { http, clock, url, client_id }
    }

    /// Asks for a code.
    ///
    /// # Errors
    /// Any [`Error`] that has nothing to do with a token.
    pub async fn begin(&self) -> Result<DeviceCode, Error> {
        let query = [("client_id", self.client_id.as_str()), ("new_credentials", "yes")];
        let url = self.address(&["device", "code"], &query)?;
        let code: wire::DeviceCode = self.ask(self.http.get(url, None, self.clock.now_here()), decode::object).await?;
        if code.device_code.is_empty() || code.user_code.is_empty() {
            return Err(Error::Malformed { status: 200, reason: "a sign-in without a code".to_owned() });
        }
        Ok(DeviceCode {
            device_code: code.device_code.into(),
            user_code: code.user_code,
            verification_url: link(code.verification_url).unwrap_or_else(|| VERIFICATION_PAGE.to_owned()),
            direct_verification_url: link(code.direct_verification_url),
            expires_in: seconds(code.expires_in, CODE_LIFE),
            interval: seconds(code.interval, INTERVAL),
        })
    }

    /// Asks what the user has done; not more often than the interval says.
    ///
    /// # Errors
    /// Any [`Error`] that is neither of [`Poll`]; another poll may do.
    pub async fn poll(&self, device_code: &SecretString) -> Result<Poll, Error> {
        let query = [("client_id", self.client_id.as_str()), ("code", device_code.expose_secret())];
        let url = self.address(&["device", "credentials"], &query)?;
        self.ask(self.http.get(url, None, self.clock.now_here()), |answer| match answer.status {
            403 if is_without_code(answer) => Ok(Poll::Pending),
            429 => Ok(Poll::SlowDown),
            // A success that is none.
            200 if !is_without_code(answer) => Err(decode::refusal(answer, "credentials")),
            _ => {
                let wire::DeviceCredentials { client_id, client_secret } = decode::object(answer)?;
                Ok(match (client_id, client_secret) {
                    (Some(client_id), Some(client_secret)) => {
                        Poll::Approved(AppCredentials { client_id, client_secret: client_secret.into() })
                    }
                    _ => Poll::Gone,
                })
            }
        })
        .await
    }

    /// Tokens for the credentials of a user with `code`: the device code the first time, the last refresh token after.
    ///
    /// # Errors
    /// [`Error::TokenRefused`] when the user took the application's rights back, whatever status Real-Debrid chose for
    /// that; any other [`Error`] that has nothing to do with a token.
    pub async fn tokens(&self, credentials: &AppCredentials, code: &SecretString) -> Result<IssuedTokens, Error> {
        let form = [
            ("client_id", credentials.client_id.as_str()),
            ("client_secret", credentials.client_secret.expose_secret()),
            ("code", code.expose_secret()),
            ("grant_type", GRANT),
        ];
        let url = self.address(&["token"], &[])?;
        self.ask(self.http.post(url, &form, self.clock.now_here()), |answer| {
            let tokens: wire::Tokens = decode::object(answer).map_err(|error| as_refused(error, answer))?;
            // An answer without one leaves the one in use.
            let refresh_token = Some(tokens.refresh_token).filter(|token| !token.is_empty());
            Ok(IssuedTokens {
                access_token: tokens.access_token.into(),
                refresh_token: refresh_token.map_or_else(|| code.clone(), SecretString::from),
                expires_in: seconds(tokens.expires_in, TOKEN_LIFE),
            })
        })
        .await
    }

    async fn ask<T>(
        &self,
        request: impl Future<Output = Result<Answer, Error>>,
        read: impl FnOnce(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let counted = self.http.metrics().request(Endpoint::OAuth);
        let result = request.await.and_then(|answer| read(&answer));
        let outcome: Outcome = outcome(&result);
        counted.ends(outcome);
        result
    }

    fn address(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Error> {
        let unusable = || Error::Setup { reason: "REAL_DEBRID_OAUTH_URL is no http or https address".to_owned() };
        let mut url = Url::parse(&self.url).ok().filter(is_web).ok_or_else(unusable)?;
        url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

/// "Not yet" is a refusal without a number; one with a number means what the number says.
fn is_without_code(answer: &Answer) -> bool {
    serde_json::from_slice::<wire::ErrorBody>(&answer.body).is_ok_and(|body| body.error_code.is_none())
}

/// Whatever Real-Debrid calls it, these statuses mean that the user has to approve it again, unless it names another
/// reason; what is no answer of Real-Debrid's comes from something in between.
fn as_refused(error: Error, answer: &Answer) -> Error {
    let status = answer.status;
    if !matches!(status, 400 | 401 | 403) {
        return error;
    }
    let is_theirs = serde_json::from_slice::<wire::ErrorBody>(&answer.body).is_ok();
    match error {
        Error::TokenRefused { code, .. }
        | Error::Refused { code, .. }
        | Error::NotPermitted { code: code @ (None | Some(Code::PermissionDenied)), .. }
            if is_theirs =>
        {
            Error::TokenRefused { status, code }
        }
        Error::TokenRefused { .. } | Error::NotPermitted { code: None, .. } | Error::Refused { .. } => {
            Error::Unavailable { status, code: None, retry_after: None }
        }
        error => error,
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// An address that a page may link to.
fn link(address: Option<String>) -> Option<String> {
    address.filter(|address| Url::parse(address).is_ok_and(|url| is_web(&url)))
}

/// Seconds as sent, within bounds; the middle where nothing was sent.
fn seconds(sent: Option<i64>, (least, usual, most): (Duration, Duration, Duration)) -> Duration {
    let sent = sent.and_then(|sent| u64::try_from(sent).ok()).filter(|sent| *sent > 0).map(Duration::from_secs);
    sent.map_or(usual, |sent| sent.clamp(least, most))
}

#[cfg(test)]
mod tests;
