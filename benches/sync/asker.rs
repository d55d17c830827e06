//! The plainest client of Real-Debrid there is, for what is measured against.

use crate::Result;
use serde::de::DeserializeOwned;

/// Rows of a page, the most Real-Debrid gives.
pub(crate) const PAGE_ROWS: usize = 5_000;

/// Asks and counts.
pub(crate) struct Asker {
    http: reqwest::Client,
    api_url: String,
    pub(crate) requests: i64,
}

/// An answer that has not been read yet.
pub(crate) struct Body {
    bytes: Vec<u8>,
    /// `X-Total-Count`, 0 without one.
    pub(crate) total: usize,
}

impl Body {
    /// What is in it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_slice(&self.bytes)?)
    }
}

impl Asker {
    pub(crate) fn new(api_url: &str) -> Self {
        Self { http: client(), api_url: api_url.to_owned(), requests: 0 }
    }

    /// Sends for an answer, which travels while something else is done.
    pub(crate) fn send_for(&mut self, path: &str) -> tokio::task::JoinHandle<Result<Body>> {
        self.requests += 1;
        let request = self.http.get(format!("{}/{path}", self.api_url)).bearer_auth(crate::real_debrid::TOKEN);
        tokio::spawn(async move {
            let response = request.send().await?.error_for_status()?;
            let total = response.headers().get("x-total-count").and_then(|total| total.to_str().ok()?.parse().ok());
            Ok(Body { bytes: response.bytes().await?.into(), total: total.unwrap_or_default() })
        })
    }

    /// An answer with the total that came with it.
    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<(T, usize)> {
        let body = self.send_for(path).await??;
        Ok((body.read()?, body.total))
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing here has to survive a silence")]
pub(crate) fn client() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}
