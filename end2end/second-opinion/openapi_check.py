"""Holds the API's description against its specification, and real answers against the description.

Usage: openapi_check.py FILE, where FILE is {"document": …, "answers": [{"operation", "status", "type", "body"}, …]}.
Says every disagreement on standard error and ends with 1 if there is one.
"""

import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate


def strict(schemas):
    """The same shapes, refusing fields that they do not name.

    A shape that is a part of another cannot refuse the fields of the whole, so the whole gets a copy of it that does not.
    """
    copies = {}
    for schema in schemas.values():
        for part in schema.get("allOf", []):
            if "$ref" in part:
                name = part["$ref"].rsplit("/", 1)[1]
                copies[name + "_part"] = json.loads(json.dumps(schemas[name]))
                part["$ref"] += "_part"
    for schema in schemas.values():
        if "properties" in schema or "allOf" in schema:
            schema["unevaluatedProperties"] = False
    return schemas | copies


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    document = given["document"]
    validate(document)
    operations = {
        operation["operationId"]: operation for item in document["paths"].values() for operation in item.values()
    }
    if len(operations) != sum(len(item) for item in document["paths"].values()):
        return ["two operations have the same operationId"]
    components = json.loads(json.dumps(document["components"]))
    components["schemas"] = strict(components["schemas"])

    def disagreements(schema, body):
        validator = Draft202012Validator({**schema, "components": components})
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]

    wrong = []
    for operation, it in operations.items():
        for media in it.get("requestBody", {}).get("content", {}).values():
            wrong += [f"example of {operation}: {error}" for error in disagreements(media["schema"], media["example"])]
    seen = set()
    for answer in given["answers"]:
        name = f"{answer['operation']} {answer['status']}"
        described = operations[answer["operation"]]["responses"].get(str(answer["status"]))
        if described is None:
            wrong.append(f"{name} is not described")
            continue
        if "$ref" in described:
            described = components["responses"][described["$ref"].rsplit("/", 1)[1]]
        seen.add(answer["operation"])
        content = described.get("content", {})
        kind = (answer["type"] or "").split(";")[0]
        if kind not in content and (content or kind):
            wrong.append(f"{name} came as {kind!r}, but is described as {list(content)}")
        elif kind == "application/json":
            wrong += [f"{name}: {error}" for error in disagreements(content[kind]["schema"], answer["body"])]
    wrong += [f"{operation} was never asked" for operation in operations.keys() - seen]
    return wrong


if __name__ == "__main__":
    found = main()
    print("\n".join(found), file=sys.stderr)
    sys.exit(1 if found else 0)
