//! The safe of Real-Debrid tokens: opens what is stored, and renews it before it expires or when it is refused.
//!
//! A renewal is made by a task of its own, one at a time for each account, and its result is stored before anybody uses
//! it: whoever asks meanwhile waits for the same one, and who gives up waiting does not break it off. A refresh token
//! that Real-Debrid has replaced is worthless, so a result that cannot be stored is kept in memory until it can be.

use super::vault::{Purpose, Vault, VaultError};
use crate::{
    clock::Clock,
    domain::Timestamp,
    real_debrid::{AppCredentials, DeviceFlow, Error, IssuedTokens, TokenSource, Tokened},
    store::{Lease, SealedToken, Sight, Store, StoreError, Task},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::task::TaskTracker;

/// How long before its end a token is renewed, at most; of a short life a tenth.
const AHEAD: Duration = Duration::from_mins(5);
/// How long the end of the server waits for renewals.
const FAREWELL: Duration = Duration::from_secs(2);
/// A server that renews for longer than this has died meanwhile: no request takes as long.
const LONGEST_RENEWAL: Duration = Duration::from_mins(4);
/// How often is looked whether another server has renewed the token.
const GLANCE: Duration = Duration::from_millis(500);
/// How long nobody asks again after a renewal that failed.
const REST: Duration = Duration::from_mins(1);

/// The safe; clones are the same.
#[derive(Clone)]
pub(super) struct Safe(Arc<Inner>);

struct Inner {
    store: Store,
    vault: Vault,
    flow: DeviceFlow,
    clock: Clock,
    renewals: Mutex<HashMap<i64, Arc<Renewal>>>,
    tasks: TaskTracker,
}

/// What is known of an account's renewals, held while one is under way.
#[derive(Default)]
struct Renewal {
    turn: AsyncMutex<Turn>,
    /// A result that could not be stored, with the sealed token that it replaces.
    unsaved: Mutex<Option<(Vec<u8>, SealedToken)>>,
}

#[derive(Default)]
struct Turn {
    /// Until when nobody asks, and what went wrong.
    rest: Option<(Duration, Error)>,
}

/// A token taken out of the safe.
struct Opened {
    /// What the database has, which is what a renewal replaces.
    stored: Vec<u8>,
    sealed: SealedToken,
    access: SecretString,
    refresh: Option<RefreshCredentials>,
}

/// Everything that a renewal needs, as it is sealed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefreshCredentials {
    client_id: String,
    client_secret: String,
    refresh_token: String,
}

impl Safe {
    pub(super) fn new(store: Store, vault: Vault, flow: DeviceFlow, clock: Clock) -> Self {
        Self(Arc::new(Inner { store, vault, flow, clock, renewals: Mutex::default(), tasks: TaskTracker::new() }))
    }

    /// Stores a private token.
    pub(super) async fn put_private(&self, user: i64, token: &SecretString) -> Result<(), PutError> {
        let sealed = SealedToken::private(self.0.vault.seal(Purpose::AccessToken(user), token)?);
        Ok(self.0.store.put_token(user, &sealed, self.0.clock.now()).await?)
    }

    /// Stores the tokens of a sign-in by device.
    pub(super) async fn put_device(
        &self,
        user: i64,
        credentials: &AppCredentials,
        issued: &IssuedTokens,
    ) -> Result<(), PutError> {
        let now = self.0.clock.now();
        let sealed = self.seal(user, credentials, issued, now)?;
        Ok(self.0.store.put_token(user, &sealed, now).await?)
    }

    fn seal(
        &self,
        user: i64,
        credentials: &AppCredentials,
        issued: &IssuedTokens,
        now: Timestamp,
    ) -> Result<SealedToken, VaultError> {
        let refresh = RefreshCredentials {
            client_id: credentials.client_id.clone(),
            client_secret: credentials.client_secret.expose_secret().to_owned(),
            refresh_token: issued.refresh_token.expose_secret().to_owned(),
        };
        let refresh = SecretString::from(serde_json::to_string(&refresh).unwrap_or_default());
        let access = self.0.vault.seal(Purpose::AccessToken(user), &issued.access_token)?;
        let refresh = self.0.vault.seal(Purpose::RefreshCredentials(user), &refresh)?;
        let life = i64::try_from(issued.expires_in.as_millis()).unwrap_or(i64::MAX);
        Ok(SealedToken::device(access, refresh, now, now.plus_millis(life)))
    }

    /// Waits for renewals under way, and stores what is not stored yet.
    pub(super) async fn shut_down(&self) {
        self.0.tasks.close();
        tokio::select! {
            () = self.0.tasks.wait() => {}
            () = self.0.clock.sleep(FAREWELL) => tracing::warn!("a renewal of a token was not waited for"),
        }
        let renewals: Vec<_> = lock(&self.0.renewals).iter().map(|(user, it)| (*user, Arc::clone(it))).collect();
        for (user, renewal) in renewals {
            self.save(user, &renewal).await;
        }
    }

    /// The token of an account for question after question.
    ///
    /// # Errors
    /// [`Error::NoToken`] when there is none or Real-Debrid renews it no more, [`Error::TokenStore`] when it cannot be read.
    pub(super) async fn keeper(&self, user: i64) -> Result<Arc<dyn TokenSource>, Error> {
        let held = Self::hold(self.open(user).await?)?;
        Ok(Arc::new(Keeper { safe: self.clone(), user, held: Mutex::new(held) }))
    }

    /// Until when a token may be used without a look at what is stored.
    fn hold(opened: Opened) -> Result<Held, Error> {
        if opened.sealed.is_refused() {
            return Err(Error::NoToken {
                reason: "Real-Debrid no longer gives this server access to the account".to_owned(),
            });
        }
        let good_until = opened.sealed.life().map(|(since, until)| {
            let ahead = i64::try_from(AHEAD.as_millis()).unwrap_or_default().min(until.millis_since(since) / 10);
            until.plus_millis(-ahead)
        });
        Ok(Held { token: opened.access, good_until })
    }

    fn renewal(&self, user: i64) -> Arc<Renewal> {
        Arc::clone(lock(&self.0.renewals).entry(user).or_default())
    }

    async fn open(&self, user: i64) -> Result<Opened, Error> {
        let renewal = self.renewal(user);
        self.save(user, &renewal).await;
        let stored = self.0.store.token(user).await.map_err(unreadable)?;
        let stored = stored.ok_or_else(|| Error::NoToken { reason: "none is stored".to_owned() })?;
        let unsaved = lock(&renewal.unsaved).clone();
        let in_database = stored.sealed_access_token.clone();
        let sealed = match unsaved {
            Some((before, renewed)) if before == in_database => renewed,
            _ => stored,
        };
        let cannot = |_| Error::NoToken { reason: "the stored one cannot be opened".to_owned() };
        let access =
            self.0.vault.open_secret(Purpose::AccessToken(user), &sealed.sealed_access_token).map_err(cannot)?;
        let refresh = match &sealed.sealed_refresh_credentials {
            None => None,
            Some(refresh) => {
                let refresh = self.0.vault.open_secret(Purpose::RefreshCredentials(user), refresh).map_err(cannot)?;
                serde_json::from_str(refresh.expose_secret()).ok()
            }
        };
        Ok(Opened { stored: in_database, sealed, access, refresh })
    }

    /// A token that is good for a while, renewed if that is needed.
    async fn good(&self, user: i64) -> Result<Held, Error> {
        let opened = self.open(user).await?;
        let (access, life) = (opened.access.clone(), opened.sealed.life());
        let held = Self::hold(opened)?;
        let now = self.0.clock.now();
        if held.good_until.is_none_or(|until| now < until) {
            return Ok(held);
        }
        match self.renewed(user, &access).await {
            Ok(_) => Self::hold(self.open(user).await?),
            // It is good still; whoever asks when it is not hears of the failure.
            Err(error) if !error.needs_sign_in() && life.is_some_and(|(_, until)| now < until) => Ok(held),
            Err(error) => Err(error),
        }
    }

    /// Another token than `old`; none when it cannot be renewed.
    async fn renewed(&self, user: i64, old: &SecretString) -> Result<Option<SecretString>, Error> {
        let (safe, old) = (self.clone(), old.clone());
        let task = self.0.tasks.spawn(async move { safe.renew(user, &old).await });
        task.await.unwrap_or_else(|_| {
            Err(Error::TokenStore { cause: "The renewal of the token broke off: try again.".to_owned() })
        })
    }

    async fn renew(&self, user: i64, old: &SecretString) -> Result<Option<SecretString>, Error> {
        let renewal = self.renewal(user);
        let mut turn = renewal.turn.lock().await;
        let among_servers = self.turn_among_servers(user, old).await?;
        let renewed = self.renew_alone(user, old, &renewal, &mut turn).await;
        if let Some(lease) = among_servers
            && let Err(error) = self.0.store.release(lease).await
        {
            tracing::debug!(account = user, ?error, "other servers may renew the token a little later");
        }
        renewed
    }

    /// Waits until no other server on the database renews the token: a refresh token may be good for once. None where
    /// there are no others, or when another has brought a new token.
    async fn turn_among_servers(&self, user: i64, old: &SecretString) -> Result<Option<Lease>, Error> {
        let Inner { store, clock, .. } = &*self.0;
        if !store.is_shared() {
            return Ok(None);
        }
        let mut last = (Sight { number: 0, beat: 0 }, clock.elapsed());
        loop {
            let is_dead = clock.elapsed().saturating_sub(last.1) >= LONGEST_RENEWAL;
            let seen = if is_dead { last.0 } else { Sight { number: 0, beat: 0 } };
            if let Some(lease) = store.take_lease(user, Task::Renewal, seen).await.map_err(unreadable)? {
                return Ok(Some(lease));
            }
            if self.open(user).await?.access.expose_secret() != old.expose_secret() {
                return Ok(None);
            }
            if let Some(sight) = store.lease_seen(user, Task::Renewal).await.map_err(unreadable)?
                && sight != last.0
            {
                last = (sight, clock.elapsed());
            }
            clock.sleep(GLANCE).await;
        }
    }

    async fn renew_alone(
        &self,
        user: i64,
        old: &SecretString,
        renewal: &Renewal,
        turn: &mut Turn,
    ) -> Result<Option<SecretString>, Error> {
        let opened = self.open(user).await?;
        // Whoever had the turn before has brought another, or the account has signed in anew.
        if opened.access.expose_secret() != old.expose_secret() {
            return Ok(Some(opened.access));
        }
        let Some(refresh) = opened.refresh else { return Ok(None) };
        if opened.sealed.is_refused() {
            return Err(Error::TokenRefused { status: 403, code: None });
        }
        let elapsed = self.0.clock.elapsed();
        if let Some((_, error)) = turn.rest.as_ref().filter(|(until, _)| elapsed < *until) {
            return Err(error.clone());
        }
        let RefreshCredentials { client_id, client_secret, refresh_token } = refresh;
        let credentials = AppCredentials { client_id, client_secret: client_secret.into() };
        match self.0.flow.tokens(&credentials, &refresh_token.into()).await {
            Ok(issued) => {
                turn.rest = None;
                let cannot = |error: VaultError| Error::TokenStore { cause: error.to_string() };
                let sealed = self.seal(user, &credentials, &issued, self.0.clock.now()).map_err(cannot)?;
                *lock(&renewal.unsaved) = Some((opened.stored, sealed));
                self.save(user, renewal).await;
                tracing::info!(account = user, "the Real-Debrid token was renewed");
                Ok(Some(issued.access_token))
            }
            Err(error) => {
                let error = as_outage(error);
                tracing::warn!(account = user, %error, "the Real-Debrid token could not be renewed");
                if error.needs_sign_in() {
                    let now = self.0.clock.now();
                    if let Err(error) = self.0.store.refuse_token(user, &opened.stored, now).await {
                        tracing::warn!(account = user, ?error, "that the token was refused could not be stored");
                    }
                }
                let rest = error.retry_after().unwrap_or_default().max(REST);
                turn.rest = Some((elapsed.saturating_add(rest), error.clone()));
                Err(error)
            }
        }
    }

    /// Stores what could not be stored before, if there is any.
    async fn save(&self, user: i64, renewal: &Renewal) {
        let Some((before, sealed)) = lock(&renewal.unsaved).clone() else { return };
        match self.0.store.renew_token(user, &before, &sealed).await {
            Ok(_) => *lock(&renewal.unsaved) = None,
            Err(error) => tracing::warn!(account = user, ?error, "a renewed token could not be stored yet"),
        }
    }
}

/// Why a token could not be stored.
#[derive(Debug, thiserror::Error)]
pub(super) enum PutError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A refusal for being too many is one of the library to those who ask, who would ask on at its pace.
fn as_outage(error: Error) -> Error {
    match error {
        Error::RateLimited { status, code, retry_after } => Error::Unavailable { status, code, retry_after },
        error => error,
    }
}

/// A token in use.
struct Held {
    token: SecretString,
    /// None for one that has no end.
    good_until: Option<Timestamp>,
}

/// The token of one account, for as long as a client lives. What is stored is looked at again only when that can matter.
struct Keeper {
    safe: Safe,
    user: i64,
    held: Mutex<Held>,
}

impl Keeper {
    fn take(&self, held: Held) -> SecretString {
        let token = held.token.clone();
        *lock(&self.held) = held;
        token
    }
}

impl TokenSource for Keeper {
    fn token(&self) -> Tokened<'_, SecretString> {
        let now = self.safe.0.clock.now();
        let good = {
            let held = lock(&self.held);
            held.good_until.is_none_or(|until| now < until).then(|| held.token.clone())
        };
        Box::pin(async move {
            match good {
                Some(token) => Ok(token),
                None => Ok(self.take(self.safe.good(self.user).await?)),
            }
        })
    }

    fn renewed<'a>(&'a self, refused: &'a SecretString) -> Tokened<'a, Option<SecretString>> {
        let has_end = lock(&self.held).good_until.is_some();
        Box::pin(async move {
            // A private token is as good as it ever gets.
            if !has_end || self.safe.renewed(self.user, refused).await?.is_none() {
                return Ok(None);
            }
            let held = Safe::hold(self.safe.open(self.user).await?)?;
            Ok(Some(self.take(held)))
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(error: StoreError) -> Error {
    Error::TokenStore { cause: error.to_string() }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
