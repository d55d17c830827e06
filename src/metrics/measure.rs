//! Things that take time, counted when they end in whatever way: a future that is dropped in the middle counts too.

use super::{Batch, Endpoint, Metrics, Outcome, Reason};
use std::time::Duration;

/// A request to Real-Debrid on its way.
#[derive(Debug)]
pub struct Request {
    metrics: Metrics,
    endpoint: Endpoint,
    outcome: Outcome,
    begun: Duration,
}

/// A wait before a request.
#[derive(Debug)]
pub struct Waiting {
    metrics: Metrics,
    reason: Reason,
    begun: Duration,
}

/// A transaction of a run.
#[derive(Debug)]
pub struct Writing {
    metrics: Metrics,
    batch: Batch,
    begun: Duration,
}

impl Metrics {
    /// A request leaves. One that is dropped without an outcome was given up.
    #[must_use]
    pub fn request(&self, endpoint: Endpoint) -> Request {
        Request { metrics: self.clone(), endpoint, outcome: Outcome::GivenUp, begun: self.elapsed() }
    }

    /// A wait begins; it ends with the value.
    #[must_use]
    pub fn wait(&self, reason: Reason) -> Waiting {
        Waiting { metrics: self.clone(), reason, begun: self.elapsed() }
    }

    /// A transaction begins; it ends with the value.
    #[must_use]
    pub fn batch(&self, batch: Batch) -> Writing {
        Writing { metrics: self.clone(), batch, begun: self.elapsed() }
    }

    fn since(&self, begun: Duration) -> f64 {
        self.elapsed().saturating_sub(begun).as_secs_f64()
    }
}

impl Request {
    /// The request ends so. Gives how long it took.
    pub fn ends(mut self, outcome: Outcome) -> Duration {
        self.outcome = outcome;
        self.metrics.elapsed().saturating_sub(self.begun)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let metrics = &self.metrics.0;
        let labels = [("endpoint", self.endpoint.word()), ("outcome", self.outcome.word())];
        metrics.requests.get_or_create(&labels).inc();
        metrics
            .request_seconds
            .get_or_create(&[("endpoint", self.endpoint.word())])
            .observe(self.metrics.since(self.begun));
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let labels = [("reason", self.reason.word())];
        self.metrics.0.waits.get_or_create(&labels).inc();
        self.metrics.0.wait_seconds.get_or_create(&labels).inc_by(self.metrics.since(self.begun));
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let labels = [("batch", self.batch.word())];
        self.metrics.0.batch_seconds.get_or_create(&labels).observe(self.metrics.since(self.begun));
    }
}
