//! The outside of the house: one router with REST, the event stream, the pages and their assets.
//!
//! Two gates stand before everything: [`headers`] puts the security headers on every answer, and [`gate`] lets nothing
//! under `/api/` pass without a live session, so that no route can forget it.

mod access;
mod answer;
mod attempts;
mod auth;
mod duplicates;
mod events;
mod export;
mod files;
mod gate;
mod headers;
mod health;
mod history;
mod input;
mod metrics;
mod openapi;
mod pages;
mod patience;
mod sync;

use crate::{
    application::Application,
    domain::{ApiError, ErrorCode},
};
use answer::Answer;
pub use attempts::Attempts;
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRef},
    http::Uri,
    middleware,
};
pub use events::crowd::Crowd;
use leptos::config::LeptosOptions;
use openapi::Description;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

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
    /// Who has tried to sign in how often.
    pub attempts: Attempts,
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
    let (described, handlers) = described().split_for_parts();
    let description = Description::of(&handlers);
    let router = described
        .method_not_allowed_fallback(method_not_allowed)
        .layer(Extension(description.clone()))
        .with_state(state.clone());
    pages::add(router, &state, &description)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        // The limit above is kept by Axum's extractors only; server functions read the body themselves.
        .layer(RequestBodyLimitLayer::new(2 * files::LARGEST_ORGANISATION))
        .layer(middleware::from_fn_with_state(state.clone(), attempts::limit))
        .layer(middleware::from_fn_with_state(state.clone(), gate::guard))
        .layer(middleware::from_fn(patience::limit))
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .layer(middleware::from_fn_with_state(state, headers::add))
}

/// The routes for programs. `routes!` mounts a handler where its own description says, and takes the description along.
fn described() -> OpenApiRouter<AppState> {
    let organisation = DefaultBodyLimit::max(files::LARGEST_ORGANISATION);
    let api = OpenApiRouter::default()
        .routes(routes!(auth::token))
        .routes(routes!(auth::begin_device))
        .routes(routes!(auth::device))
        .routes(routes!(auth::demo))
        .routes(routes!(auth::session, auth::sign_out))
        .routes(routes!(access::sessions, access::end_others))
        .routes(routes!(access::end))
        .routes(routes!(access::tokens, access::create_token))
        .routes(routes!(access::revoke_token))
        .routes(routes!(access::disconnect))
        .routes(routes!(sync::start))
        .routes(routes!(sync::status, sync::act))
        .routes(routes!(sync::configuration, sync::configure))
        .routes(routes!(sync::held_deletions, sync::deletions))
        .routes(routes!(history::runs))
        .routes(routes!(events::stream))
        .routes(routes!(files::list))
        .routes(routes!(export::download))
        .routes(routes!(files::one))
        .routes(routes!(files::organise).layer(organisation))
        .routes(routes!(files::folders))
        .routes(routes!(duplicates::list))
        .routes(routes!(history::statistics))
        .routes(routes!(openapi::show));
    OpenApiRouter::default()
        .nest("/api", api)
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::show))
}

async fn method_not_allowed(uri: Uri) -> Answer {
    Answer::from(ApiError::new(
        ErrorCode::MethodNotAllowed,
        format!("{} does not answer this method: see the API description.", uri.path()),
    ))
}
