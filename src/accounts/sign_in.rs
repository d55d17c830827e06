//! Signing in with a Real-Debrid account: the account is the user.

use super::{
    Session, Vault,
    session::{LIFETIME, NOTED_EVERY, hash, new_token, set_cookie, token_of},
};
use crate::{
    clock::Clock,
    domain::{ApiError, ErrorCode, User},
    real_debrid::{self, Client, Connection, Pacer, Transport, Unattended, Urgency},
    store::{Service, Store, StoredUser, TokenKind},
    sync::{Credentials, RealDebridAccess},
};
use http::HeaderMap;
use secrecy::SecretString;
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

/// Longer than any token seen; a longer text is not sent anywhere.
const LONGEST_TOKEN: usize = 512;
/// Repeats of the one request of a sign-in: a person is waiting.
const RETRIES: u32 = 1;
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
        Self(Arc::new(Inner { options, pacer }))
    }

    /// Whether there is a demo library to sign in to.
    pub fn has_demo(&self) -> bool {
        self.0.options.demo.is_some()
    }

    /// Signs in with a private API token of Real-Debrid.
    ///
    /// # Errors
    /// `token_refused` when Real-Debrid refuses it, `real_debrid_unavailable` when it cannot be asked, `not_allowed`
    /// when the account may not use this server, `invalid_request` when it cannot be a token.
    pub async fn sign_in(&self, token: &str) -> Result<SignedIn, ApiError> {
        let user = self.adopt(token).await?;
        self.open_session(user).await
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
        let api_url = self.0.options.api_url.clone();
        self.admit(Service::RealDebrid, api_url, SecretString::from(token)).await
    }

    /// Signs in to the demo library.
    ///
    /// # Errors
    /// `not_found` unless the server was started with `--demo`.
    pub async fn sign_in_demo(&self) -> Result<SignedIn, ApiError> {
        let demo = self.0.options.demo.clone().ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotFound,
                "There is no demo library here: start the server with --demo to have one.",
            )
        })?;
        let user = self.admit(Service::Demo, demo.api_url, demo.token).await?;
        self.open_session(user).await
    }

    async fn admit(&self, service: Service, api_url: String, token: SecretString) -> Result<User, ApiError> {
        let options = &self.0.options;
        // The demo is next door and must not wait for what others ask of Real-Debrid.
        let pacer = match service {
            Service::RealDebrid => Arc::clone(&self.0.pacer),
            Service::Demo => Arc::new(Pacer::new(options.requests_per_minute, options.clock.clone())),
        };
        let client = Client::new(
            options.transport.clone(),
            Connection {
                api_url,
                token: token.clone(),
                max_retries: RETRIES,
                refusal_patience: Duration::ZERO,
                urgency: Urgency::Foreground,
                clock: options.clock.clone(),
                pacer,
                conductor: Arc::new(Unattended),
            },
        );
        let account = match tokio::time::timeout(PATIENCE, client.user()).await {
            Ok(account) => account.map_err(refusal)?,
            Err(_) => {
                return Err(ApiError::new(
                    ErrorCode::RealDebridUnavailable,
                    "Real-Debrid did not answer in time: try again in a minute.",
                ));
            }
        };
        if service == Service::RealDebrid && !self.may_enter(&account.username) {
            return Err(ApiError::new(
                ErrorCode::NotAllowed,
                format!("The account “{}” may not use this server: ask its owner to allow it.", account.username),
            ));
        }
        let now = options.clock.now();
        let user: StoredUser = options
            .store
            .put_user(service, account.real_debrid_id, &account.username, account.premium_until, now)
            .await?;
        let sealed =
            options.vault.seal(&token).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        options.store.put_token(user.id, TokenKind::Private, &sealed, now).await?;
        Ok(user.into())
    }

    async fn open_session(&self, user: User) -> Result<SignedIn, ApiError> {
        let (options, now) = (&self.0.options, self.0.options.clock.now());
        let (access_token, hash) = new_token();
        options.store.create_session(user.id, &hash, now, now.plus_millis(LIFETIME)).await?;
        tracing::info!(user = user.id, "signed in");
        let cookie = set_cookie(&access_token, options.is_https);
        Ok(SignedIn { access_token, user, cookie })
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
        let Some(found) = store.session(&hash(token), now).await? else { return Ok(None) };
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
        Ok(Some(Session { id: found.id, user: found.user }))
    }

    /// Ends a session; gives the `Set-Cookie` value that takes the cookie back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, session: &Session) -> Result<String, ApiError> {
        self.0.options.store.delete_session(session.user.id, session.id).await?;
        Ok(set_cookie("", self.0.options.is_https))
    }
}

impl Credentials for Accounts {
    fn access(&self, user: i64) -> Pin<Box<dyn Future<Output = Result<RealDebridAccess, ApiError>> + Send + '_>> {
        Box::pin(async move {
            let options = &self.0.options;
            let reconnect = |why: String| ApiError::new(ErrorCode::TokenRefused, why);
            let missing =
                || reconnect("No Real-Debrid token is stored: sign in again on the Connection page.".to_owned());
            let account = options.store.user(user).await?.ok_or_else(missing)?;
            let api_url = match (account.service, &options.demo) {
                (Service::RealDebrid, _) => options.api_url.clone(),
                (Service::Demo, Some(demo)) => demo.api_url.clone(),
                (Service::Demo, None) => {
                    return Err(reconnect("The demo library is off: start the server with --demo.".to_owned()));
                }
            };
            let sealed = options.store.token(user).await?.ok_or_else(missing)?;
            let token =
                options.vault.open_token(&sealed.sealed_access_token).map_err(|error| reconnect(error.to_string()))?;
            Ok(RealDebridAccess { api_url, token, real_debrid_id: account.real_debrid_id })
        })
    }
}

/// What a failure of Real-Debrid means to someone who signs in.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn refusal(error: real_debrid::Error) -> ApiError {
    let code = if error.needs_sign_in() { ErrorCode::TokenRefused } else { ErrorCode::RealDebridUnavailable };
    ApiError::new(code, error.to_string())
}
