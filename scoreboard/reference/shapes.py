"""Describes types as JSON Schema, for the OpenAPI 3.1 document. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType, structs

Schema = dict[str, Any]

REF = "#/components/schemas/{name}"


class Shapes:
    """The schemas of all types of requests and of answers."""

    def __init__(self, *, requests: Iterable[Any], answers: Iterable[Any]) -> None:
        requests, answers = list(requests), list(answers)
        _, schemas = msgspec.json.schema_components([*requests, *answers], ref_template=REF)
        request_names = {struct.__name__ for one in requests for struct in structs_in(one)}
        self.components = {
            name: without_defaults(portable(schema), describe=name in request_names)
            for name, schema in schemas.items()
        }
        for struct in {struct for one in answers for struct in structs_in(one)}:
            if struct.__name__ not in request_names:
                self.components[struct.__name__]["required"] = _always_present(struct)

    def schema(self, shape: Any) -> Schema:
        """The schema of a type. Structs in it are references to components."""
        (schema,), _ = msgspec.json.schema_components([shape], ref_template=REF)
        result: Schema = portable(schema)
        return result


def parameters(query: type[Struct]) -> list[Schema]:
    """The query parameters that a struct defines."""
    whole = portable(msgspec.json.schema(query)["$defs"][query.__name__])
    return [
        _parameter(name, schema, required=name in whole["required"])
        for name, schema in whole["properties"].items()
    ]


def structs_in(shape: Any) -> Iterator[type[Struct]]:
    """All structs that a type contains."""
    if inspect.isclass(shape) and not get_origin(shape) and issubclass(shape, Struct):
        yield shape
        for field in structs.fields(shape):
            yield from structs_in(field.type)
    for part in get_args(shape):
        yield from structs_in(part)


def portable(schema: Any) -> Any:
    """Change a schema so that tools of all languages understand it.

    Patterns end with `$`, as in ECMAScript. Enumerations get a type. In lists of fixed length `items: false`
    is replaced, because several tools refuse it and others do not know prefixItems; maxItems ends the list.
    """
    if isinstance(schema, list):
        return [portable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {
        name: one.replace(r"\Z", "$") if name == "pattern" and isinstance(one, str) else portable(one)
        for name, one in schema.items()
    }
    if result.get("items") is False:
        first = result["prefixItems"]
        result["items"] = {"anyOf": [one for index, one in enumerate(first) if one not in first[:index]]}
    values: Any = result.get("enum")
    return _type_of(values) | result if isinstance(values, list) else result


def without_defaults(schema: Schema, *, describe: bool) -> Schema:
    """Remove the defaults from an object's schema. With `describe`, put them into the descriptions.

    Several code generators treat a field with a default as always present, and require it from senders.
    """
    for one in schema.get("properties", {}).values():
        default = one.pop("default", None)
        if describe and default not in (None, "", [], (), {}):
            text = f"Default: `{msgspec.json.encode(default).decode()}`."
            one["description"] = " ".join(filter(None, (one.get("description"), text)))
    return schema


def _type_of(values: list[Any]) -> Schema:
    kinds = {type(one) for one in values}
    return {"type": {str: "string", int: "integer"}[kinds.pop()]} if kinds in ({str}, {int}) else {}


def _always_present(struct: type[Struct]) -> list[str]:
    # A struct that is only in answers always has all its fields. Defaults are for clients that send a struct.
    tag = struct.__struct_config__.tag_field
    fields = structs.fields(struct)
    names = [
        field.encode_name for field in fields if UnsetType not in get_args(_without_metadata(field.type))
    ]
    return [tag, *names] if tag else names


def _without_metadata(shape: Any) -> Any:
    return get_args(shape)[0] if hasattr(shape, "__metadata__") else shape


def _parameter(name: str, schema: Schema, *, required: bool) -> Schema:
    # A parameter is text or absent. The defaults null and "" mean that it is absent, so they are left out.
    (schema,) = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
    if schema.get("default") in ("", None):
        schema = {key: value for key, value in schema.items() if key != "default"}
    result: Schema = {"name": name, "in": "query", "required": required, "schema": schema}
    if "description" in schema:
        result["description"] = schema.pop("description")
    if schema.get("type") == "object":
        del schema["default"]
        result |= {"style": "form", "explode": True}
    return result
