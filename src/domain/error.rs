//! The one error that REST, server functions and pages show.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of failure it was; for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A body, query or path that cannot be read.
    InvalidRequest,
    /// A setting out of range.
    InvalidConfiguration,
    /// No live session.
    Unauthenticated,
    /// Real-Debrid refused the token.
    TokenRefused,
    /// A sign-in by device has ended: its code expired, was refused, or was used.
    SignInEnded,
    /// The account may not use this server.
    NotAllowed,
    /// A request that changes something came from another site.
    ForeignOrigin,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// The method is not for this address.
    MethodNotAllowed,
    /// The body is larger than accepted.
    TooLarge,
    /// Too many sign-ins came from one address.
    TooManyAttempts,
    /// The request did not arrive whole, or took too long.
    TimedOut,
    /// A sync is already running or paused.
    AlreadyRunning,
    /// The state does not allow the action.
    NotInThisState,
    /// Real-Debrid cannot be asked or answers nonsense.
    RealDebridUnavailable,
    /// The database does not answer.
    DatabaseUnavailable,
    /// A defect in DMM.
    Internal,
}

impl ErrorCode {
    /// The HTTP status of an answer with this code.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::InvalidConfiguration => 400,
            Self::Unauthenticated | Self::TokenRefused => 401,
            Self::NotAllowed | Self::ForeignOrigin => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::AlreadyRunning | Self::NotInThisState => 409,
            Self::TimedOut => 408,
            Self::SignInEnded => 410,
            Self::TooLarge => 413,
            Self::TooManyAttempts => 429,
            Self::Internal => 500,
            Self::RealDebridUnavailable => 502,
            Self::DatabaseUnavailable => 503,
        }
    }
}

/// A failure in one actionable sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// Always false, so that every answer can be told by the same field.
    pub success: bool,
    /// What went wrong and what to do, for people.
    pub error: String,
    /// The kind of failure, for programs.
    pub code: ErrorCode,
}

impl ApiError {
    /// `error` is one sentence that says what to do.
    pub fn new(code: ErrorCode, error: impl Into<String>) -> Self {
        Self { success: false, error: error.into(), code }
    }

    /// A request that cannot be read.
    pub fn invalid(error: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, error)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl std::error::Error for ApiError {}
