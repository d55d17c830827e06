//! The way to Real-Debrid that all accounts share: how a connection is made, and an answer read to its end.
//!
//! It promises that nothing waits for ever, that a redirect never carries a token elsewhere, that a request is sent
//! once only (repeats are decided, counted and paced in [`retry`](super::retry)), and that errors name no address.

use super::{Error, decode::Answer, retry_after};
use crate::{domain::Timestamp, metrics::Metrics};
use reqwest::{
    Url,
    header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect, retry,
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    error::Error as _,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Once},
    time::Duration,
};

/// A page of 5,000 rows is some 3 MB; a larger answer than this is no answer to what was asked.
const LARGEST_BODY: usize = 128 << 20;

/// After so long a request is given up, from the connection to the end of the answer.
pub(super) const LONGEST: Duration = Duration::from_mins(3);

/// The shared way; clones share the connections.
#[derive(Clone, Debug)]
pub struct Transport {
    way: Way,
    /// Where all that goes this way is counted.
    metrics: Metrics,
}

#[derive(Clone)]
enum Way {
    Http(reqwest::Client),
    Other(Arc<dyn Exchange>),
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http(_) => "HTTP",
            Self::Other(_) => "another way",
        })
    }
}

/// A way that is no network: a Real-Debrid in the same process, on whatever clock it likes.
pub trait Exchange: Send + Sync {
    /// Answers a `GET`, or fails as a network would.
    fn get<'a>(
        &'a self,
        url: &'a Url,
        token: Option<&'a SecretString>,
    ) -> Pin<Box<dyn Future<Output = Result<Exchanged, Error>> + Send + 'a>>;
}

/// What came back, as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchanged {
    /// HTTP status.
    pub status: u16,
    /// The header `X-Total-Count`.
    pub total: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Transport {
    /// A client with time-outs and its own pool of connections; `metrics` counts what is asked by it.
    ///
    /// # Errors
    /// [`Error::Setup`] when the system's certificates cannot be read.
    pub fn new(metrics: Metrics) -> Result<Self, Error> {
        static PROVIDER: Once = Once::new();
        // Whoever installed one before us has settled the matter.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        reqwest::Client::builder()
            .user_agent(concat!("dmm/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30))
            // Against an answer that drips: the read time-out alone would let it live for ever.
            .timeout(LONGEST)
            // Servers close idle connections after 5 s or so; a request must not meet one that is being closed.
            .pool_idle_timeout(Duration::from_secs(3))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .build()
            .map(|client| Self { way: Way::Http(client), metrics })
            .map_err(|error| Error::Setup { reason: format!("HTTP client: {}", cause(&error)) })
    }

    /// Another way than the network.
    pub fn over(exchange: impl Exchange + 'static, metrics: Metrics) -> Self {
        Self { way: Way::Other(Arc::new(exchange)), metrics }
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Asks once. `now` is what a `Retry-After` with a date is measured from.
    pub(super) async fn get(&self, url: Url, token: Option<&SecretString>, now: Timestamp) -> Result<Answer, Error> {
        let exchanged = match &self.way {
            Way::Http(client) => {
                let mut request = client.get(url);
                if let Some(token) = token {
                    request = request.header(AUTHORIZATION, bearer(token)?);
                }
                fetch(request).await?
            }
            Way::Other(exchange) => exchange.get(&url, token).await?,
        };
        Ok(answer(exchanged, now))
    }

    /// Sends a form once, by HTTP only: nothing that is posted belongs to a library.
    pub(super) async fn post(&self, url: Url, form: &[(&str, &str)], now: Timestamp) -> Result<Answer, Error> {
        match &self.way {
            Way::Http(client) => Ok(answer(fetch(client.post(url).form(form)).await?, now)),
            Way::Other(_) => Err(Error::Setup { reason: "tokens are asked for over HTTP only".to_owned() }),
        }
    }
}

fn answer(Exchanged { status, total, retry_after, body }: Exchanged, now: Timestamp) -> Answer {
    let total = total.as_deref().and_then(super::decode::total);
    let retry_after = retry_after.and_then(|value| retry_after::read(&value, now));
    Answer { status, total, retry_after, body }
}

async fn fetch(request: reqwest::RequestBuilder) -> Result<Exchanged, Error> {
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let header = |name: &str| text(response.headers(), name).map(str::to_owned);
    let (total, retry_after) = (header("x-total-count"), header(RETRY_AFTER.as_str()));
    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut body = Vec::with_capacity(expected.min(LARGEST_BODY));
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Error::Malformed { status, reason: "an endless body".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Exchanged { status, total, retry_after, body })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A token that cannot even be a header was mistyped: the remedy is the same as for one that was refused.
fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    let token = token.expose_secret().trim();
    let header = HeaderValue::from_str(&format!("Bearer {token}")).ok().filter(|_| !token.is_empty());
    let mut header = header.ok_or(Error::TokenRefused { status: 401, code: None })?;
    header.set_sensitive(true);
    Ok(header)
}

fn failed(error: reqwest::Error) -> Error {
    if error.is_timeout() { Error::TimedOut } else { Error::Unreachable { cause: cause(&error.without_url()) } }
}

/// The innermost cause: "Connection refused" says more than "error sending request".
fn cause(error: &reqwest::Error) -> String {
    let mut innermost = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        innermost = error.to_string();
        source = error.source();
    }
    innermost
}
