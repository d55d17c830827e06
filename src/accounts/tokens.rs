//! The safe of Real-Debrid tokens: opens what is stored, and renews it before it expires or when it is refused.
//!
//! A renewal is made by a task of its own, one at a time for each account, and its result is stored before anybody uses
//! it: whoever asks meanwhile waits for the same one, and who gives up waiting does not break it off. A refresh token
//! that Real-Debrid has replaced is worthless, so a result that cannot be stored is kept in memory until it can be.

mod renewal;

use super::vault::{Purpose, Vault, VaultError};
use crate::{
    clock::Clock,
    domain::Timestamp,
    real_debrid::{AppCredentials, DeviceFlow, Error, IssuedTokens, TokenSource, Tokened},
    store::{Lease, SealedToken, Store, StoreError},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::Duration,
};
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long before its end a token is renewed, at most; of a short life a tenth.
const AHEAD: Duration = Duration::from_mins(5);
/// How long the end of the server waits for renewals.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long a token that is good still waits for its renewal.
const HURRY: Duration = Duration::from_secs(10);

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
    leaving: CancellationToken,
}

/// What is known of an account's renewals, held while one is under way.
#[derive(Default)]
struct Renewal {
    turn: AsyncMutex<Turn>,
    /// A result that could not be stored, with the sealed token that it replaces.
    unsaved: Mutex<Option<(Vec<u8>, SealedToken)>>,
    /// Whether a task is about to store it …
    is_kept: AtomicBool,
    /// … and what keeps the other servers off until then.
    lease: Mutex<Option<Lease>>,
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
        Self(Arc::new(Inner {
            store,
            vault,
            flow,
            clock,
            renewals: Mutex::default(),
            tasks: TaskTracker::new(),
            leaving: CancellationToken::new(),
        }))
    }

    /// Stores a private token; false when the account was disconnected.
    pub(super) async fn put_private(&self, user: i64, token: &SecretString) -> Result<bool, PutError> {
        let sealed = SealedToken::private(self.0.vault.seal(Purpose::AccessToken(user), token)?);
        Ok(self.0.store.put_token(user, &sealed, self.0.clock.now()).await?)
    }

    /// Stores the tokens of a sign-in by device; false when the account was disconnected.
    pub(super) async fn put_device(
        &self,
        user: i64,
        credentials: &AppCredentials,
        issued: &IssuedTokens,
    ) -> Result<bool, PutError> {
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
        self.0.leaving.cancel();
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
    /// [`Error::NoToken`] when there is none or Real-Debrid renews it no more, [`Error::TokenStore`] when it cannot be
    /// read, [`Error::Database`] when no waiting mends that.
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
        let life = opened.sealed.life();
        let good_until = life.map(|(since, until)| {
            let ahead = i64::try_from(AHEAD.as_millis()).unwrap_or_default().min(until.millis_since(since) / 10);
            until.plus_millis(-ahead)
        });
        Ok(Held { token: opened.access, good_until, ends: life.map(|(_, until)| until) })
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
        let access = opened.access.clone();
        let held = Self::hold(opened)?;
        let now = self.0.clock.now();
        if held.good_until.is_none_or(|until| now < until) {
            return Ok(held);
        }
        let is_good_still = held.ends.is_some_and(|end| now < end);
        let renewed = tokio::select! {
            renewed = self.renewed(user, &access) => renewed,
            () = self.0.clock.sleep(HURRY), if is_good_still => return Ok(held),
        };
        match renewed {
            Ok(_) => Self::hold(self.open(user).await?),
            // Whoever asks when it is not good any more hears of the failure.
            Err(error) if !error.needs_sign_in() && is_good_still => Ok(held),
            Err(error) => Err(error),
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

/// A token in use.
struct Held {
    token: SecretString,
    /// None for one that has no end.
    good_until: Option<Timestamp>,
    /// Its real end, until when it is better than none.
    ends: Option<Timestamp>,
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

    /// The token in use, unless it has ended.
    fn still(&self) -> Option<SecretString> {
        let now = self.safe.0.clock.now();
        let held = lock(&self.held);
        held.ends.is_none_or(|end| now < end).then(|| held.token.clone())
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
                None => match (self.safe.good(self.user).await, self.still()) {
                    (Ok(held), _) => Ok(self.take(held)),
                    // A database that is away for a moment is no reason to wait while the token is good.
                    (Err(Error::TokenStore { .. } | Error::Database { .. }), Some(token)) => Ok(token),
                    (Err(error), _) => Err(error),
                },
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
    let cause = error.to_string();
    if error.trouble().is_some() { Error::TokenStore { cause } } else { Error::Database { cause } }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
