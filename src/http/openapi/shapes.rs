//! What the types alone do not say of the shapes.
//!
//! Bodies of requests refuse unknown fields and may leave fields out. All other shapes are those of answers, which leave
//! nothing out: a field is `null` where there is nothing. And a parameter or a body as a whole is absent and never null.

use super::operations;
use serde_json::Value;

pub(super) fn complete(document: &mut Value) {
    for (_, _, operation) in operations(document) {
        for parameter in list(operation, "parameters") {
            forbid_null(&mut parameter["schema"]);
        }
        if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json/schema") {
            forbid_null(body);
        }
    }
    let schemas = document["components"]["schemas"].as_object_mut();
    for schema in schemas.into_iter().flatten().map(|(_, schema)| schema) {
        require_all(schema);
    }
}

fn require_all(schema: &mut Value) {
    for part in list(schema, "allOf") {
        require_all(part);
    }
    let Some(schema) = schema.as_object_mut() else { return };
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        let names: Vec<String> = properties.keys().cloned().collect();
        schema.insert("required".to_owned(), names.into());
    }
}

fn list<'a>(value: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn forbid_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(types) = object.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(choices) = object.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_leave_nothing_out_and_bodies_may() {
        let mut document = json!({"paths": {}, "components": {"schemas": {
            "Answer": {"type": "object", "properties": {"a": {}, "b": {}}},
            "Body": {"type": "object", "properties": {"a": {}}, "additionalProperties": false},
            "Flat": {"allOf": [{"$ref": "#/components/schemas/Answer"}, {"type": "object", "properties": {"c": {}}}]},
        }}});
        complete(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Answer"]["required"], json!(["a", "b"]));
        assert_eq!(schemas["Body"], json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false}));
        assert_eq!(schemas["Flat"]["allOf"][1]["required"], json!(["c"]));
    }

    #[test]
    fn a_parameter_or_a_body_is_absent_and_never_null() {
        let parameters = json!([
            {"name": "a", "schema": {"type": ["string", "null"]}},
            {"name": "b", "schema": {"oneOf": [{"type": "null"}, {"$ref": "#/x"}]}},
        ]);
        let body = json!({"content": {"application/json": {"schema": {"oneOf": [{"$ref": "#/y"}, {"type": "null"}]}}}});
        let mut document = json!({"paths": {"/": {"get": {"parameters": parameters, "requestBody": body}}}});
        complete(&mut document);
        let operation = &document["paths"]["/"]["get"];
        assert_eq!(operation["requestBody"]["content"]["application/json"]["schema"], json!({"$ref": "#/y"}));
        let parameters = &operation["parameters"];
        assert_eq!(parameters[0]["schema"], json!({"type": "string"}));
        assert_eq!(parameters[1]["schema"], json!({"$ref": "#/x"}));
    }
}
