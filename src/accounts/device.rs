//! Signing in by device: a code that its user types in at Real-Debrid, while whoever began the sign-in asks here how it
//! stands.
//!
//! The sign-in is a row in the database, so it outlives a reload and a restart. Its id opens the session in the end; it
//! is a secret of 256 bits, known to who began, and stored as a hash. Real-Debrid is asked only while somebody asks
//! here, by one at a time, and never faster than it wants. Its times are the database's where several servers share it:
//! their clocks may differ by more than a lease lasts.

use super::{
    Accounts, SignedIn,
    client::client_name,
    session::{hash, new_token, set_device_cookie},
    sign_in::{ATTEMPTS, cannot_keep, disconnected, refusal},
    vault::{Purpose, VaultError},
};
use crate::{
    domain::{ApiError, ErrorCode, Timestamp, User},
    real_debrid::{AppCredentials, Error, IssuedTokens, Poll},
    store::{DeviceSignIn, Service},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tracing::Instrument;

/// Sign-ins that wait at the same time; more are nobody's users.
const MOST: i64 = 1_000;
/// For how long the right to poll is taken, in milliseconds: longer than an answer takes at most.
const POLL_LEASE: i64 = 200_000;
/// For how long the session is given again to whoever asks again, in milliseconds: its first answer can be lost.
const REPEATED_FOR: i64 = 60_000;
/// How long one question to Real-Debrid may take.
const PATIENCE: Duration = Duration::from_secs(5);
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
    /// Whether Real-Debrid answered when it was last asked here.
    pub is_reached: bool,
}

impl PendingDevice {
    /// `ahead` is by how many milliseconds this server's clock is ahead of the one that the sign-in goes by.
    fn new(sign_in: DeviceSignIn, ahead: i64) -> Self {
        let (expires, interval_millis) = (sign_in.expires().plus_millis(ahead), sign_in.interval_millis);
        let DeviceSignIn { user_code, verification_url, direct_verification_url, .. } = sign_in;
        Self { user_code, verification_url, direct_verification_url, expires, interval_millis, is_reached: true }
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
    /// `real_debrid_unavailable` when Real-Debrid cannot be asked, `too_many_attempts` when too many sign-ins wait, or when
    /// the database fails.
    pub async fn begin_device(&self) -> Result<BegunDevice, ApiError> {
        let options = self.options();
        let now = options.store.common_time(options.clock.now()).await?;
        let crowded = || {
            ApiError::new(
                ErrorCode::TooManyAttempts,
                "Too many sign-ins wait for their users: try again in ten minutes.",
            )
        };
        // Real-Debrid is not asked for what could not be kept, nor without end on behalf of strangers.
        if options.store.device_sign_ins_waiting(now).await? >= MOST || !self.may_begin() {
            return Err(crowded());
        }
        let code = self.in_time(options.flow.begin()).await?.map_err(unavailable)?;
        let own = options.clock.now();
        let now = options.store.common_time(own).await?;
        let (id, id_hash) = new_token("");
        let sealed = options.vault.seal(Purpose::DeviceCode(id_hash), &code.device_code).map_err(internal)?;
        let sign_in = DeviceSignIn::new(
            sealed,
            (code.user_code, code.verification_url, code.direct_verification_url),
            millis(code.interval),
            now,
            now.plus_millis(millis(code.expires_in)),
        );
        if !options.store.begin_device_sign_in(&id_hash, &sign_in, now, MOST).await? {
            return Err(crowded());
        }
        let cookie = set_device_cookie(&id, sign_in.expires().millis_since(now), options.is_https);
        Ok(BegunDevice { id, cookie, pending: PendingDevice::new(sign_in, own.millis_since(now)) })
    }

    /// How a sign-in stands; asks Real-Debrid when that is due. `user_agent` is what the client says of itself.
    ///
    /// # Errors
    /// `sign_in_ended` when it has expired, was refused or is over; `not_allowed` when the account may not use this
    /// server, and then it is over too; or when the database fails. That Real-Debrid cannot be asked is no error: it is
    /// asked again.
    pub async fn device_progress(&self, id: &str, user_agent: Option<&str>) -> Result<DeviceProgress, ApiError> {
        // In a task of its own: whoever goes away in the middle must not break off what can be done once only.
        let (accounts, id_hash) = (self.clone(), hash(id));
        let client = client_name(user_agent);
        let task = tokio::spawn(async move { accounts.progress(id_hash, &client).await }.in_current_span());
        let defect = |_| ApiError::new(ErrorCode::Internal, "The sign-in broke off by a defect in DMM: begin again.");
        task.await.map_err(defect)?
    }

    async fn progress(&self, id_hash: [u8; 32], client: &str) -> Result<DeviceProgress, ApiError> {
        let options = self.options();
        let own = options.clock.now();
        let now = options.store.common_time(own).await?;
        let ahead = own.millis_since(now);
        let row = options.store.device_sign_in(&id_hash, now).await?.ok_or_else(ended)?;
        // The answer to the last question can have been lost.
        if let Some(user) = row.user_id {
            let user = options.store.user(user).await?.ok_or_else(ended)?;
            let signed_in = self.open_session(user.into(), client).await?;
            return signed_in.map(DeviceProgress::SignedIn).ok_or_else(disconnected);
        }
        if now < row.next_poll() || !options.store.claim_device_poll(&id_hash, now, now.plus_millis(POLL_LEASE)).await?
        {
            return Ok(DeviceProgress::Pending(PendingDevice::new(row, ahead)));
        }
        let step = self.step(&row, &id_hash).await;
        let slower = if matches!(step, Ok(Step::SlowDown)) { SLOW_DOWN } else { 0 };
        let interval = (row.interval_millis + slower).min(SLOWEST.max(row.interval_millis));
        let is_reached = !matches!(&step, Err(error) if error.code == ErrorCode::RealDebridUnavailable);
        match step {
            Ok(Step::Approved(user)) => {
                let until = options.store.common_time(options.clock.now()).await?.plus_millis(REPEATED_FOR);
                if !options.store.approve_device_sign_in(&id_hash, user.id, until).await? {
                    return Err(ended());
                }
                let signed_in = self.open_session(user, client).await?;
                signed_in.map(DeviceProgress::SignedIn).ok_or_else(disconnected)
            }
            Ok(Step::Pending | Step::SlowDown) | Err(ApiError { code: ErrorCode::RealDebridUnavailable, .. }) => {
                let next = options.store.common_time(options.clock.now()).await?.plus_millis(interval);
                options.store.release_device_poll(&id_hash, next, interval).await?;
                let pending = PendingDevice { interval_millis: interval, is_reached, ..PendingDevice::new(row, ahead) };
                Ok(DeviceProgress::Pending(pending))
            }
            Err(error) if error.code == ErrorCode::DatabaseUnavailable => Err(error),
            Err(error) if error.code == ErrorCode::NotAllowed => {
                options.store.end_device_sign_in(&id_hash).await?;
                Err(error)
            }
            // Also a code that cannot be opened any more, and tokens that are refused already.
            Ok(Step::Gone) | Err(_) => {
                options.store.end_device_sign_in(&id_hash).await?;
                Err(ended())
            }
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

    /// The next step of a sign-in: the code's approval, tokens for it, whose they are. Tokens are kept before anything else
    /// can fail, because a code is exchanged once only.
    async fn step(&self, row: &DeviceSignIn, id: &[u8; 32]) -> Result<Step, ApiError> {
        let options = self.options();
        if let Some(sealed) = &row.sealed_tokens {
            let opened = options.vault.open_secret(Purpose::DeviceTokens(*id), sealed).map_err(internal)?;
            let (credentials, issued) = unpack(&opened, options.clock.now()).ok_or_else(ended)?;
            return self.adopt_device(&credentials, &issued).await;
        }
        let code = options.vault.open_secret(Purpose::DeviceCode(*id), &row.sealed_device_code).map_err(internal)?;
        // A page waits for it, and another question does no harm.
        let polled = tokio::time::timeout(PATIENCE, options.flow.poll(&code)).await;
        let credentials = match polled.unwrap_or(Err(Error::TimedOut)).map_err(unavailable)? {
            Poll::Pending => return Ok(Step::Pending),
            Poll::SlowDown => return Ok(Step::SlowDown),
            Poll::Gone => return Ok(Step::Gone),
            Poll::Approved(credentials) => credentials,
        };
        let issued = match self.in_time(options.flow.tokens(&credentials, &code)).await? {
            Ok(issued) => issued,
            // Taken back between the two questions.
            Err(error) if error.needs_sign_in() => return Ok(Step::Gone),
            Err(error) => return Err(unavailable(error)),
        };
        let packed = pack(&credentials, &issued, options.clock.now());
        let sealed = options.vault.seal(Purpose::DeviceTokens(*id), &packed).map_err(internal)?;
        if !options.store.keep_device_tokens(id, &sealed).await? {
            return Ok(Step::Gone);
        }
        self.adopt_device(&credentials, &issued).await
    }

    async fn adopt_device(&self, credentials: &AppCredentials, issued: &IssuedTokens) -> Result<Step, ApiError> {
        let token = Arc::new(issued.access_token.clone());
        for _ in 0..ATTEMPTS {
            let user = self.admit(Service::RealDebrid, self.options().api_url.clone(), token.clone()).await?;
            if self.safe().put_device(user.id, credentials, issued).await.map_err(cannot_keep)? {
                return Ok(Step::Approved(user));
            }
        }
        Err(disconnected())
    }
}

enum Step {
    Pending,
    SlowDown,
    Gone,
    Approved(User),
}

/// What a code was exchanged for, as it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Packed {
    client_id: String,
    client_secret: String,
    access_token: String,
    refresh_token: String,
    expires: i64,
}

fn pack(credentials: &AppCredentials, issued: &IssuedTokens, now: Timestamp) -> SecretString {
    let packed = Packed {
        client_id: credentials.client_id.clone(),
        client_secret: credentials.client_secret.expose_secret().to_owned(),
        access_token: issued.access_token.expose_secret().to_owned(),
        refresh_token: issued.refresh_token.expose_secret().to_owned(),
        expires: now.plus_millis(millis(issued.expires_in)).as_millis(),
    };
    serde_json::to_string(&packed).unwrap_or_default().into()
}

fn unpack(packed: &SecretString, now: Timestamp) -> Option<(AppCredentials, IssuedTokens)> {
    let Packed { client_id, client_secret, access_token, refresh_token, expires } =
        serde_json::from_str(packed.expose_secret()).ok()?;
    let left = Timestamp::from_millis(expires).millis_since(now).max(0);
    let issued = IssuedTokens {
        access_token: access_token.into(),
        refresh_token: refresh_token.into(),
        expires_in: Duration::from_millis(u64::try_from(left).unwrap_or_default()),
    };
    Some((AppCredentials { client_id, client_secret: client_secret.into() }, issued))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn ended() -> ApiError {
    ApiError::new(
        ErrorCode::SignInEnded,
        "This sign-in is over: its code has expired, was refused or was used; begin again for a new code.",
    )
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn internal(error: VaultError) -> ApiError {
    ApiError::new(ErrorCode::Internal, error.to_string())
}

/// A failure of the flow is never one of a token that somebody has here.
fn unavailable(error: Error) -> ApiError {
    ApiError { code: ErrorCode::RealDebridUnavailable, ..refusal(error) }
}

#[cfg(test)]
mod tests;
