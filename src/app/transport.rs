//! How [`ApiError`] travels from a server function to the browser: as the JSON body of REST.

use crate::domain::{ApiError, ErrorCode};
use leptos::server_fn::{
    Bytes, ContentType, Decodes, Encodes, Format, FormatType,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Serialize, de::DeserializeOwned};

/// What is said when no answer came.
pub const UNREACHABLE: &str = "DMM cannot be reached; check your connection and that the server runs, then try again.";

/// JSON that is read as text, as the islands' props and the event stream are: `server_fn`'s own reads bytes, and a
/// second reader in the browser weighs two kilobytes.
pub struct TextJson;

impl ContentType for TextJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for TextJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJson {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(&String::from_utf8_lossy(&bytes))
    }
}

impl FromServerFnError for ApiError {
    type Encoder = TextJson;

    /// What the machinery itself has to say, in words for people: the details are for developers and stay out.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::invalid(
                "The form was incomplete or held a value DMM does not know; reload the page and try again.",
            ),
            // There the body of the request could not be read, here that of the answer.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Self::new(
                ErrorCode::TooLarge,
                "The form did not arrive whole, or is larger than DMM accepts; shorten it and send it again.",
            ),
            ServerFnErrorErr::Request(_) => Self::new(ErrorCode::Internal, UNREACHABLE),
            _ => Self::new(ErrorCode::Internal, "DMM's answer could not be understood; reload the page."),
        };
        #[cfg(feature = "ssr")]
        super::request::refused(&error);
        error
    }
}
