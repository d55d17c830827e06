//! The simulator over real HTTP, as a client meets it.
//!
//! The gathered facts (`real-debrid-api.md`, section 9) end in 28 demands on a simulator. Each has tests named after it,
//! `item_11_…`:
//!
//! | items | about | in |
//! |---|---|---|
//! | 1, 5, 26, 28 | one origin, who may ask, dead tokens, the journal | `people` |
//! | 2, 3, 4, 14, 16, 17, 23, 24 | layout, dates, refusals, sizes, fields, ids, progress, unknown things | `shape` |
//! | 6, 7, 8, 9, 27 | paging, empty lists, order, changes between pages, large libraries | `lists` |
//! | 10 | faults, by request, by number, by account, for a time | `faults` |
//! | 11 | limits | `limits` |
//! | 12 | ETags | `etags` |
//! | 13, 15, 20, 21 | the life of a torrent, its links, deletion, active ones | `torrents` |
//! | 15, 18, 19 | links, unrestricting, rows that age out | `links` |
//! | 21, 22 | unknown paths and hosters, traffic and media as empty maps | `people`, `services` |
//! | 25 | OAuth | `oauth` |

mod etags;
mod faults;
mod limits;
mod links;
mod lists;
mod oauth;
mod people;
mod services;
mod shape;
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

#[test]
fn each_of_the_28_items_has_a_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/simulator/tests");
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let tests = files.collect::<String>();
    let missing: Vec<_> = (1..=28).filter(|item| !tests.contains(&format!("\nasync fn item_{item}_"))).collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}
