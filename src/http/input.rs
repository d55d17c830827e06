//! Requests into values, refused by naming the field.

use super::{answer::Answer, gate::unauthenticated};
use crate::{
    application::Session,
    domain::{ApiError, ErrorCode},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::BytesRejection},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

/// The session that the gate has found.
pub(super) struct Signed(pub(super) Session);

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Answer> {
        parts.extensions.get::<Session>().cloned().map(Self).ok_or_else(|| unauthenticated().into())
    }
}

/// A JSON body. An empty one is `{}`, where all fields may be absent.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        let text: &[u8] = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { &bytes };
        parse(text).map(Self).map_err(Answer::from)
    }
}

/// Parameters behind the question mark.
pub(super) struct Parameters<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Answer> {
        // A form sends the fields that were left empty too.
        let filled: Vec<_> = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| pair.split_once('=').is_none_or(|(_, value)| !value.is_empty()))
            .collect();
        let uri = format!("/?{}", filled.join("&")).parse().unwrap_or_else(|_| parts.uri.clone());
        match Query::try_from_uri(&uri) {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let cause = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                Err(ApiError::invalid(format!("The address cannot be read ({cause}): correct that parameter.")).into())
            }
        }
    }
}

/// Reads JSON; a refusal names the field.
pub(super) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        let field = if path == "." || path == "?" { String::new() } else { format!("{path}: ") };
        ApiError::invalid(format!("The body cannot be read ({field}{cause}): correct it and send it again."))
    })?;
    deserializer.end().map_err(|error| {
        ApiError::invalid(format!("The body cannot be read ({error}): send one JSON object and nothing behind it."))
    })?;
    Ok(value)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(rejection: BytesRejection) -> Answer {
    let error = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::new(ErrorCode::TooLarge, "The body is larger than is read here: send less.")
    } else {
        ApiError::invalid("The body did not arrive whole: send it again.")
    };
    error.into()
}
