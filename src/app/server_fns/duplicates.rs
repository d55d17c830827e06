//! The page of duplicates, loaded while the server renders it.
#![expect(missing_docs, reason = "the server macro generates items without documentation")]

use crate::domain::{ApiError, DuplicateList, Duplicates, User};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One page of duplicates.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DuplicatesData {
    /// Who is signed in.
    pub user: User,
    /// Which list is shown.
    pub list: DuplicateList,
    /// Whether it is the first page of it.
    pub is_first: bool,
    /// Whether a sync has ever completed.
    pub is_synchronised: bool,
    /// What was found.
    pub found: Duplicates,
}

/// One page of duplicates, by the query string of its address.
///
/// # Errors
/// `unauthenticated`; `invalid_request` for a query that cannot be read.
#[server(prefix = "/api/ui", endpoint = "duplicates_page")]
pub async fn load_duplicates(search: String) -> Result<DuplicatesData, ApiError> {
    use crate::{
        app::{links, request},
        application::Application,
    };
    let loaded = async {
        let session = request::required_session().await?;
        let query = links::duplicates_query(&search)?;
        let application = expect_context::<Application>();
        let found = application.duplicates(session.user.id, &query).await?;
        let is_synchronised = application.sync_status(session.user.id).await?.last_sync.is_some();
        let list = query.only.unwrap_or(DuplicateList::Groups);
        let is_first = query.cursor.is_none() && query.likely_cursor.is_none();
        Ok(DuplicatesData { user: session.user, list, is_first, is_synchronised, found })
    };
    request::shown(loaded.await)
}
