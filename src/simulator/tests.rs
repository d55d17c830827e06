//! The simulator over real HTTP, as a client meets it.

mod faults;
mod lists;
mod oauth;
mod people;
mod torrents;

use super::{Knobs, Options, Simulator};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// A simulator without limits, and a client that knows its token.
pub(super) struct World {
    pub(super) simulator: Simulator,
    pub(super) client: Client,
}

impl World {
    pub(super) async fn new(torrents: usize, downloads: usize) -> Self {
        Self::with(torrents, downloads, Knobs::unlimited()).await
    }

    pub(super) async fn with(torrents: usize, downloads: usize, knobs: Knobs) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let simulator = Simulator::start(Options { torrents, downloads, knobs, ..Options::default() }).await.unwrap();
        Self { simulator, client: Client::builder().build().unwrap() }
    }

    pub(super) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.simulator.api_url());
        self.client.request(method.parse().unwrap(), url).bearer_auth(self.simulator.token())
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.unwrap()
    }

    /// The body of a 200.
    pub(super) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The ids on a page.
    pub(super) async fn ids(&self, path: &str) -> Vec<String> {
        let rows = self.json(path).await;
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Status and error code of a refusal.
    pub(super) async fn refusal(&self, request: RequestBuilder) -> (u16, i64) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap()["error_code"].as_i64().unwrap())
    }
}

/// The `X-Total-Count` of an answer.
pub(super) fn total(answer: &Response) -> Option<&str> {
    answer.headers().get("x-total-count").map(|value| value.to_str().unwrap())
}
