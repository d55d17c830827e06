//! The gate: nothing under `/api/` without a live session, and no change by cookie from another site.

use super::{AppState, Site, answer::Answer};
use crate::{
    application::{bearer, cookie},
    domain::{ApiError, ErrorCode},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Lets a request pass, with its [`Session`](crate::application::Session) as an extension where it has one.
pub(super) async fn guard(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/api" && !path.starts_with("/api/") {
        return next.run(request).await;
    }
    let is_sign_in = path.starts_with("/api/auth/");
    // A form that cannot be read is sent back to where it was, which is a page of ours or nowhere.
    if !is_from_here(&state.site, request.headers()) {
        request.headers_mut().remove(header::REFERER);
    }
    if changes_by_browser(request.method(), request.headers()) && !is_same_origin(&state.site, request.headers()) {
        return Answer::from(ApiError::new(
            ErrorCode::ForeignOrigin,
            "This change was asked for from another site: open DMM at its own address, and set DMM_PUBLIC_URL to it if it \
             is behind a proxy.",
        ))
        .into_response();
    }
    match state.application.session(request.headers()).await {
        Ok(Some(session)) => {
            request.extensions_mut().insert(session);
        }
        Ok(None) if is_sign_in => {}
        Ok(None) if is_for_a_person(&request) => return Redirect::to("/connection").into_response(),
        Ok(None) => return Answer::from(unauthenticated()).into_response(),
        Err(error) => return Answer::from(error).into_response(),
    }
    next.run(request).await
}

/// The refusal of a request without a live session.
pub(super) fn unauthenticated() -> ApiError {
    ApiError::new(ErrorCode::Unauthenticated, "You are not signed in, or your session has ended: sign in first.")
}

/// A browser that posts a form of ours, or opens the page that is below `/api/`, can only follow a page, not read JSON.
pub(super) fn is_for_a_person(request: &Request) -> bool {
    let wants_a_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.split(',').any(|kind| kind.trim().starts_with("text/html")));
    let path = request.uri().path();
    wants_a_page && (path.starts_with("/api/ui/") || path.starts_with("/api/auth/ui/") || path == "/api/docs")
}

/// Whether the request changes something with rights that a browser adds by itself. A sign-in without a session has
/// none to abuse, but one that names a foreign origin would sign a visitor in to somebody else's account.
fn changes_by_browser(method: &Method, headers: &HeaderMap) -> bool {
    let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let by_cookie = cookie(headers).is_some() && bearer(headers).is_none();
    changes && (by_cookie || headers.contains_key(header::ORIGIN))
}

fn is_same_origin(site: &Site, headers: &HeaderMap) -> bool {
    headers
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok())
        .is_some_and(|origin| is_ours(site, headers, origin))
}

/// Whether the page that the request comes from, if it says, is one of ours.
fn is_from_here(site: &Site, headers: &HeaderMap) -> bool {
    let page = headers.get(header::REFERER).and_then(|page| reqwest::Url::parse(page.to_str().ok()?).ok());
    page.is_some_and(|page| is_ours(site, headers, &page.origin().ascii_serialization()))
}

/// Whether an origin is the one that the server is reached at.
fn is_ours(site: &Site, headers: &HeaderMap, origin: &str) -> bool {
    if let Some(public) = &site.public_url
        && reqwest::Url::parse(public).is_ok_and(|public| public.origin().ascii_serialization() == origin)
    {
        return true;
    }
    // Scheme aside: a proxy that ends TLS passes the host on and not the scheme.
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some() && authority == headers.get(header::HOST).and_then(|host| host.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_change_by_cookie_needs_an_origin_and_one_by_bearer_does_not() {
        let by_cookie = headers(&[(header::COOKIE, "dmm_session=x")]);
        assert!(changes_by_browser(&Method::POST, &by_cookie));
        assert!(!changes_by_browser(&Method::GET, &by_cookie));
        assert!(!is_same_origin(&Site::default(), &by_cookie));
        let by_bearer = headers(&[(header::AUTHORIZATION, "Bearer x")]);
        assert!(!changes_by_browser(&Method::POST, &by_bearer));
    }

    #[test]
    fn an_origin_is_compared_with_the_host_and_the_public_address() {
        let here = headers(&[(header::HOST, "dmm.local:3000"), (header::ORIGIN, "http://dmm.local:3000")]);
        assert!(is_same_origin(&Site::default(), &here));
        for foreign in ["http://evil.example", "http://dmm.local:3000.evil.example", "null", "http://dmm.local"] {
            let mut headers = headers(&[(header::HOST, "dmm.local:3000")]);
            headers.insert(header::ORIGIN, HeaderValue::from_static(foreign));
            assert!(!is_same_origin(&Site::default(), &headers), "{foreign}");
        }
        let site = Site { public_url: Some("https://dmm.example.org/".to_owned()) };
        let proxied = headers(&[(header::HOST, "10.0.0.2:3000"), (header::ORIGIN, "https://dmm.example.org")]);
        assert!(is_same_origin(&site, &proxied));
    }
}
