//! What an answer can look like, from its shape alone.

use super::read::{members, resolved};
use serde_json::{Map, Value, json};

/// Shapes of our own are no deeper; a shape that holds itself ends here.
const DEEPEST: usize = 8;

/// A sample of a body; none where it is no JSON.
pub(super) fn of(document: &Value, content: &Value) -> Option<String> {
    let media = content.get("application/json")?;
    let schema =
        media.get("schema").filter(|schema| !members(schema).any(|(name, kind)| name == "type" && kind == "object"));
    serde_json::to_string_pretty(&value(document, schema?, DEEPEST)).ok()
}

fn value(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    let given = [&schema["example"], &schema["examples"][0], &schema["default"], &schema["enum"][0]];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    if depth == 0 {
        return Value::Null;
    }
    let deeper = |schema: &Value| value(document, schema, depth - 1);
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(deeper).filter_map(|part| part.as_object().cloned());
        return Value::Object(parts.flatten().collect());
    }
    if let Some(some) = schema["oneOf"].as_array().and_then(|ways| ways.iter().find(|way| way["type"] != "null")) {
        return deeper(some);
    }
    let kind = match &schema["type"] {
        // What can be nothing is shown as something.
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null"),
        kind => Some(kind),
    };
    match kind.and_then(Value::as_str) {
        Some("object") => {
            let fields = members(&schema["properties"]).map(|(name, field)| (name.to_owned(), deeper(field)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Some("array") => json!([deeper(&schema["items"])]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("boolean") => json!(true),
        Some("string") => json!("…"),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_follows_references_and_prefers_examples() {
        let document = json!({"components": {"schemas": {
            "Mode": {"type": "string", "enum": ["incremental", "full"]},
            "Run": {"type": "object", "properties": {
                "mode": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Mode"}]},
                "ended": {"type": ["string", "null"], "examples": ["2026-11-24T09:30:00.000Z"]},
                "limit": {"type": "integer", "minimum": 25},
            }},
        }}});
        let runs = json!({"type": "array", "items": {"$ref": "#/components/schemas/Run"}});
        let expected = json!([{"mode": "incremental", "ended": "2026-11-24T09:30:00.000Z", "limit": 25}]);
        assert_eq!(value(&document, &runs, DEEPEST), expected);
        let own = json!({"type": "object", "properties": {"note": {"type": "string"}}});
        let both = json!({"allOf": [{"$ref": "#/components/schemas/Run"}, own]});
        let both = value(&document, &both, DEEPEST);
        assert_eq!((&both["limit"], &both["note"]), (&json!(25), &json!("…")));
    }
}
