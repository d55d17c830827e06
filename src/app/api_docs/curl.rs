//! The same request as a command for a terminal.

use serde_json::Value;

/// Lines that give the commands their address and their token.
pub fn preparation(address: &str) -> String {
    format!(
        "DMM_URL={address}\n\
         DMM_TOKEN=$(curl -s \"$DMM_URL/api/auth/token\" \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{{\"token\": \"<private API token>\"}}' | jq -r .accessToken)"
    )
}

/// Asks for an operation, with the example of its body.
pub(super) fn command(path: &str, method: &str, operation: &Value) -> String {
    let curl = match method {
        "get" if streams(operation) => "curl -N".to_owned(),
        "get" => "curl".to_owned(),
        other => format!("curl -X {}", other.to_uppercase()),
    };
    let mut parts = vec![format!("{curl} \"$DMM_URL{}\"", path.replace("{id}", "1"))];
    let is_open = operation["security"].as_array().is_some_and(|ways| ways.contains(&Value::Object(<_>::default())));
    if !is_open {
        parts.push("-H \"Authorization: Bearer $DMM_TOKEN\"".to_owned());
    }
    let example = &operation["requestBody"]["content"]["application/json"]["example"];
    if !example.is_null() {
        parts.push("-H 'Content-Type: application/json'".to_owned());
        parts.push(format!("-d '{}'", example.to_string().replace('\'', "'\\''")));
    }
    parts.join(" \\\n  ")
}

fn streams(operation: &Value) -> bool {
    operation["responses"]["200"]["content"].get("text/event-stream").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_command_has_what_the_operation_needs() {
        let body = json!({"content": {"application/json": {"example": {"note": "it's mine"}}}});
        assert_eq!(
            command("/api/files/{id}", "patch", &json!({"requestBody": body})),
            "curl -X PATCH \"$DMM_URL/api/files/1\" \\\n  -H \"Authorization: Bearer $DMM_TOKEN\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{\"note\":\"it'\\''s mine\"}'"
        );
        assert_eq!(command("/healthz", "get", &json!({"security": [{}]})), "curl \"$DMM_URL/healthz\"");
        let stream = json!({"security": [{}], "responses": {"200": {"content": {"text/event-stream": {}}}}});
        assert_eq!(command("/e", "get", &stream), "curl -N \"$DMM_URL/e\"");
    }
}
