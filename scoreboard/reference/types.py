"""JSON Schema in words: "array of Entry, at most 1000". Pure."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

Schema = dict[str, Any]
LIMITS = (  # keywords of JSON Schema, and the words for them
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {}"),
    ("maxItems", "at most {}"),
)


class Part(NamedTuple):
    """A piece of the text of a type."""

    text: str
    shape: bool = False  # the name of a shape, which has a paragraph of its own
    code: bool = False


def type_of(schema: Schema) -> list[Part]:
    """The text of a type, in pieces."""
    if "$ref" in schema:
        return [Part(schema["$ref"].rpartition("/")[2], shape=True)]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return _join([type_of(one) for one in choices], " or ")
    if "enum" in schema:
        return _join([[Part(str(value), code=True)] for value in schema["enum"]], " or ")
    return [*_kind(schema), *_limits(schema)]


def _kind(schema: Schema) -> list[Part]:
    kind = str(schema.get("type", "any JSON"))
    items, values = schema.get("items"), schema.get("additionalProperties")
    if kind == "array" and items:
        return [Part("array of "), *type_of(items)]
    if kind == "object" and isinstance(values, dict) and values:
        return [Part("object with values "), *type_of(values)]
    return [Part(str(schema.get("format", kind)))]


def _limits(schema: Schema) -> list[Part]:
    found = [Part(", " + words.format(schema[name])) for name, words in LIMITS if name in schema]
    return [*found, Part(", matching "), Part(schema["pattern"], code=True)] if "pattern" in schema else found


def _join(types: list[list[Part]], between: str) -> list[Part]:
    return list(chain(*([Part(between), *one] if index else one for index, one in enumerate(types))))
