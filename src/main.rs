//! A throw-away server to look at the pages; replaced at merge.
#![expect(missing_docs, clippy::all, clippy::pedantic, clippy::disallowed_methods, reason = "thrown away at merge")]

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::sse::{Event, Sse},
    routing::get,
};
use dmm::{app, application::Application};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use std::{convert::Infallible, time::Duration};

#[tokio::main]
async fn main() {
    let options = LeptosOptions::builder().output_name("dmm").site_root("target/site").site_pkg_dir("pkg").build();
    let application = Application::new();
    let context = {
        let application = application.clone();
        move || {
            provide_context(application.clone());
            if let (Some(nonce), Some(response)) = (leptos::nonce::use_nonce(), use_context::<ResponseOptions>()) {
                let csp = format!("default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
                response.insert_header(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&csp).unwrap());
            }
        }
    };
    let routes = generate_route_list(app::App);
    let shell_options = options.clone();
    let events = application.clone();
    let force = application.clone();
    let router = Router::new()
        .route(
            "/api/sync/events",
            get(move || {
                let a = events.clone();
                async move {
                    let stream = futures::stream::unfold(None::<String>, move |mut last| {
                        let a = a.clone();
                        async move {
                            loop {
                                let s = serde_json::to_string(&a.sync_status(1).await.unwrap()).unwrap();
                                if last.as_ref() != Some(&s) {
                                    last = Some(s.clone());
                                    return Some((Ok::<_, Infallible>(Event::default().event("status").data(s)), last));
                                }
                                tokio::time::sleep(Duration::from_millis(100)).await;
                            }
                        }
                    });
                    Sse::new(stream)
                }
            }),
        )
        .route("/force/{what}", get(move |Path(what): Path<String>| async move { force.force(&what); "ok" }))
        .leptos_routes_with_context(&options, routes, context.clone(), move || app::shell(shell_options.clone()))
        .fallback(leptos_axum::file_and_error_handler_with_context::<LeptosOptions, _>(context, app::shell))
        .with_state(options);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:4100").await.unwrap();
    axum::serve(listener, router).await.unwrap();
    let _ = State(());
}
