//! The answers that an operation has because of what stands before it: the gate, the reading of its input, and what
//! catches a defect. They are described once and referred to.

use super::operations;
use crate::domain::ErrorCode;
use serde_json::{Value, json};

/// The name of an answer, its code, and when it comes.
const ANSWERS: [(&str, ErrorCode, &str); 8] = [
    (
        "Unreadable",
        ErrorCode::InvalidRequest,
        "The request cannot be read, or a value is out of range; the field is named",
    ),
    ("Unauthenticated", ErrorCode::Unauthenticated, "There is no live session"),
    ("ForeignOrigin", ErrorCode::ForeignOrigin, "The change was asked for from another site"),
    ("TooLarge", ErrorCode::TooLarge, "The body is larger than is read here"),
    ("TimedOut", ErrorCode::TimedOut, "The request did not arrive whole, or took too long"),
    (
        "TooManyAttempts",
        ErrorCode::TooManyAttempts,
        "Too many sign-ins came from one address; `Retry-After` says how long to wait",
    ),
    ("Defect", ErrorCode::Internal, "A defect in DMM; its log has the cause"),
    ("DatabaseUnavailable", ErrorCode::DatabaseUnavailable, "The database does not answer"),
];

/// Adds the answers to the operations that have them and describe no other of the same status.
pub(super) fn complete(document: &mut Value) {
    for (path, method, operation) in operations(document) {
        if !path.starts_with("/api/") {
            continue;
        }
        let is_open = operation["security"].as_array().is_some_and(|ways| ways.iter().any(|way| *way == json!({})));
        let is_change = method != "get";
        let has_body = operation.get("requestBody").is_some();
        let has_input = has_body || operation.get("parameters").is_some();
        for (name, code, _) in ANSWERS {
            let applies = match code {
                ErrorCode::InvalidRequest => has_input,
                ErrorCode::Unauthenticated => !is_open,
                ErrorCode::ForeignOrigin => is_change,
                ErrorCode::TooLarge => has_body,
                ErrorCode::TooManyAttempts => is_open && is_change,
                _ => true,
            };
            let status = code.status().to_string();
            if applies && operation["responses"].get(&status).is_none() {
                operation["responses"][status] = json!({"$ref": format!("#/components/responses/{name}")});
            }
        }
        if let Some(responses) = operation["responses"].as_object_mut() {
            responses.sort_keys();
        }
    }
    for (name, code, about) in ANSWERS {
        document["components"]["responses"][name] = json!({
            "description": about,
            "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/ApiError"},
                "example": {"success": false, "error": format!("{about}."), "code": code},
            }},
        });
    }
}
