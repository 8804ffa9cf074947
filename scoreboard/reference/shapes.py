"""Structs as JSON Schema, for an OpenAPI 3.1 document. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType, structs

Schema = dict[str, Any]

REF = "#/components/schemas/{name}"


class Shapes:
    """The schemas of all types in a document."""

    def __init__(self, *, accepted: Iterable[Any], answered: Iterable[Any]) -> None:
        accepted, answered = list(accepted), list(answered)
        _, found = msgspec.json.schema_components([*accepted, *answered], ref_template=REF)
        partial = {struct.__name__ for one in accepted for struct in structs_in(one)}
        self.components = {
            name: without_defaults(portable(schema), told=name in partial) for name, schema in found.items()
        }
        for struct in {struct for one in answered for struct in structs_in(one)}:
            if struct.__name__ not in partial:
                self.components[struct.__name__]["required"] = _always(struct)

    def schema(self, shape: Any) -> Schema:
        """The schema of a shape, in which structs are references."""
        (schema,), _ = msgspec.json.schema_components([shape], ref_template=REF)
        found: Schema = portable(schema)
        return found


def parameters(query: type[Struct]) -> list[Schema]:
    """The fields of a query's struct as parameters."""
    whole = portable(msgspec.json.schema(query)["$defs"][query.__name__])
    return [
        _parameter(name, schema, required=name in whole["required"])
        for name, schema in whole["properties"].items()
    ]


def structs_in(shape: Any) -> Iterator[type[Struct]]:
    """Every struct in a shape."""
    if inspect.isclass(shape) and not get_origin(shape) and issubclass(shape, Struct):
        yield shape
        for field in structs.fields(shape):
            yield from structs_in(field.type)
    for part in get_args(shape):
        yield from structs_in(part)


def portable(schema: Any) -> Any:
    """A schema that tools of all languages understand.

    Patterns end as in ECMAScript, as JSON Schema says. An enumeration has a type. maxItems closes a list of
    fixed length: several tools refuse `items: false`, and others do not know prefixItems.
    """
    if isinstance(schema, list):
        return [portable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        name: one.replace(r"\Z", "$") if name == "pattern" and isinstance(one, str) else portable(one)
        for name, one in schema.items()
    }
    if found.get("items") is False:
        first = found["prefixItems"]
        found["items"] = {"anyOf": [one for index, one in enumerate(first) if one not in first[:index]]}
    values: Any = found.get("enum")
    return _type_of(values) | found if isinstance(values, list) else found


def without_defaults(schema: Schema, *, told: bool) -> Schema:
    """An object's schema without defaults. With `told`, the descriptions name them.

    Several generators take a field with a default as always present, and demand it from senders.
    """
    for one in schema.get("properties", {}).values():
        default = one.pop("default", None)
        if told and default not in (None, "", [], (), {}):
            text = f"Default: `{msgspec.json.encode(default).decode()}`."
            one["description"] = " ".join(filter(None, (one.get("description"), text)))
    return schema


def _type_of(values: list[Any]) -> Schema:
    kinds = {type(one) for one in values}
    return {"type": {str: "string", int: "integer"}[kinds.pop()]} if kinds in ({str}, {int}) else {}


def _always(struct: type[Struct]) -> list[str]:
    # A struct that is only answered has all its fields: defaults are for senders.
    tag = struct.__struct_config__.tag_field
    fields = structs.fields(struct)
    names = [field.encode_name for field in fields if UnsetType not in get_args(_bare(field.type))]
    return [tag, *names] if tag else names


def _bare(shape: Any) -> Any:
    return get_args(shape)[0] if hasattr(shape, "__metadata__") else shape


def _parameter(name: str, schema: Schema, *, required: bool) -> Schema:
    # A parameter is text or absent: null and "" stand for its absence, which needs no default.
    (schema,) = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
    if schema.get("default") in ("", None):
        schema = {key: value for key, value in schema.items() if key != "default"}
    found: Schema = {"name": name, "in": "query", "required": required, "schema": schema}
    if "description" in schema:
        found["description"] = schema.pop("description")
    if schema.get("type") == "object":
        del schema["default"]
        found |= {"style": "form", "explode": True}
    return found
