//! `GET /api/openapi.json`: what the API is, for programs, generated from the handlers.
//!
//! Paths, parameters, bodies and answers stand beside the handlers and are mounted with them, so no route is without a
//! description. What holds for many is added here by rule: what the gate answers, and how the shapes of answers are to
//! be read. The page at `/api/docs` is made from the same document.

mod gate;
mod shapes;

use axum::{
    Extension,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// The first words of the document.
const ABOUT: &str = "\
A faithful, searchable copy of a Real-Debrid library, and the synchronisation that keeps it so. DMM only reads at \
Real-Debrid.

Everything under `/api/` but `/api/auth/` needs a session: `Authorization: Bearer …`, or the cookie that signing in sets. \
A change by cookie must come from DMM's own pages.

Every refusal is `{\"success\": false, \"error\": \"<what to do>\", \"code\": \"<for programs>\"}`, and one for the sake of the \
present state has the `status` too. Fields and parameters that are unknown or out of range are refused by name, and a \
refused request changes nothing. A method that an address does not know gets 405, an address that is none 404.

Times are ISO-8601 in UTC, sizes are bytes. A field of an answer is always there, and `null` where there is nothing.";

/// The subjects, in the order in which they are shown.
const SUBJECTS: [(&str, &str); 5] = [
    ("Signing in", "The Real-Debrid account is the user."),
    ("Access", "Sessions and API tokens, and the end of the account here."),
    ("Synchronisation", "Runs, their settings and their history."),
    ("Library", "The files, and what you say of them."),
    ("Operation", "For monitors and machines."),
];

/// The finished description; clones are the same one.
#[derive(Debug, Clone)]
pub(super) struct Description {
    /// As it is sent.
    text: Arc<str>,
    /// As it is read.
    pub(super) document: Arc<Value>,
}

impl Description {
    /// Completes what the handlers say of themselves.
    pub(super) fn of(handlers: &OpenApi) -> Self {
        // Neither step fails on data of our own making; and an empty description would fail every test.
        let mut document = serde_json::to_value(handlers).unwrap_or_default();
        document["info"] = json!({
            "title": "DMM",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        });
        document["servers"] = json!([{"url": "/", "description": "This server"}]);
        document["tags"] = SUBJECTS.map(|(name, about)| json!({"name": name, "description": about})).into();
        document["components"]["securitySchemes"] = json!({
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "The `accessToken` that signing in answers.",
            },
            "cookie": {
                "type": "apiKey",
                "in": "cookie",
                "name": "dmm_session",
                "description": "The same, kept by a browser. A change needs an `Origin` of the server's own.",
            },
        });
        document["security"] = json!([{"bearer": []}, {"cookie": []}]);
        gate::complete(&mut document);
        shapes::complete(&mut document);
        Self { text: document.to_string().into(), document: Arc::new(document) }
    }
}

/// Describes the API
///
/// This document, in `OpenAPI` 3.1.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "Operation",
    responses((status = 200, description = "The description", body = Object, content_type = "application/json"))
)]
pub(super) async fn show(Extension(description): Extension<Description>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], description.text.to_string()).into_response()
}

/// Every operation of a document, with its path and its method.
fn operations(document: &mut Value) -> impl Iterator<Item = (String, String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object_mut().into_iter().flatten();
        operations.map(|(method, operation)| (path.clone(), method.clone(), operation))
    })
}
