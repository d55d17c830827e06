//! What a run needs of an account, taken from what is stored.

use super::Accounts;
use crate::{
    domain::{ApiError, ErrorCode},
    store::Service,
    sync::{Credentials, RealDebridAccess},
};
use std::{future::Future, pin::Pin};

impl Credentials for Accounts {
    fn access(&self, user: i64) -> Pin<Box<dyn Future<Output = Result<RealDebridAccess, ApiError>> + Send + '_>> {
        Box::pin(async move {
            let options = self.options();
            let reconnect = |why: &str| ApiError::new(ErrorCode::TokenRefused, why);
            let missing = || reconnect("No Real-Debrid token is stored: sign in again on the Connection page.");
            let account = options.store.user(user).await?.ok_or_else(missing)?;
            let api_url = match (account.service, &options.demo) {
                (Service::RealDebrid, _) => options.api_url.clone(),
                (Service::Demo, Some(demo)) => demo.api_url.clone(),
                (Service::Demo, None) => {
                    return Err(reconnect("The demo library is off: start the server with --demo."));
                }
            };
            let token = self.safe().keeper(user).await.map_err(|error| {
                let code = if error.needs_sign_in() { ErrorCode::TokenRefused } else { ErrorCode::DatabaseUnavailable };
                ApiError::new(code, error.to_string())
            })?;
            Ok(RealDebridAccess { api_url, token, real_debrid_id: account.real_debrid_id })
        })
    }
}
