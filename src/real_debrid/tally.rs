//! What is counted of the questions: each request by its outcome, and each wait by its reason.

use super::{Conductor, Error, Stopped, Wait, WaitReason};
use crate::metrics::{Endpoint, Metrics, Outcome, Reason, Waiting};
use std::{
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

/// A conductor that counts the waits of one question on their way to the real one.
pub(super) struct Counting<'a> {
    conductor: &'a dyn Conductor,
    metrics: &'a Metrics,
    wait: Mutex<Option<Waiting>>,
}

impl<'a> Counting<'a> {
    pub(super) fn new(conductor: &'a dyn Conductor, metrics: &'a Metrics) -> Self {
        Self { conductor, metrics, wait: Mutex::default() }
    }
}

impl Conductor for Counting<'_> {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        self.conductor.permission()
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        self.conductor.stopped()
    }

    fn waits(&self, wait: Option<Wait>) {
        let begun = wait.as_ref().map(|wait| self.metrics.wait(reason(&wait.reason)));
        *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = begun;
        self.conductor.waits(wait);
    }
}

fn reason(reason: &WaitReason) -> Reason {
    match reason {
        WaitReason::OwnPace => Reason::OwnPace,
        WaitReason::Database => Reason::Database,
        WaitReason::RateLimited { .. } => Reason::RateLimited,
        WaitReason::Retry { .. } => Reason::Retry,
    }
}

/// What is asked at a path below the API's address.
pub(super) fn endpoint(path: &[&str]) -> Endpoint {
    match path {
        ["user"] => Endpoint::User,
        ["time", ..] => Endpoint::Time,
        ["torrents"] => Endpoint::Torrents,
        ["torrents", "info", _] => Endpoint::TorrentInfo,
        ["downloads"] => Endpoint::Downloads,
        _ => Endpoint::Other,
    }
}

pub(super) fn outcome<T>(result: &Result<T, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Ok,
        Err(Error::Stopped) => Outcome::GivenUp,
        Err(Error::RateLimited { .. }) => Outcome::RateLimited,
        // Whatever else it says: the pacer takes it so, too.
        Err(error) if matches!(error.status(), Some(429)) => Outcome::RateLimited,
        Err(Error::Unavailable { .. } | Error::Maintenance { .. }) => Outcome::Unavailable,
        Err(Error::TimedOut) => Outcome::TimedOut,
        Err(
            Error::Unreachable { .. }
            | Error::Setup { .. }
            | Error::TokenStore { .. }
            | Error::TokenRenewal { .. }
            | Error::Database { .. },
        ) => Outcome::Unreachable,
        Err(Error::Malformed { .. } | Error::Unreadable { .. }) => Outcome::Unreadable,
        Err(Error::TokenRefused { .. } | Error::NoToken { .. }) => Outcome::TokenRefused,
        Err(Error::NotPermitted { .. }) => Outcome::NotPermitted,
        Err(Error::NotFound { .. }) => Outcome::NotFound,
        Err(Error::Refused { .. }) => Outcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::Kind,
        metrics::{Metrics, Now},
        real_debrid::{
            Client, PageRequest, Transport,
            scripted::{Baton, Reply, Scripted, connection, manual_clock, refuses, says},
        },
    };
    use std::sync::Arc;

    #[tokio::test]
    async fn every_request_is_counted_with_its_outcome_and_every_wait_with_its_reason() {
        let script = [refuses(429, 34), says(503, "<html>"), Reply::BreaksOff("[{"), says(200, "[]"), refuses(401, 8)];
        let server = Scripted::new(script).await;
        let manual = manual_clock();
        let metrics = Metrics::new(&manual.clock());
        let transport = Transport::new(metrics.clone()).expect("a transport");
        let baton = Arc::new(Baton::skipping(&manual));
        let client = Client::new(transport, connection(&server.url, manual.clock(), baton));
        let first = PageRequest { page: 1, limit: 5_000, active_only: false };
        client.list(Kind::Torrent, first).await.expect("a page");
        client.user().await.expect_err("a refusal");
        let text = metrics.text(Now::default());
        for (endpoint, outcome) in [
            ("torrents", "rate_limited"),
            ("torrents", "unavailable"),
            ("torrents", "unreachable"),
            ("torrents", "ok"),
            ("user", "token_refused"),
        ] {
            let line = format!("dmm_real_debrid_requests_total{{endpoint=\"{endpoint}\",outcome=\"{outcome}\"}} 1\n");
            assert!(text.contains(&line), "{line}{text}");
        }
        let sent: u64 = text
            .lines()
            .filter(|line| line.starts_with("dmm_real_debrid_requests_total{"))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum();
        assert_eq!(sent, client.requests_sent());
        for line in [
            "dmm_waits_total{reason=\"rate_limited\"} 1\n",
            "dmm_wait_seconds_total{reason=\"rate_limited\"} 10.0\n",
            "dmm_waits_total{reason=\"retry\"} 2\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
