//! From an [`Answer`] to bytes on the wire: whole, cut, dripping, compressed or never.

use super::{
    answer::{Answer, Delivery},
    clock::Clock,
    knobs::BodyShape,
    socket::Peer,
};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use futures::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use std::{io, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Long enough for the first half to leave before the connection ends.
const BEFORE_CUT: Duration = Duration::from_millis(30);
const DRIP_PAUSE: Duration = Duration::from_millis(100);

/// What of a request decides how its answer is delivered.
pub(crate) struct Asking<'a> {
    pub(crate) address: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

/// The response to a request.
pub(crate) async fn deliver(
    mut answer: Answer,
    asking: Asking<'_>,
    shape: &BodyShape,
    peer: &Peer,
    clock: Arc<Clock>,
    stopping: CancellationToken,
) -> Response<Body> {
    let mut headers = HeaderMap::new();
    if shape.etag && answer.status == 200 {
        let etag = if shape.etag_is_stale { etag(asking.address.as_bytes()) } else { etag(&answer.body) };
        if asking.headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
            answer = Answer { total: answer.total, ..Answer::empty(304) };
        }
        insert(&mut headers, "etag", &etag);
    }
    if let Some(content_type) = answer.content_type {
        insert(&mut headers, "content-type", content_type);
    }
    if let Some(total) = &answer.total {
        insert(&mut headers, "x-total-count", total);
    }
    if let Some(retry_after) = &answer.retry_after {
        insert(&mut headers, "retry-after", retry_after);
    }
    let accepts_gzip = asking
        .headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|encodings| encodings.contains("gzip"));
    if shape.gzip
        && accepts_gzip
        && !answer.body.is_empty()
        && let Ok(compressed) = gzip(&answer.body)
    {
        answer.body = compressed;
        insert(&mut headers, "content-encoding", "gzip");
    }
    let length = answer.body.len();
    let body = match answer.delivery {
        Delivery::Whole => Body::from(answer.body),
        Delivery::Cut => {
            insert(&mut headers, "content-length", &length.to_string());
            answer.body.truncate(length / 2);
            cut(answer.body, clock)
        }
        Delivery::Drip(rate) => {
            insert(&mut headers, "content-length", &length.to_string());
            drip(answer.body, rate, clock, stopping)
        }
        Delivery::Reset => {
            peer.reset();
            Body::empty()
        }
        Delivery::Silence => {
            stopping.cancelled().await;
            peer.reset();
            Body::empty()
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    *response.headers_mut() = headers;
    response
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(name, value);
    }
}

/// 40 hexadecimal digits without quotes, as in the documentation's sample.
fn etag(body: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(body).iter().take(20).fold(String::with_capacity(40), |mut etag, byte| {
        let _ = write!(etag, "{byte:02x}");
        etag
    })
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

fn cut(half: Vec<u8>, clock: Arc<Clock>) -> Body {
    let end = stream::once(async move {
        clock.sleep(BEFORE_CUT).await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    });
    Body::from_stream(stream::iter([Ok(Bytes::from(half))]).chain(end))
}

fn drip(body: Vec<u8>, rate: u64, clock: Arc<Clock>, stopping: CancellationToken) -> Body {
    let step = usize::try_from(rate.div_ceil(10).max(1)).unwrap_or(usize::MAX);
    Body::from_stream(stream::unfold(Bytes::from(body), move |mut rest| {
        let (clock, stopping) = (Arc::clone(&clock), stopping.clone());
        async move {
            if rest.is_empty() {
                return None;
            }
            tokio::select! {
                () = clock.sleep(DRIP_PAUSE) => {}
                () = stopping.cancelled() => return Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), Bytes::new())),
            }
            let drop = rest.split_to(step.min(rest.len()));
            Some((Ok(drop), rest))
        }
    }))
}
