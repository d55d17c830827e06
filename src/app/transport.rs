//! How [`ApiError`] travels from a server function to the browser: as the JSON body of REST.

use crate::domain::{ApiError, ErrorCode};
use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    /// What the machinery itself has to say, in words for people: the details are for developers and stay out.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::invalid(
                "The form was incomplete or held a value DMM does not know; reload the page and try again.",
            ),
            ServerFnErrorErr::Request(_) => Self::new(
                ErrorCode::Internal,
                "DMM cannot be reached; check your connection and that the server runs, then try again.",
            ),
            _ => Self::new(ErrorCode::Internal, "DMM's answer could not be understood; reload the page."),
        }
    }
}
