//! One question from permission to answer, repeated while that can help.
//!
//! Permission, pace, request, decoding and the decision to repeat form one loop, so that every repeat is permitted,
//! paced and counted like a first request, and there is never more than one of a call in flight. Only what heals by
//! itself is repeated: a refused token or a missing torrent is an answer. A refusal for being too many is an order to
//! wait and no failure: it uses up no repeat, for as long as the connection has patience with refusals. Nor does a
//! database that is away and keeps the token.

use super::{
    Code, Conductor, Connection, Error, Tokened, Transport, Wait, WaitReason,
    conductor::Announced,
    decode::Answer,
    outage::Outage,
    pacer::{Class, Purpose, pause, sleep},
    tally::{Counting, endpoint, outcome},
};
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::Url;
use secrecy::SecretString;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);

/// A `GET` below the API's address.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, String)],
    pub(super) class: Class,
    /// Some addresses need no token, and then none is sent.
    pub(super) signed_in: bool,
}

/// The line to Real-Debrid of one account.
pub(super) struct Line {
    pub(super) http: Transport,
    pub(super) connection: Connection,
    pub(super) sent: AtomicU64,
}

impl Line {
    /// Asks until there is an answer, a failure that no repeat heals, or no repeat is left.
    pub(super) async fn ask<T>(
        &self,
        question: Question<'_>,
        decode: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Connection { max_retries, refusal_patience, clock, conductor, .. } = &self.connection;
        let conductor = Counting::new(conductor.as_ref(), self.http.metrics());
        let path = question.path.join("/");
        let url = url(&self.connection.api_url, &question)?;
        let mut delays = delays(*max_retries, clock.scatter());
        let mut attempt = 0;
        let mut refused_since = None;
        let mut token = self.token_for(&question, &conductor).await;
        let mut is_renewed = false;
        loop {
            let asked = match &token {
                Ok(token) => self.ask_once(url.clone(), token.as_ref(), &question, &conductor, &decode).await,
                Err(error) => Err(error.clone()),
            };
            let error = match asked {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            // Once, at once, and no repeat: a token that is new and refused too is an answer.
            if let (Error::TokenRefused { .. }, Ok(Some(refused)), false) = (&error, &token, is_renewed) {
                match self.tokened(&conductor, || self.connection.token.renewed(refused)).await {
                    Ok(None) => {}
                    // A renewal that failed has said nothing of the account: the repeats below try it again.
                    renewed => {
                        is_renewed = renewed.is_ok();
                        token = renewed;
                        continue;
                    }
                }
            }
            let is_refusal = matches!(error, Error::RateLimited { .. });
            let now = clock.elapsed();
            refused_since = is_refusal.then(|| refused_since.unwrap_or(now));
            let delay = match refused_since {
                Some(since) if !refusal_patience.is_zero() => {
                    (now.saturating_sub(since) < *refusal_patience).then_some(Duration::ZERO)
                }
                _ if error.is_transient() => delays.next(),
                _ => None,
            };
            let status = error.status();
            let Some(delay) = delay else {
                if error.is_transient() {
                    tracing::warn!(path, attempt, status, %error, "gave up asking Real-Debrid");
                } else {
                    tracing::debug!(path, attempt, status, %error, "Real-Debrid said no");
                }
                return Err(error);
            };
            tracing::debug!(path, attempt, status, %error, "asking Real-Debrid again");
            // After a refusal for being too many the pacer holds every request of the account, this one included.
            if !is_refusal {
                attempt += 1;
                let duration = error.retry_after().unwrap_or(delay);
                let reason = WaitReason::Retry { attempt, of: *max_retries, cause: error.to_string() };
                pause(clock, &conductor, Wait { reason, duration }).await?;
            }
            // Waits can outlast a token, and one that could not be had may be had now.
            token = self.token_for(&question, &conductor).await;
        }
    }

    async fn token_for(
        &self,
        question: &Question<'_>,
        conductor: &Counting<'_>,
    ) -> Result<Option<SecretString>, Error> {
        if !question.signed_in {
            return Ok(None);
        }
        self.tokened(conductor, || self.connection.token.token()).await.map(Some)
    }

    /// What the source of tokens answers. Where it is kept in a database that is away, that is waited for, as long as the
    /// connection has patience; it says nothing of Real-Debrid, so it uses up no repeat.
    async fn tokened<'a, T>(&self, conductor: &Counting<'_>, ask: impl Fn() -> Tokened<'a, T>) -> Result<T, Error> {
        let Connection { refusal_patience, clock, .. } = &self.connection;
        let mut outage = Outage::new(*refusal_patience);
        // The database may take its time to say that it is away, and that is a wait for it as well.
        let mut away: Option<Announced<'_>> = None;
        loop {
            let cause = match unless_stopped(conductor, ask()).await {
                Err(Error::TokenStore { cause }) if !refusal_patience.is_zero() => cause,
                answer => return answer,
            };
            drop(away.take());
            let Some(duration) = outage.wait(clock.elapsed()) else { return Err(Error::Database { cause }) };
            tracing::debug!(cause, ?duration, "waiting for the database that keeps the token");
            let announced = Announced::new(conductor, Wait { reason: WaitReason::Database, duration });
            sleep(clock, conductor, duration).await?;
            let paused = clock.elapsed();
            conductor.permission().await?;
            outage.paused(clock.elapsed().saturating_sub(paused));
            away = Some(announced);
        }
    }

    async fn ask_once<T>(
        &self,
        url: Url,
        token: Option<&SecretString>,
        question: &Question<'_>,
        conductor: &Counting<'_>,
        decode: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Connection { clock, pacer, urgency, .. } = &self.connection;
        let slot = pacer.slot(Purpose { class: question.class, urgency: *urgency }, conductor).await?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let request = self.http.metrics().request(endpoint(question.path));
        let answer = tokio::select! {
            biased;
            () = conductor.stopped() => return Err(Error::Stopped),
            answer = self.http.get(url, token, clock.now_here()) => answer,
        };
        let result = answer.and_then(|answer| decode(&answer)).map_err(|error| {
            // One torrent may be infringing; an account or a list is not.
            let is_penalty = question.class != Class::Entry || pacer.refused_lately();
            if is_penalty { penalty_as_throttling(error) } else { error }
        });
        // The slot is held until the answer is judged, so that nobody sends between a refusal and its consequences.
        match &result {
            Err(error @ Error::RateLimited { .. }) => slot.refused(error.retry_after()),
            Err(error) if error.status() == Some(429) => slot.refused(None),
            Err(error) if error.is_transient() => {}
            Ok(_) | Err(_) => slot.answered(),
        }
        let outcome = outcome(&result);
        let took = request.ends(outcome);
        tracing::debug!(path = question.path.join("/"), ?outcome, ?took, "asked Real-Debrid");
        result
    }
}

async fn unless_stopped<T>(conductor: &Counting<'_>, token: Tokened<'_, T>) -> Result<T, Error> {
    tokio::select! {
        biased;
        () = conductor.stopped() => Err(Error::Stopped),
        token = token => token,
    }
}

/// While throttling, Real-Debrid can call a harmless request infringing.
fn penalty_as_throttling(error: Error) -> Error {
    match error {
        Error::Refused { status, code: code @ Some(Code::InfringingFile), .. } => {
            Error::RateLimited { status, code, retry_after: None }
        }
        other => other,
    }
}

/// The waits before each repeat: growing, and scattered so that many clients do not come back together.
fn delays(repeats: u32, seed: Option<u64>) -> impl Iterator<Item = Duration> + Send {
    // The jitter adds up to the whole delay, so half of the longest still leaves room for it.
    let builder = ExponentialBuilder::new()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST / 2)
        .with_factor(2.0)
        .with_max_times(usize::try_from(repeats).unwrap_or(usize::MAX))
        .with_jitter();
    let builder = match seed {
        Some(seed) => builder.with_jitter_seed(seed),
        None => builder,
    };
    builder.build().map(|delay| delay.min(LONGEST))
}

fn url(api_url: &str, question: &Question<'_>) -> Result<Url, Error> {
    let unusable = || Error::Setup { reason: "REAL_DEBRID_API_URL is no http or https address".to_owned() };
    let mut url =
        Url::parse(api_url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(unusable)?;
    url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(question.path);
    if !question.query.is_empty() {
        url.query_pairs_mut().extend_pairs(question.query);
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
