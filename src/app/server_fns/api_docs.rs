//! The data of the page that describes the API.

use crate::{
    app::api_docs::ApiDocs,
    domain::{ApiError, User},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The description of the API.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApiDocsData {
    /// Who is signed in.
    pub user: User,
    /// The description.
    pub docs: ApiDocs,
    /// Commands that go before all others.
    pub preparation: String,
}

/// The description of the API.
///
/// # Errors
/// `unauthenticated`, `database_unavailable`.
#[server(prefix = "/api/ui", endpoint = "api_docs_page")]
pub async fn load_api_docs() -> Result<ApiDocsData, ApiError> {
    use crate::app::{
        api_docs::{ApiDocument, preparation, read},
        request,
    };
    let loaded = async {
        let user = request::required_session().await?.user;
        let ApiDocument { document, public_url } = expect_context();
        let address = public_url.unwrap_or_else(request::own_address);
        Ok(ApiDocsData { user, docs: read(&document), preparation: preparation(&address) })
    };
    request::shown(loaded.await)
}
