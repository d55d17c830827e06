//! Where a run gets its access from, without knowing how people sign in.

use crate::domain::ApiError;
use secrecy::SecretString;
use std::{future::Future, pin::Pin};

/// What a run needs to ask Real-Debrid.
#[derive(Debug, Clone)]
pub struct RealDebridAccess {
    /// Base URL of the REST API.
    pub api_url: String,
    /// Bearer token.
    pub token: SecretString,
    /// The number of the account there, to which the run is pinned.
    pub real_debrid_id: i64,
}

/// Gives runs their access.
pub trait Credentials: Send + Sync {
    /// The access of an account.
    fn access(&self, user: i64) -> Pin<Box<dyn Future<Output = Result<RealDebridAccess, ApiError>> + Send + '_>>;
}
