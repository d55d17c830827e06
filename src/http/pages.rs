//! The pages, their server functions, and the site that is embedded in the binary.

use super::{AppState, answer::Answer, headers::content_security_policy, openapi::Description};
use crate::{
    app::{App, api_docs::ApiDocument, shell},
    application::Application,
    domain::{ApiError, ErrorCode},
};
use axum::{
    Router,
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context};
use memory_serve::{CacheControl, load};
use std::sync::Arc;

/// Adds the pages and the site to a router.
pub(super) fn add(rest: Router, state: &AppState, description: &Description) -> Router {
    let document =
        ApiDocument { document: Arc::clone(&description.document), public_url: state.site.public_url.clone() };
    let context = context(state.application.clone(), document);
    let routes = generate_route_list(App);
    let (options, shown) = (state.leptos.clone(), state.leptos.clone());
    let pages: Router<()> = Router::new()
        .leptos_routes_with_context(&options, routes, context.clone(), move || shell(shown.clone()))
        .with_state(options.clone());
    let site = load!()
        .index_file(None)
        // The names are the same in every version, so a browser asks whether its copy is still right.
        .cache_control(CacheControl::NoCache)
        .into_router();
    rest.merge(pages)
        .merge(site)
        .fallback(move |request: axum::extract::Request| not_found(request, options.clone(), context.clone()))
}

/// What pages and server functions are given: the application, the description of the API, and a policy with the nonce of this very page.
fn context(application: Application, document: ApiDocument) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(application.clone());
        provide_context(document.clone());
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&content_security_policy(Some(&nonce)))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// An unknown address: JSON for programs, the app's own page for people.
async fn not_found(
    request: axum::extract::Request,
    options: LeptosOptions,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    if is_api(request.uri()) {
        return Answer::from(ApiError::new(
            ErrorCode::NotFound,
            format!("There is nothing at {}: see the API description.", request.uri().path()),
        ))
        .into_response();
    }
    let render = render_app_async_with_context(context, move || shell(options.clone()));
    let mut response = render(request).await.into_response();
    *response.status_mut() = axum::http::StatusCode::NOT_FOUND;
    response
}

fn is_api(uri: &Uri) -> bool {
    uri.path().starts_with("/api/")
}
