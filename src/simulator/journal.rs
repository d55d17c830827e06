//! What was asked, so that a test can prove what a client did not do.

use std::{collections::VecDeque, time::Duration};

/// A demo that runs for weeks must not grow for ever.
const KEPT: usize = 200_000;

/// One request, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// From 1, over all accounts.
    pub number: u64,
    /// Time since the simulator was started.
    pub at: Duration,
    /// The verb after `X-HTTP-Verb`.
    pub method: String,
    /// As sent, for example `/rest/1.0/torrents`.
    pub path: String,
    /// Decoded, without `?` and without `auth_token`.
    pub query: String,
    /// See [`super::token_id`]; None when there was no token.
    pub token: Option<String>,
    /// Requests that were still being answered when this one came.
    pub in_flight: usize,
    /// 0 while it is being answered, and for a connection that was reset.
    pub status: u16,
    /// Of the body.
    pub bytes: usize,
}

impl Request {
    /// The path below the API's root, for example `/torrents`.
    pub fn endpoint(&self) -> &str {
        endpoint(&self.path)
    }
}

/// `path` without the root of the REST API; OAuth paths stay as they are.
pub(crate) fn endpoint(path: &str) -> &str {
    path.strip_prefix("/rest/1.0").unwrap_or(path)
}

#[derive(Debug, Default)]
pub(crate) struct Journal(VecDeque<Request>);

impl Journal {
    pub(crate) fn open(&mut self, request: Request) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }

    pub(crate) fn close(&mut self, number: u64, status: u16, bytes: usize) {
        // The one that ends is nearly always among the last.
        if let Some(request) = self.0.iter_mut().rev().find(|request| request.number == number) {
            request.status = status;
            request.bytes = bytes;
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
