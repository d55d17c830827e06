//! What a page shows, loaded while the server renders it. Only rendering calls these; called from outside they answer
//! what REST answers, to the same callers.
#![expect(missing_docs, reason = "the server macro generates items without documentation")]

use crate::domain::{
    ApiError, FileDetails, FilePage, FileQuery, Folders, HeldDeletions, SetAside, SyncConfiguration, SyncStatus,
    Timestamp, User,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where `/` leads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HomeData {
    /// The address that was redirected to.
    pub goes_to: String,
}

/// The page of a signed-in user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncData {
    /// Who is signed in.
    pub user: User,
    /// Where the synchronisation stands.
    pub status: SyncStatus,
    /// The settings in force.
    pub configuration: SyncConfiguration,
    /// Torrents whose contents could not be read.
    pub set_aside: SetAside,
    /// The time at the server.
    pub now: Timestamp,
    /// Whether nothing goes on until the user signs in again.
    pub must_reconnect: bool,
}

/// The deletions that wait for an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeldData {
    /// Who is signed in.
    pub user: User,
    /// One page of them.
    pub held: HeldDeletions,
    /// Whether it is the first page.
    pub is_first: bool,
}

/// One page of the library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LibraryData {
    /// Who is signed in.
    pub user: User,
    /// What was asked for.
    pub query: FileQuery,
    /// What was found.
    pub page: FilePage,
    /// The folders to choose from.
    pub folders: Folders,
    /// How many entries of the whole library are marked as the duplicate of another.
    pub duplicates: i64,
}

/// One entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileData {
    /// Who is signed in.
    pub user: User,
    /// The entry.
    pub file: FileDetails,
    /// The folders that there are.
    pub folders: Folders,
}

/// Redirects to `/sync`, or to `/connection` for a stranger.
///
/// # Errors
/// `database_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "home")]
pub async fn load_home() -> Result<HomeData, ApiError> {
    use crate::app::request;
    let session = request::shown(request::session().await)?;
    let goes_to = if session.is_some() { "/sync" } else { "/connection" };
    leptos_axum::redirect(goes_to);
    Ok(HomeData { goes_to: goes_to.to_owned() })
}

/// Who looks at the page.
///
/// # Errors
/// `database_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "viewer")]
pub async fn load_viewer() -> Result<Option<User>, ApiError> {
    use crate::app::request;
    Ok(request::session().await?.map(|session| session.user))
}

/// The sync page; none for a stranger.
///
/// # Errors
/// `database_unavailable`.
#[server(prefix = "/api/ui", endpoint = "sync_page")]
pub async fn load_sync() -> Result<Option<SyncData>, ApiError> {
    use crate::{app::request, application::Application};
    let loaded = async {
        let Some(session) = request::session().await? else { return Ok(None) };
        let application = expect_context::<Application>();
        let status = application.sync_status(session.user.id).await?;
        let configuration = application.configuration(session.user.id).await?;
        let set_aside = application.set_aside(session.user.id).await?;
        let now = application.clock().now();
        let must_reconnect = application.must_reconnect(session.user.id).await?;
        Ok(Some(SyncData { user: session.user, status, configuration, set_aside, now, must_reconnect }))
    };
    request::shown(loaded.await)
}

/// One page of the deletions that wait for an answer; an empty `cursor` is the first.
///
/// # Errors
/// `unauthenticated`; `invalid_request` for a cursor that cannot be read.
#[server(prefix = "/api/ui", endpoint = "held_deletions_page")]
pub async fn load_held_deletions(cursor: String) -> Result<HeldData, ApiError> {
    use crate::{app::request, application::Application};
    let loaded = async {
        let session = request::required_session().await?;
        let cursor = Some(cursor.as_str()).filter(|cursor| !cursor.is_empty());
        let held = expect_context::<Application>().held_deletions(session.user.id, None, cursor).await?;
        Ok(HeldData { user: session.user, held, is_first: cursor.is_none() })
    };
    request::shown(loaded.await)
}

/// One page of the library, by the query string of its address.
///
/// # Errors
/// `unauthenticated`; `invalid_request` for a query that cannot be read.
#[server(prefix = "/api/ui", endpoint = "library_page")]
pub async fn load_library(search: String) -> Result<LibraryData, ApiError> {
    use crate::{
        app::{links, request},
        application::Application,
    };
    let loaded = async {
        let session = request::required_session().await?;
        let query = links::library_query(&search)?;
        let application = expect_context::<Application>();
        let page = application.files(session.user.id, &query).await?;
        let folders = application.folders(session.user.id).await?;
        let duplicates = application.count_duplicates(session.user.id).await?;
        Ok(LibraryData { user: session.user, query, page, folders, duplicates })
    };
    request::shown(loaded.await)
}

/// One entry with its contents.
///
/// # Errors
/// `unauthenticated`; `not_found` also for what is no number, since there is no such entry either.
#[server(prefix = "/api/ui", endpoint = "file_page")]
pub async fn load_file(id: String) -> Result<FileData, ApiError> {
    use crate::{app::request, application::Application, domain::ErrorCode};
    let loaded = async {
        let session = request::required_session().await?;
        let id = id.parse().map_err(|_| ApiError::new(ErrorCode::NotFound, "There is no such file."))?;
        let application = expect_context::<Application>();
        let file = application.file(session.user.id, id).await?;
        let folders = application.folders(session.user.id).await?;
        Ok(FileData { user: session.user, file, folders })
    };
    request::shown(loaded.await)
}
