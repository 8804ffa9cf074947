"""Samples of bodies: a value that a schema allows, to begin with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
PLAIN = {"string": "", "boolean": False, "null": None, "number": 0}


def sample(schema: Schema, shapes: Mapping[str, Schema]) -> Any:
    """The first example of a schema; otherwise a value of its type, with all required fields."""
    if "$ref" in schema:
        return sample(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    for keyword in ("examples", "enum"):
        if keyword in schema:
            return schema[keyword][0]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return sample(choices[0], shapes)
    return _of_type(schema, shapes)


def _of_type(schema: Schema, shapes: Mapping[str, Schema]) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: sample(fields[name], shapes) for name in schema.get("required", []) if name in fields}
    if kind == "array":
        return [sample(schema["items"], shapes)] * schema.get("minItems", 0)
    if kind == "integer":
        return max(0, schema.get("minimum", 0))
    return PLAIN[kind]
