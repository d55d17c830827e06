//! Signing in with a Real-Debrid account: the account is the user.

use super::{
    Session, Vault,
    client::client_name,
    session::{IDLE, LIFETIME, NOTED_EVERY, hash, new_token, set_cookie, token_of},
    tokens::{PutError, Safe},
};
use crate::{
    clock::Clock,
    domain::{ApiError, ErrorCode, User},
    real_debrid::{self, Client, Connection, DeviceFlow, Pacer, TokenSource, Transport, Unattended, Urgency},
    store::{NewSession, Service, Store},
    sync::Credentials,
};
use governor::{DefaultDirectRateLimiter, Quota};
use http::HeaderMap;
use secrecy::SecretString;
use std::{future::Future, num::NonZeroU32, sync::Arc, time::Duration};

/// Sign-ins by device that are begun in a minute at most: Real-Debrid is asked for each, and may block who asks too much.
const BEGINNINGS: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// Longer than any token seen; a longer text is not sent anywhere.
const LONGEST_TOKEN: usize = 512;
/// Repeats of the one request of a sign-in: a person is waiting.
const RETRIES: u32 = 1;
/// How often a sign-in is begun whose account is disconnected before its token is stored: that makes another account of it.
pub(super) const ATTEMPTS: u32 = 2;
/// How long that person waits at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// The simulated Real-Debrid that comes with `--demo`.
#[derive(Debug, Clone)]
pub struct DemoService {
    /// Base URL of its REST API.
    pub api_url: String,
    /// The token of its account.
    pub token: SecretString,
}

/// What [`Accounts`] is made of.
pub struct AccountsOptions {
    /// The database.
    pub store: Store,
    /// The key.
    pub vault: Vault,
    /// The way to Real-Debrid.
    pub transport: Transport,
    /// The way to tokens.
    pub flow: DeviceFlow,
    /// The time.
    pub clock: Clock,
    /// Base URL of Real-Debrid's REST API.
    pub api_url: String,
    /// Requests per minute to Real-Debrid for all sign-ins together.
    pub requests_per_minute: u32,
    /// Names that may sign in; everyone when empty.
    pub allowed_users: Vec<String>,
    /// Whether cookies are `Secure`.
    pub is_https: bool,
    /// The demo library.
    pub demo: Option<DemoService>,
}

/// Sign-in, sessions and tokens; clones are the same.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    options: AccountsOptions,
    /// Sign-ins share one pace, since the account is not known before Real-Debrid has answered.
    pacer: Arc<Pacer>,
    safe: Safe,
    /// Sign-ins by device that are begun, of all strangers together.
    beginnings: DefaultDirectRateLimiter,
}

/// A sign-in that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session's token, shown once.
    pub access_token: String,
    /// Whose it is.
    pub user: User,
    /// The whole `Set-Cookie` value.
    pub cookie: String,
}

impl Accounts {
    /// Accounts over a database.
    pub fn new(options: AccountsOptions) -> Self {
        let pacer = Arc::new(Pacer::new(options.requests_per_minute, options.clock.clone()));
        let (store, vault) = (options.store.clone(), options.vault.clone());
        let safe = Safe::new(store, vault, options.flow.clone(), options.clock.clone());
        let beginnings = DefaultDirectRateLimiter::direct(Quota::per_minute(BEGINNINGS));
        Self(Arc::new(Inner { options, pacer, safe, beginnings }))
    }

    /// Whether there is a demo library to sign in to.
    pub fn has_demo(&self) -> bool {
        self.0.options.demo.is_some()
    }

    /// Whether an account is the demo's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_demo(&self, user: i64) -> Result<bool, ApiError> {
        Ok(self.0.options.store.user(user).await?.is_some_and(|user| user.service == Service::Demo))
    }

    /// Signs in with a private API token of Real-Debrid; `user_agent` is what the client says of itself.
    ///
    /// # Errors
    /// `token_refused` when Real-Debrid refuses it, `real_debrid_unavailable` when it cannot be asked, `not_allowed`
    /// when the account may not use this server, `invalid_request` when it cannot be a token.
    pub async fn sign_in(&self, token: &str, user_agent: Option<&str>) -> Result<SignedIn, ApiError> {
        let client = client_name(user_agent);
        if let Some(signed_in) = self.open_session(self.adopt(token).await?, &client).await? {
            return Ok(signed_in);
        }
        self.open_session(self.adopt(token).await?, &client).await?.ok_or_else(disconnected)
    }

    /// As [`Accounts::sign_in`], without a session: for who has the machine and needs none.
    ///
    /// # Errors
    /// As there.
    pub async fn adopt(&self, token: &str) -> Result<User, ApiError> {
        let token = token.trim();
        if token.is_empty() {
            return Err(ApiError::invalid(
                "token is empty: paste your private API token from real-debrid.com/apitoken.",
            ));
        }
        if token.len() > LONGEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiError::invalid(
                "token is not a Real-Debrid token: copy it again from real-debrid.com/apitoken, without spaces.",
            ));
        }
        let (api_url, token) = (self.0.options.api_url.clone(), SecretString::from(token));
        self.admit_private(Service::RealDebrid, api_url, token).await
    }

    /// Signs in to the demo library; `user_agent` is what the client says of itself.
    ///
    /// # Errors
    /// `not_found` unless the server was started with `--demo`.
    pub async fn sign_in_demo(&self, user_agent: Option<&str>) -> Result<SignedIn, ApiError> {
        let demo = self.0.options.demo.clone().ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotFound,
                "There is no demo library here: start the server with --demo to have one.",
            )
        })?;
        let user = self.admit_private(Service::Demo, demo.api_url, demo.token).await?;
        self.open_session(user, &client_name(user_agent)).await?.ok_or_else(disconnected)
    }

    async fn admit_private(&self, service: Service, api_url: String, token: SecretString) -> Result<User, ApiError> {
        for _ in 0..ATTEMPTS {
            let user = self.admit(service, api_url.clone(), Arc::new(token.clone())).await?;
            if self.0.safe.put_private(user.id, &token).await.map_err(cannot_keep)? {
                return Ok(user);
            }
        }
        Err(disconnected())
    }

    /// Finds out whose token it is, and stores the account if it may enter.
    pub(super) async fn admit(
        &self,
        service: Service,
        api_url: String,
        token: Arc<dyn TokenSource>,
    ) -> Result<User, ApiError> {
        let options = &self.0.options;
        // The demo is next door and must not wait for what others ask of Real-Debrid.
        let pacer = match service {
            Service::RealDebrid => Arc::clone(&self.0.pacer),
            Service::Demo => Arc::new(Pacer::new(options.requests_per_minute, options.clock.clone())),
        };
        let account = self.in_time(self.client(api_url, token, pacer).user()).await?.map_err(refusal)?;
        if service == Service::RealDebrid && !self.may_enter(&account.username) {
            return Err(ApiError::new(
                ErrorCode::NotAllowed,
                format!("The account “{}” may not use this server: ask its owner to allow it.", account.username),
            ));
        }
        let stored = options.store.put_user(
            service,
            account.real_debrid_id,
            &account.username,
            account.premium_until,
            options.clock.now(),
        );
        Ok(stored.await?.into())
    }

    /// For the few questions that a person waits for.
    fn client(&self, api_url: String, token: Arc<dyn TokenSource>, pacer: Arc<Pacer>) -> Client {
        let options = &self.0.options;
        let connection = Connection {
            api_url,
            token,
            max_retries: RETRIES,
            refusal_patience: Duration::ZERO,
            urgency: Urgency::Foreground,
            clock: options.clock.clone(),
            pacer,
            conductor: Arc::new(Unattended),
        };
        Client::new(options.transport.clone(), connection)
    }

    /// Makes the token of an account worthless at Real-Debrid; one that is refused is so already, and the demo's belongs to
    /// everybody.
    pub(super) async fn revoke(&self, user: i64) -> Result<(), ApiError> {
        if self.is_demo(user).await? {
            return Ok(());
        }
        let access = match self.access(user).await {
            Ok(access) => access,
            Err(error) if error.code == ErrorCode::TokenRefused => return Ok(()),
            Err(error) => return Err(error),
        };
        let client = self.client(access.api_url, access.token, Arc::clone(&self.0.pacer));
        match self.in_time(client.disable_token()).await? {
            Ok(()) => Ok(()),
            Err(error) if error.needs_sign_in() => Ok(()),
            Err(error) => Err(ApiError::new(
                ErrorCode::RealDebridUnavailable,
                format!("The token could not be made worthless, so nothing was done. {error}"),
            )),
        }
    }

    /// What `question` comes to, unless a person would have to wait too long for it.
    pub(super) async fn in_time<T>(&self, question: impl Future<Output = T>) -> Result<T, ApiError> {
        let late = |_| {
            ApiError::new(
                ErrorCode::RealDebridUnavailable,
                "Real-Debrid did not answer in time: try again in a minute.",
            )
        };
        tokio::time::timeout(PATIENCE, question).await.map_err(late)
    }

    /// None when the account was disconnected meanwhile.
    pub(super) async fn open_session(&self, user: User, client: &str) -> Result<Option<SignedIn>, ApiError> {
        let (options, now) = (&self.0.options, self.0.options.clock.now());
        let (access_token, hash) = new_token("");
        let (client, expires) = (Some(client), now.plus_millis(LIFETIME));
        let new = NewSession { hash: &hash, now, expires, client, name: None };
        if options.store.create_session(user.id, new).await?.is_none() {
            return Ok(None);
        }
        tracing::info!(user = user.id, "signed in");
        let cookie = set_cookie(&access_token, options.is_https);
        Ok(Some(SignedIn { access_token, user, cookie }))
    }

    /// Whether another sign-in by device may begin now.
    pub(super) fn may_begin(&self) -> bool {
        self.0.beginnings.check().is_ok()
    }

    /// Waits for renewals under way, whose results could not be had again.
    pub async fn shut_down(&self) {
        self.0.safe.shut_down().await;
    }

    pub(super) fn options(&self) -> &AccountsOptions {
        &self.0.options
    }

    pub(super) fn safe(&self) -> &Safe {
        &self.0.safe
    }

    fn may_enter(&self, username: &str) -> bool {
        let allowed = &self.0.options.allowed_users;
        allowed.is_empty() || allowed.iter().any(|name| name.trim().eq_ignore_ascii_case(username))
    }

    /// The live session that a request carries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, ApiError> {
        let Some(token) = token_of(headers) else { return Ok(None) };
        let (store, now) = (&self.0.options.store, self.0.options.clock.now());
        let Some(found) = store.session(&hash(token), now, now.plus_millis(-IDLE)).await? else { return Ok(None) };
        // A demo account is no one's once the demo is off.
        if found.service == Service::Demo && !self.has_demo() {
            return Ok(None);
        }
        // Nor does a name that was taken off the list keep its sessions.
        if found.service == Service::RealDebrid && !self.may_enter(&found.user.username) {
            return Ok(None);
        }
        if now.millis_since(found.last_seen_at) > NOTED_EVERY {
            store.touch_session(found.id, now).await?;
        }
        Ok(Some(Session { id: found.id, user: found.user, is_token: found.is_token }))
    }

    /// Ends a session; gives the `Set-Cookie` value that takes the cookie back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, session: &Session) -> Result<String, ApiError> {
        self.0.options.store.delete_session(session.user.id, session.id).await?;
        Ok(self.forget_cookie())
    }

    /// The `Set-Cookie` value that takes the cookie of a session back, which has ended.
    pub fn forget_cookie(&self) -> String {
        set_cookie("", self.0.options.is_https)
    }
}

/// The account was disconnected between two steps of what it did.
pub(super) fn disconnected() -> ApiError {
    ApiError::new(ErrorCode::Unauthenticated, "The account was disconnected meanwhile: sign in again.")
}

/// What a failure of Real-Debrid means to someone who signs in.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn refusal(error: real_debrid::Error) -> ApiError {
    let code = if error.needs_sign_in() { ErrorCode::TokenRefused } else { ErrorCode::RealDebridUnavailable };
    ApiError::new(code, error.to_string())
}

pub(super) fn cannot_keep(error: PutError) -> ApiError {
    match error {
        PutError::Store(error) => error.into(),
        PutError::Vault(error) => ApiError::new(ErrorCode::Internal, error.to_string()),
    }
}
