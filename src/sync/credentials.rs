//! Where a run gets its access from, without knowing how people sign in.

use crate::{domain::ApiError, real_debrid::TokenSource};
use std::{future::Future, pin::Pin, sync::Arc};

/// What a run needs to ask Real-Debrid.
#[derive(Clone)]
pub struct RealDebridAccess {
    /// Base URL of the REST API.
    pub api_url: String,
    /// Gives each question its token.
    pub token: Arc<dyn TokenSource>,
    /// The number of the account there, to which the run is pinned.
    pub real_debrid_id: i64,
}

/// Gives runs their access.
pub trait Credentials: Send + Sync {
    /// The access of an account.
    fn access(&self, user: i64) -> Pin<Box<dyn Future<Output = Result<RealDebridAccess, ApiError>> + Send + '_>>;
}
