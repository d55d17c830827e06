//! An answer before it is on the wire: plain data, so that routes and faults can be written without any I/O.

use super::json::{self, Layout};
use serde::Serialize;

/// Status, headers, body, and how they are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Absent for answers without a body.
    pub(crate) content_type: Option<&'static str>,
    /// `X-Total-Count`.
    pub(crate) total: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

/// An answer as the client of [`super::Simulator::ask`] gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `X-Total-Count`.
    pub total: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// All of the body, whatever becomes of it on the way.
    pub body: Vec<u8>,
    /// What the network does to it.
    pub delivery: Delivery,
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        let Answer { status, total, retry_after, body, delivery, .. } = answer;
        Self { status, total, retry_after, body, delivery }
    }
}

/// How the bytes reach the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// All of them.
    Whole,
    /// Half of it, then the connection ends.
    Cut,
    /// The connection is reset before a byte is sent.
    Reset,
    /// Nothing is ever sent.
    Silence,
    /// At this many bytes a second.
    Drip(u64),
}

impl Answer {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, content_type: None, total: None, retry_after: None, body: Vec::new(), delivery: Delivery::Whole }
    }

    pub(crate) fn json<T: Serialize + ?Sized>(status: u16, value: &T, layout: Layout) -> Self {
        Self { content_type: Some("application/json"), body: json::write(value, layout), ..Self::empty(status) }
    }

    pub(crate) fn json_text(status: u16, body: String) -> Self {
        Self { content_type: Some("application/json"), body: body.into_bytes(), ..Self::empty(status) }
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self { content_type: Some("text/html; charset=utf-8"), body: body.into(), ..Self::empty(status) }
    }

    pub(crate) fn text(body: String) -> Self {
        Self { content_type: Some("text/html; charset=utf-8"), body: body.into_bytes(), ..Self::empty(200) }
    }

    pub(crate) fn with_total(self, total: String) -> Self {
        Self { total: Some(total), ..self }
    }
}
