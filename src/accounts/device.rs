//! Signing in by device: a code that its user types in at Real-Debrid, while whoever began the sign-in asks here how it
//! stands.
//!
//! The sign-in is a row in the database, so it outlives a reload and a restart. Its id opens the session in the end; it
//! is a secret of 256 bits, known to who began, and stored as a hash. Real-Debrid is asked only while somebody asks
//! here, by one at a time, and never faster than it wants.

use super::{
    Accounts, SignedIn,
    client::client_name,
    session::{hash, new_token, set_device_cookie},
    sign_in::{cannot_keep, refusal},
    vault::Purpose,
};
use crate::{
    domain::{ApiError, ErrorCode, Timestamp},
    real_debrid::{AppCredentials, Error, IssuedTokens, Poll},
    store::{DeviceSignIn, Service},
};
use std::sync::Arc;

/// Sign-ins that wait at the same time; more are nobody's users.
const MOST: i64 = 1_000;
/// For how long the right to poll is taken, in milliseconds: longer than an answer takes at most.
const POLL_LEASE: i64 = 200_000;
/// What a plea to slow down adds to the interval, in milliseconds (RFC 8628, section 3.5).
const SLOW_DOWN: i64 = 5_000;
/// The slowest polling, in milliseconds.
const SLOWEST: i64 = 60_000;

/// A sign-in that waits for its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingDevice {
    /// What the user types in.
    pub user_code: String,
    /// Where.
    pub verification_url: String,
    /// Where nothing has to be typed in.
    pub direct_verification_url: Option<String>,
    /// When the code expires.
    pub expires: Timestamp,
    /// Shortest time between two questions, in milliseconds.
    pub interval_millis: i64,
}

impl From<DeviceSignIn> for PendingDevice {
    fn from(sign_in: DeviceSignIn) -> Self {
        let (expires, interval_millis) = (sign_in.expires(), sign_in.interval_millis);
        let DeviceSignIn { user_code, verification_url, direct_verification_url, .. } = sign_in;
        Self { user_code, verification_url, direct_verification_url, expires, interval_millis }
    }
}

/// A sign-in that has just begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunDevice {
    /// Asks how it stands; a secret, shown once.
    pub id: String,
    /// The whole `Set-Cookie` value for a browser that asks.
    pub cookie: String,
    /// What its user has to know.
    pub pending: PendingDevice,
}

/// How a sign-in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceProgress {
    /// The user has not said yes yet.
    Pending(PendingDevice),
    /// The user has, and this is the session.
    SignedIn(SignedIn),
}

impl Accounts {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// `real_debrid_unavailable` when Real-Debrid cannot be asked or too many sign-ins wait, or when the database fails.
    pub async fn begin_device(&self) -> Result<BegunDevice, ApiError> {
        let options = self.options();
        let now = options.clock.now();
        let crowded = || {
            ApiError::new(ErrorCode::RealDebridUnavailable, "Too many sign-ins wait for their users: try again in ten minutes.")
        };
        // Real-Debrid is not asked for what could not be kept.
        if options.store.device_sign_ins_waiting(now).await? >= MOST {
            return Err(crowded());
        }
        let code = self.in_time(options.flow.begin()).await?.map_err(unavailable)?;
        let now = options.clock.now();
        let sealed = options.vault.seal(Purpose::DeviceCode, &code.device_code);
        let sealed = sealed.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let millis = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let sign_in = DeviceSignIn::new(
            sealed,
            code.user_code,
            code.verification_url,
            code.direct_verification_url,
            millis(code.interval),
            now.plus_millis(millis(code.expires_in)),
        );
        let (id, id_hash) = new_token("");
        if !options.store.begin_device_sign_in(&id_hash, &sign_in, now, MOST).await? {
            return Err(crowded());
        }
        let cookie = set_device_cookie(&id, sign_in.expires().millis_since(now), options.is_https);
        Ok(BegunDevice { id, cookie, pending: sign_in.into() })
    }

    /// How a sign-in stands; asks Real-Debrid when that is due. `user_agent` is what the client says of itself.
    ///
    /// # Errors
    /// `sign_in_ended` when it has expired, was refused or is over; `not_allowed` when the account may not use this
    /// server, and then it is over too; or when the database fails. That Real-Debrid cannot be asked is no error: it is
    /// asked again.
    pub async fn device_progress(&self, id: &str, user_agent: Option<&str>) -> Result<DeviceProgress, ApiError> {
        let options = self.options();
        let id_hash = hash(id);
        let now = options.clock.now();
        let waiting = options.store.device_sign_in(&id_hash, now).await?.ok_or_else(ended)?;
        if !options.store.claim_device_poll(&id_hash, now, now.plus_millis(POLL_LEASE)).await? {
            return Ok(DeviceProgress::Pending(waiting.into()));
        }
        let mut interval = waiting.interval_millis;
        let polled = self.poll(&waiting, user_agent).await;
        let ends = match &polled {
            Ok(Polled::SignedIn(_) | Polled::Gone) => true,
            Ok(Polled::Pending) => false,
            Ok(Polled::SlowDown) => {
                interval = (interval + SLOW_DOWN).min(SLOWEST);
                false
            }
            Err(error) => error.code == ErrorCode::NotAllowed,
        };
        if ends {
            options.store.end_device_sign_in(&id_hash).await?;
        } else {
            let next = options.clock.now().plus_millis(interval);
            options.store.release_device_poll(&id_hash, next, interval).await?;
        }
        let waiting = PendingDevice { interval_millis: interval, ..waiting.into() };
        match polled {
            Ok(Polled::SignedIn(signed_in)) => Ok(DeviceProgress::SignedIn(signed_in)),
            Ok(Polled::Gone) => Err(ended()),
            Ok(Polled::Pending | Polled::SlowDown) => Ok(DeviceProgress::Pending(waiting)),
            Err(error) if error.code == ErrorCode::RealDebridUnavailable => Ok(DeviceProgress::Pending(waiting)),
            Err(error) => Err(error),
        }
    }

    /// Gives a sign-in up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_up_device(&self, id: &str) -> Result<(), ApiError> {
        Ok(self.options().store.end_device_sign_in(&hash(id)).await?)
    }

    /// The `Set-Cookie` value that takes the id of a sign-in back, which has ended.
    pub fn forget_device_cookie(&self) -> String {
        set_device_cookie("", 0, self.options().is_https)
    }

    async fn poll(&self, waiting: &DeviceSignIn, user_agent: Option<&str>) -> Result<Polled, ApiError> {
        let options = self.options();
        let code = options
            .vault
            .open_secret(Purpose::DeviceCode, &waiting.sealed_device_code)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let credentials = match self.in_time(options.flow.poll(&code)).await?.map_err(unavailable)? {
            Poll::Pending => return Ok(Polled::Pending),
            Poll::SlowDown => return Ok(Polled::SlowDown),
            Poll::Gone => return Ok(Polled::Gone),
            Poll::Approved(credentials) => credentials,
        };
        let issued = match self.in_time(options.flow.tokens(&credentials, &code)).await? {
            Ok(issued) => issued,
            // Taken back between the two questions.
            Err(error) if error.needs_sign_in() => return Ok(Polled::Gone),
            Err(error) => return Err(unavailable(error)),
        };
        self.adopt_device(&credentials, &issued, user_agent).await
    }

    async fn adopt_device(
        &self,
        credentials: &AppCredentials,
        issued: &IssuedTokens,
        user_agent: Option<&str>,
    ) -> Result<Polled, ApiError> {
        let token = Arc::new(issued.access_token.clone());
        let user = self.admit(Service::RealDebrid, self.options().api_url.clone(), token).await?;
        self.safe().put_device(user.id, credentials, issued).await.map_err(cannot_keep)?;
        Ok(Polled::SignedIn(self.open_session(user, &client_name(user_agent)).await?))
    }
}

enum Polled {
    Pending,
    SlowDown,
    Gone,
    SignedIn(SignedIn),
}

fn ended() -> ApiError {
    ApiError::new(
        ErrorCode::SignInEnded,
        "This sign-in is over: its code has expired, was refused or was used; begin again for a new code.",
    )
}

/// A failure of the flow is never one of a token that somebody has here.
fn unavailable(error: Error) -> ApiError {
    ApiError { code: ErrorCode::RealDebridUnavailable, ..refusal(error) }
}
