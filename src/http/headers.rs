//! Security headers on every answer.

use super::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// What a page may load. `nonce` is the page's own; answers that are no pages run nothing at all.
pub(super) fn content_security_policy(nonce: Option<&str>) -> String {
    match nonce {
        Some(nonce) => format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'"
        ),
        None => "default-src 'none'; frame-ancestors 'none'; base-uri 'none'".to_owned(),
    }
}

/// Adds what is missing; a page has set its own policy already.
pub(super) async fn add(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: with it a browser sends `Origin: null` along with a form, and the origin could not be checked.
    put(headers, header::REFERRER_POLICY, "same-origin");
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    put(headers, header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(headers, header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(None)) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    if is_api {
        // Answers about a person's library are nobody else's, proxies included.
        put(headers, header::CACHE_CONTROL, "no-store");
    }
    // A page shows one person's library too; the browser may keep it for going back, but has to ask.
    put(headers, header::CACHE_CONTROL, "private, no-cache");
    if state.site.public_url.as_deref().is_some_and(|url| url.starts_with("https://")) {
        put(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
