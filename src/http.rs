//! The outside of the house: one router with REST, the event stream, the pages and their assets.
//!
//! Two gates stand before everything: [`headers`] puts the security headers on every answer, and [`gate`] lets nothing
//! under `/api/` pass without a live session, so that no route can forget it.

mod answer;
mod auth;
mod duplicates;
mod events;
mod files;
mod gate;
mod headers;
mod health;
mod input;
mod pages;
mod sync;

use crate::{
    application::Application,
    domain::{ApiError, ErrorCode},
};
use answer::Answer;
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::Uri,
    middleware,
    routing::{delete, get, patch, post},
};
pub use events::crowd::Crowd;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};

/// The largest body that is read: settings and tokens are far smaller.
const LARGEST_BODY: usize = 64 * 1024;

/// What the handlers share.
#[derive(Clone)]
pub struct AppState {
    /// The rooms behind the doors.
    pub application: Application,
    /// For the rendering of pages.
    pub leptos: LeptosOptions,
    /// What makes cookies and origins right.
    pub site: Site,
    /// What the readers of events share.
    pub crowd: Crowd,
    /// Ends the open streams when the server goes down.
    pub shutdown: CancellationToken,
}

impl FromRef<AppState> for Application {
    fn from_ref(state: &AppState) -> Self {
        state.application.clone()
    }
}

/// How browsers reach the server.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// `DMM_PUBLIC_URL`.
    pub public_url: Option<String>,
}

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let organisation = DefaultBodyLimit::max(files::LARGEST_ORGANISATION);
    let api = Router::new()
        .route("/auth/token", post(auth::token))
        .route("/auth/demo", post(auth::demo))
        .route("/auth/session", get(auth::session).merge(delete(auth::sign_out)))
        .route("/sync/start", post(sync::start))
        .route("/sync/status", get(sync::status).post(sync::act))
        .route("/sync/configuration", get(sync::configuration).post(sync::configure))
        .route("/sync/deletions", post(sync::deletions))
        .route("/sync/runs", get(sync::runs))
        .route("/sync/events", get(events::stream))
        .route("/files", get(files::list))
        .route("/files/{id}", get(files::one).merge(patch(files::organise).layer(organisation)))
        .route("/folders", get(files::folders))
        .route("/duplicates", get(duplicates::list))
        .method_not_allowed_fallback(method_not_allowed);
    let router = Router::new()
        .nest("/api", api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(state.clone());
    pages::add(router, &state)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        // The limit above is kept by Axum's extractors only; server functions read the body themselves.
        .layer(RequestBodyLimitLayer::new(2 * files::LARGEST_ORGANISATION))
        .layer(middleware::from_fn_with_state(state.clone(), gate::guard))
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .layer(middleware::from_fn_with_state(state, headers::add))
}

async fn method_not_allowed(uri: Uri) -> Answer {
    Answer::from(ApiError::new(
        ErrorCode::MethodNotAllowed,
        format!("{} does not answer this method: see the API description.", uri.path()),
    ))
}
