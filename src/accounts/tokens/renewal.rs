//! The renewal of a token: one at a time for each account, on one of the servers that share a database.
//!
//! Whoever renews holds a lease and beats for it until the result is stored; who has held it in silence for long has died,
//! or cannot reach the database.

use super::{RefreshCredentials, Renewal, Safe, Turn, lock, unreadable};
use crate::{
    accounts::vault::VaultError,
    real_debrid::{AppCredentials, Error},
    store::{Lease, Sight, StoreError, Task},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    convert::Infallible,
    future::pending,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How often a server says that it is still renewing.
const BEAT: Duration = Duration::from_secs(3);
/// After so long in silence its turn is another's: a network that is away for a moment must not make two renew, since a
/// refresh token may be good for once.
const SILENCE: Duration = Duration::from_mins(1);
/// So long a server waits for its turn, more than a dead one's takes to be free.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often is looked whether another server has renewed the token.
const GLANCE: Duration = Duration::from_millis(500);
/// How long nobody asks again after a renewal that failed.
const REST: Duration = Duration::from_mins(1);
/// A result that could not be stored is stored after this; each further wait is twice as long …
const SOON: Duration = Duration::from_secs(1);
/// … up to this.
const LATER: Duration = Duration::from_secs(16);
/// What nobody holds.
const FREE: Sight = Sight { number: 0, beat: 0 };

impl Safe {
    /// Another token than `old`; none when it cannot be renewed.
    pub(super) async fn renewed(&self, user: i64, old: &SecretString) -> Result<Option<SecretString>, Error> {
        let (safe, old) = (self.clone(), old.clone());
        let task = self.0.tasks.spawn(async move { safe.renew(user, &old).await });
        task.await.unwrap_or_else(|_| {
            Err(Error::TokenRenewal { cause: "The renewal of the token broke off: try again.".to_owned() })
        })
    }

    async fn renew(&self, user: i64, old: &SecretString) -> Result<Option<SecretString>, Error> {
        let renewal = self.renewal(user);
        let mut turn = renewal.turn.lock().await;
        let lease = self.turn_among_servers(user, old, &mut turn).await?;
        let renewed = tokio::select! {
            renewed = self.renew_alone(user, old, &renewal, &mut turn) => renewed,
            never = self.beat(lease) => match never {},
        };
        if renewal.is_unsaved() {
            if lease.is_some() {
                *lock(&renewal.lease) = lease;
            }
            if !renewal.is_kept.swap(true, Ordering::AcqRel) {
                self.0.tasks.spawn(self.clone().save_later(user, Arc::clone(&renewal)));
            }
        } else if !renewed.as_ref().is_err_and(|error| !error.needs_sign_in()) {
            // Apart, so that nobody waits for it who waits for the token.
            let safe = self.clone();
            self.0.tasks.spawn(async move { safe.give_back(lease).await });
        }
        // After a failure the lease is kept in silence: Real-Debrid may have replaced the refresh token all the same, and the
        // other servers shall rest, too.
        renewed
    }

    /// Waits until no other server on the database renews the token. None where there are no others, or when another has
    /// brought a new token.
    ///
    /// # Errors
    /// When the database fails, when the wait takes too long, and while it rests after that.
    async fn turn_among_servers(&self, user: i64, old: &SecretString, turn: &mut Turn) -> Result<Option<Lease>, Error> {
        let (store, clock) = (&self.0.store, &self.0.clock);
        if !store.is_shared() {
            return Ok(None);
        }
        let begun = clock.elapsed();
        let mut last = (FREE, begun);
        let mut take = FREE;
        loop {
            if let Some(lease) = store.take_lease(user, Task::Renewal, take).await.map_err(unreadable)? {
                return Ok(Some(lease));
            }
            if self.open(user).await?.access.expose_secret() != old.expose_secret() {
                return Ok(None);
            }
            if let Some(error) = turn.resting(clock.elapsed()) {
                return Err(error);
            }
            if clock.elapsed().saturating_sub(begun) >= PATIENCE || self.0.leaving.is_cancelled() {
                let cause =
                    "Another server has been renewing the token for too long: try again in a minute.".to_owned();
                let error = Error::TokenRenewal { cause };
                turn.rest = Some((clock.elapsed().saturating_add(REST), error.clone()));
                return Err(error);
            }
            take = FREE;
            if let Some((sight, holder)) = store.lease_seen(user, Task::Renewal).await.map_err(unreadable)? {
                if sight != last.0 {
                    last = (sight, clock.elapsed());
                }
                // This server has no other renewal of it under way: it never heard that it had got the lease.
                let is_own = holder.as_deref() == Some(store.name());
                if is_own || clock.elapsed().saturating_sub(last.1) >= SILENCE {
                    take = sight;
                }
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
        // Its successor would be renewed over what is not stored yet, and only one of the two could be.
        if renewal.is_unsaved() {
            return Err(Error::TokenStore { cause: "A renewed token could not be stored yet: try again.".to_owned() });
        }
        let Some(refresh) = opened.refresh else { return Ok(None) };
        if opened.sealed.is_refused() {
            return Err(Error::TokenRefused { status: 403, code: None });
        }
        let elapsed = self.0.clock.elapsed();
        if let Some(error) = turn.resting(elapsed) {
            return Err(error);
        }
        let RefreshCredentials { client_id, client_secret, refresh_token } = refresh;
        let credentials = AppCredentials { client_id, client_secret: client_secret.into() };
        match self.0.flow.tokens(&credentials, &refresh_token.into()).await {
            Ok(issued) => {
                turn.rest = None;
                let cannot = |error: VaultError| Error::TokenRenewal { cause: error.to_string() };
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
                    // Who slept in its turn was followed by another, and is refused for that alone.
                    let access = self.open(user).await?.access;
                    if access.expose_secret() != old.expose_secret() {
                        return Ok(Some(access));
                    }
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

    /// Says again and again that the holder of a lease lives.
    async fn beat(&self, lease: Option<Lease>) -> Infallible {
        let Some(lease) = lease else { return pending().await };
        loop {
            self.0.clock.sleep(BEAT).await;
            self.beat_once(lease).await;
        }
    }

    async fn beat_once(&self, lease: Lease) {
        let beaten = tokio::select! {
            beaten = self.0.store.beat(lease, None, None) => beaten,
            // A connection that is dead must not use up the time in which another one could be heard.
            () = self.0.clock.sleep(BEAT) => Err(StoreError::Contended),
        };
        if let Err(error) = beaten {
            tracing::debug!(account = lease.user, ?error, "other servers do not see that the token is being renewed");
        }
    }

    async fn give_back(&self, lease: Option<Lease>) {
        if let Some(lease) = lease
            && let Err(error) = self.0.store.release(lease).await
        {
            tracing::debug!(account = lease.user, ?error, "other servers may renew the token a little later");
        }
    }

    /// Stores a result as soon as it can be. Until then no other server shall renew with what is worthless by now.
    async fn save_later(self, user: i64, renewal: Arc<Renewal>) {
        tokio::select! {
            () = self.save_in_the_end(user, &renewal) => {}
            never = self.beat_for(&renewal) => match never {},
        }
        renewal.is_kept.store(false, Ordering::Release);
        let lease = lock(&renewal.lease).take();
        if !renewal.is_unsaved() {
            self.give_back(lease).await;
        }
    }

    /// Tries until it is stored, or the server ends.
    async fn save_in_the_end(&self, user: i64, renewal: &Renewal) {
        let mut wait = SOON;
        while renewal.is_unsaved() {
            let is_leaving = tokio::select! {
                () = self.0.clock.sleep(wait) => false,
                () = self.0.leaving.cancelled() => true,
            };
            self.save(user, renewal).await;
            if is_leaving {
                return;
            }
            wait = wait.saturating_mul(2).min(LATER);
        }
    }

    /// Beats for whatever lease the unsaved result is held under.
    async fn beat_for(&self, renewal: &Renewal) -> Infallible {
        loop {
            self.0.clock.sleep(BEAT).await;
            let lease = *lock(&renewal.lease);
            if let Some(lease) = lease {
                self.beat_once(lease).await;
            }
        }
    }

    /// Stores what could not be stored before, if there is any.
    pub(super) async fn save(&self, user: i64, renewal: &Renewal) {
        let Some((before, sealed)) = lock(&renewal.unsaved).clone() else { return };
        match self.0.store.renew_token(user, &before, &sealed, self.0.clock.now()).await {
            // Not what has come in its place meanwhile.
            Ok(_) => {
                drop(lock(&renewal.unsaved).take_if(|(_, it)| it.sealed_access_token == sealed.sealed_access_token));
            }
            Err(error) => tracing::warn!(account = user, ?error, "a renewed token could not be stored yet"),
        }
    }
}

impl Turn {
    /// What went wrong, for as long as nobody asks again.
    fn resting(&self, elapsed: Duration) -> Option<Error> {
        self.rest.as_ref().filter(|(until, _)| elapsed < *until).map(|(_, error)| error.clone())
    }
}

impl Renewal {
    fn is_unsaved(&self) -> bool {
        lock(&self.unsaved).is_some()
    }
}

/// A refusal for being too many is one of the library to those who ask, who would ask on at its pace.
fn as_outage(error: Error) -> Error {
    match error {
        Error::RateLimited { status, code, retry_after } => Error::Unavailable { status, code, retry_after },
        error => error,
    }
}

#[cfg(test)]
mod tests;
