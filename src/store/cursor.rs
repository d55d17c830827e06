//! Where a page of a list ends, as the text that a reader hands back for the next one.

use crate::domain::ApiError;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// The text for an address.
pub(super) fn encode(place: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place, when the text names one that `belongs` to the list.
///
/// # Errors
/// `invalid_request`, naming `parameter` and what `conditions` a cursor is valid under.
pub(super) fn decode<T: DeserializeOwned>(
    text: &str,
    parameter: &str,
    conditions: &str,
    belongs: impl FnOnce(&T) -> bool,
) -> Result<T, ApiError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).filter(belongs).ok_or_else(|| {
        ApiError::invalid(format!(
            "{parameter} does not belong to this list: leave it out to start at the first page, and pass {conditions}."
        ))
    })
}
