//! An `OpenAPI` document → what the page shows. Reads what documents of our own have, and leaves out what it does not know.

use super::{Answer, ApiDocs, Field, Operation, Piece, Shape, Subject, curl, sample};
use serde_json::Value;

/// Reads a document.
pub fn read(document: &Value) -> ApiDocs {
    let operations: Vec<(String, Operation)> = members(&document["paths"])
        .flat_map(|(path, item)| members(item).map(move |(method, it)| (path, method, it)))
        .map(|(path, method, it)| (text(&it["tags"][0]), operation(document, path, method, it)))
        .collect();
    let subjects = elements(&document["tags"]).map(|tag| {
        let name = text(&tag["name"]);
        let mine = operations.iter().filter(|(subject, _)| *subject == name);
        let operations = mine.map(|(_, operation)| operation.clone()).collect();
        Subject { name, about: text(&tag["description"]), operations }
    });
    let mut shapes: Vec<Shape> =
        members(&document["components"]["schemas"]).map(|(name, schema)| shape(name, schema)).collect();
    shapes.sort_by(|one, other| one.name.cmp(&other.name));
    ApiDocs {
        version: text(&document["info"]["version"]),
        about: paragraphs(&document["info"]["description"]),
        subjects: subjects.collect(),
        shapes,
    }
}

fn operation(document: &Value, path: &str, method: &str, it: &Value) -> Operation {
    let answers = members(&it["responses"]).map(|(status, answer)| {
        let answer = resolved(document, answer);
        Answer { status: status.to_owned(), about: text(&answer["description"]), kind: content(answer) }
    });
    let success = members(&it["responses"]).map(|(_, answer)| resolved(document, answer)).next();
    Operation {
        id: text(&it["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&it["summary"]),
        about: paragraphs(&it["description"]),
        is_open: elements(&it["security"]).any(|way| members(way).next().is_none()),
        parameters: elements(&it["parameters"]).map(parameter).collect(),
        body: content(&it["requestBody"]),
        answers: answers.collect(),
        curl: curl::command(path, method, it),
        sample: success.and_then(|answer| sample::of(document, &answer["content"])),
    }
}

fn parameter(it: &Value) -> Field {
    Field {
        name: text(&it["name"]),
        kind: kind(&it["schema"]),
        rule: field_rule(&it["schema"]),
        is_optional: it["required"] != true,
        about: text(&it["description"]),
    }
}

fn shape(name: &str, schema: &Value) -> Shape {
    let parts: Vec<&Value> = elements(&schema["allOf"]).collect();
    let (of, own): (Vec<&Value>, Vec<&Value>) = parts.into_iter().partition(|part| part.get("$ref").is_some());
    let own = if own.is_empty() && of.is_empty() { vec![schema] } else { own };
    let made_of = if of.is_empty() { kind(schema) } else { joined(of.into_iter().map(kind), " and ") };
    Shape {
        name: name.to_owned(),
        about: paragraphs(&schema["description"]),
        kind: made_of,
        rule: rule(schema),
        fields: own.into_iter().flat_map(fields).collect(),
        words: elements(&schema["enum"]).map(text).collect(),
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let is_required = |name: &str| elements(&schema["required"]).any(|required| required == name);
    members(&schema["properties"])
        .map(|(name, property)| Field {
            name: name.to_owned(),
            kind: kind(property),
            rule: field_rule(property),
            is_optional: !is_required(name),
            about: about(property),
        })
        .collect()
}

/// What a field means; of one that can be null it stands at what else it can be.
fn about(property: &Value) -> String {
    let choices = elements(&property["oneOf"]);
    let said = [property].into_iter().chain(choices).find_map(|it| it["description"].as_str());
    said.unwrap_or_default().to_owned()
}

/// The shape of a body, by its first kind of content.
fn content(body: &Value) -> Vec<Piece> {
    match members(&body["content"]).next() {
        None => Vec::new(),
        Some(("application/json", media)) => kind(&media["schema"]),
        Some((other, _)) => vec![word(other)],
    }
}

/// A type in words.
fn kind(schema: &Value) -> Vec<Piece> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or(reference).to_owned();
        return vec![Piece { text: name, is_shape: true }];
    }
    for (choice, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if schema[choice].is_array() {
            // What a field can be is more to the point than that it can be nothing.
            let (null, some): (Vec<_>, Vec<_>) = elements(&schema[choice]).partition(|it| it["type"] == "null");
            return joined(some.into_iter().chain(null).map(kind), between);
        }
    }
    match &schema["type"] {
        Value::Array(types) => joined(types.iter().map(|one| vec![plain(one, schema)]), " or "),
        one if one == "array" => [vec![word("list of ")], kind(&schema["items"])].concat(),
        Value::Null => vec![word("any")],
        one => vec![plain(one, schema)],
    }
}

fn plain(kind: &Value, schema: &Value) -> Piece {
    match (kind.as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => word("time"),
        (Some(name), _) => word(name),
        (None, _) => word("any"),
    }
}

fn joined(parts: impl Iterator<Item = Vec<Piece>>, between: &str) -> Vec<Piece> {
    parts.reduce(|one, other| [one, vec![word(between)], other].concat()).unwrap_or_default()
}

fn word(text: &str) -> Piece {
    Piece { text: text.to_owned(), is_shape: false }
}

/// The bounds of a field in words, and the words that it can be where no shape of its own lists them.
fn field_rule(schema: &Value) -> String {
    let words: Vec<String> = elements(&schema["enum"]).map(|word| format!("`{}`", text(word))).collect();
    if words.is_empty() { rule(schema) } else { words.join(" or ") }
}

/// The bounds of a value in words.
fn rule(schema: &Value) -> String {
    let number = |name: &str| schema[name].as_f64();
    let mut rules = Vec::new();
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => rules.push(format!("{least}–{most}")),
        (Some(least), None) => rules.push(format!("{least} or more")),
        (None, Some(most)) => rules.push(format!("{most} or less")),
        (None, None) => {}
    }
    match (number("minLength"), number("maxLength")) {
        (Some(least), Some(most)) => rules.push(format!("{least}–{most} characters")),
        (None, Some(most)) => rules.push(format!("at most {most} characters")),
        _ => {}
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        rules.push(format!("like `{pattern}`"));
    }
    rules.join(", ")
}

/// The answer or shape that a reference leads to.
pub(super) fn resolved<'a>(document: &'a Value, it: &'a Value) -> &'a Value {
    let place = it["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(it)
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Paragraphs are parted by an empty line; a single end of line is only one of the source.
fn paragraphs(value: &Value) -> Vec<String> {
    let text = value.as_str().unwrap_or_default();
    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).filter(|it| !it.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(schema: &Value) -> String {
        kind(schema).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn types_are_said_in_words() {
        for (schema, words) in [
            (json!({"type": "string"}), "string"),
            (json!({"type": ["string", "null"]}), "string or null"),
            (json!({"type": "string", "format": "date-time"}), "time"),
            (json!({"type": "array", "items": {"$ref": "#/components/schemas/File"}}), "list of File"),
            (json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Mode"}]}), "Mode or null"),
            (json!({}), "any"),
        ] {
            assert_eq!(said(&schema), words);
        }
        assert!(kind(&json!({"$ref": "#/components/schemas/File"}))[0].is_shape);
    }

    #[test]
    fn bounds_are_said_in_words() {
        for (schema, words) in [
            (json!({"minimum": 25, "maximum": 500}), "25–500"),
            (json!({"maxLength": 200}), "at most 200 characters"),
            (json!({"pattern": "^[0-9]$"}), "like `^[0-9]$`"),
            (json!({}), ""),
        ] {
            assert_eq!(rule(&schema), words);
        }
    }

    #[test]
    fn a_shape_that_extends_another_names_it_and_has_its_own_fields() {
        let own = json!({"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}, "c": {}}});
        let shape = shape("Both", &json!({"allOf": [{"$ref": "#/components/schemas/A"}, own]}));
        assert_eq!((shape.kind[0].text.as_str(), shape.kind[0].is_shape), ("A", true));
        let fields: Vec<_> = shape.fields.iter().map(|field| (field.name.as_str(), field.is_optional)).collect();
        assert_eq!(fields, [("b", false), ("c", true)]);
    }

    #[test]
    fn a_field_lists_its_words_and_says_what_it_means_also_where_it_can_be_null() {
        assert_eq!(field_rule(&json!({"type": "string", "enum": ["asc", "desc"]})), "`asc` or `desc`");
        let mode =
            json!({"oneOf": [{"$ref": "#/components/schemas/Mode", "description": "How much."}, {"type": "null"}]});
        assert_eq!(about(&mode), "How much.");
    }

    #[test]
    fn paragraphs_are_parted_by_empty_lines() {
        assert_eq!(paragraphs(&json!("One\nline.\n\nAnother.\n")), ["One line.", "Another. "]);
    }
}
