//! What can go wrong with one answer.
//!
//! Some faults stand in front of the application, which then never hears of the request; others spoil the answer it gave.
//! The difference matters for anything that writes: after a cut connection a magnet has been added all the same.

use super::{
    answer::{Answer, Delivery},
    knobs::Knobs,
    refusal,
};

/// One way for an answer to go wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A refusal by its documented code, with the status seen with it: 8 is 401, 14 is 403, 34 is 429, …
    Code(i64),
    /// A refusal with a status of one's own.
    Refusal {
        /// HTTP status.
        status: u16,
        /// Number for programs.
        code: Option<i64>,
        /// Text for people.
        error: Option<String>,
    },
    /// A gateway's HTML page with this status: 502, 503, 504, …
    Html(u16),
    /// “Temporarily Down For Maintenance” as HTML, with 503 or with 200.
    Maintenance(u16),
    /// Any status and body.
    Body {
        /// HTTP status.
        status: u16,
        /// Sent as `application/json`.
        body: String,
    },
    /// 200 with `{}`.
    EmptyObject,
    /// 200 with an error object of this code.
    ErrorObject(i64),
    /// 200 without a body.
    EmptyBody,
    /// 200 with `[]`.
    EmptyArray,
    /// 204 with a total of 0, as an account without content answers.
    EmptyList,
    /// The first half of the true body, with the length of that half.
    Truncated,
    /// The first half of the true body, then the connection ends though more was announced.
    Cut,
    /// The connection is reset before anything is answered.
    Reset,
    /// The request is received and never answered.
    Silence,
    /// The true answer, at this many bytes a second.
    Drip(u64),
    /// The true answer without `X-Total-Count`.
    NoTotal,
    /// The true answer with this `X-Total-Count`.
    Total(String),
}

impl Fault {
    /// The answer when the application is not asked at all.
    pub(crate) fn in_front(&self, knobs: &Knobs) -> Option<Answer> {
        Some(match self {
            Self::Code(code) => refusal::by_code(*code, knobs),
            Self::Refusal { status, code, error } => refusal::with(*status, *code, error.clone(), knobs),
            Self::Html(status) => Answer::html(*status, &gateway_page(*status)),
            Self::Maintenance(status) => Answer::html(*status, MAINTENANCE),
            Self::Body { status, body } => Answer::json_text(*status, body.clone()),
            Self::EmptyObject => Answer::json_text(200, "{}".to_owned()),
            Self::ErrorObject(code) => Answer { status: 200, ..refusal::by_code(*code, knobs) },
            Self::EmptyBody => Answer::json_text(200, String::new()),
            Self::EmptyArray => Answer::json_text(200, "[]".to_owned()),
            Self::EmptyList => Answer::empty(204).with_total("0".to_owned()),
            Self::Reset => Answer { delivery: Delivery::Reset, ..Answer::empty(0) },
            Self::Silence => Answer { delivery: Delivery::Silence, ..Answer::empty(0) },
            Self::Truncated | Self::Cut | Self::Drip(_) | Self::NoTotal | Self::Total(_) => return None,
        })
    }

    /// The spoilt form of the application's answer.
    pub(crate) fn spoil(&self, mut answer: Answer) -> Answer {
        match self {
            Self::Truncated => answer.body.truncate(answer.body.len() / 2),
            Self::Cut => answer.delivery = Delivery::Cut,
            Self::Drip(rate) => answer.delivery = Delivery::Drip(*rate),
            Self::NoTotal => answer.total = None,
            Self::Total(text) => answer.total = Some(text.clone()),
            _ => {}
        }
        answer
    }
}

const MAINTENANCE: &str = "<!DOCTYPE html>\n<html><head><title>Temporarily Down For Maintenance</title></head>\
    <body><h1>We will be back soon</h1></body></html>\n";

fn gateway_page(status: u16) -> String {
    let title = match status {
        502 => "502 Bad Gateway".to_owned(),
        503 => "503 Service Temporarily Unavailable".to_owned(),
        504 => "504 Gateway Time-out".to_owned(),
        other => format!("{other} Error"),
    };
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
}
