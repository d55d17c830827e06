//! A request, taken apart.

use super::percent;
use axum::{body::Bytes, http::header};

/// A request, taken apart.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    /// As sent, for the methods that take a file.
    pub(crate) body: Bytes,
    pub(crate) token: Option<String>,
}

impl Asked {
    pub(crate) fn new(request: &axum::extract::Request, body: Bytes) -> Self {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let query = percent::pairs(request.uri().query().unwrap_or_default());
        let bearer = text(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
        let in_query = query.iter().find(|(name, _)| name == "auth_token").map(|(_, value)| value.as_str());
        Self {
            method: text("x-http-verb").unwrap_or(request.method().as_str()).to_ascii_uppercase(),
            path: request.uri().path().to_owned(),
            token: bearer.or(in_query).map(|token| token.trim().to_owned()),
            form: percent::pairs(&String::from_utf8_lossy(&body)),
            body,
            query,
        }
    }

    /// A `GET` that came without a socket.
    pub(crate) fn get(target: &str, token: Option<&str>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: percent::pairs(query),
            form: Vec::new(),
            body: Bytes::new(),
            token: token.map(str::to_owned),
        }
    }

    /// Path and query, for what depends on the address alone.
    pub(crate) fn address(&self) -> String {
        format!("{}?{}", self.path, self.public_query())
    }

    /// The query for the journal, which must not hold a token.
    pub(crate) fn public_query(&self) -> String {
        let pairs = self.query.iter().filter(|(name, _)| name != "auth_token");
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}
