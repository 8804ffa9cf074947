"""Corrects bodies of clients that can't omit a field, or that know more fields than this server. Pure.

Unity's JsonUtility writes every string of a class, and an absent one as "". Lua and PHP encode an empty table
as [] or {}, whether a list or an object is meant. Only bodies that can't be converted as they are get
corrected, so the others cost nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import inspect

LOST_IF_EMPTY = {"lost_if_empty": True}  # a Meta's `extra`: "" is not taken for an absent field, but an error
ARRAYS = (inspect.ListType, inspect.VarTupleType)
OBJECTS = (inspect.StructType, inspect.DictType)
TEXTS = (inspect.StrType, inspect.LiteralType)


def correct(value: Any, shape: Any, *, lenient: bool = False) -> Any:
    """Remove empty texts from optional fields, and make empty objects and lists of the kind in `shape`.

    With `lenient`, also remove unknown fields, at every depth.
    """
    return _correct(value, _kind(shape), lenient=lenient)


def _correct(value: Any, kind: inspect.Type, *, lenient: bool) -> Any:
    kinds = list(_unwrap(kind))
    arrays, objects = _of(kinds, ARRAYS), _of(kinds, OBJECTS)
    if value == [] and objects and not arrays:
        return {}
    if value == {} and arrays and not objects:
        return []
    if isinstance(value, list) and arrays:
        return [_correct(one, arrays[0].item_type, lenient=lenient) for one in value]
    structs = _of(objects, (inspect.StructType,))
    if isinstance(value, dict) and structs:
        return dict(_fields(value, structs[0], lenient=lenient))
    return value


def _fields(value: dict[str, Any], struct: Any, *, lenient: bool) -> Iterator[tuple[str, Any]]:
    fields = {field.encode_name: field for field in struct.fields}
    for name, one in value.items():
        field = fields.get(name)
        if field is None:
            if not lenient:
                yield name, one
        elif one != "" or field.required or not _may_be_empty(field.type):
            yield name, _correct(one, field.type, lenient=lenient)


def _may_be_empty(kind: inspect.Type) -> bool:
    marked = any(one.extra == LOST_IF_EMPTY for one in _flatten(kind) if isinstance(one, inspect.Metadata))
    return bool(_of(_unwrap(kind), TEXTS)) and not marked


def _of(kinds: Iterable[Any], wanted: tuple[type, ...]) -> list[Any]:
    return [kind for kind in kinds if isinstance(kind, wanted)]


def _unwrap(kind: inspect.Type) -> Iterator[inspect.Type]:
    return (one for one in _flatten(kind) if not isinstance(one, inspect.Metadata | inspect.UnionType))


def _flatten(kind: inspect.Type) -> Iterator[inspect.Type]:
    """A type, the types that its annotations wrap, and the members of its union."""
    yield kind
    if isinstance(kind, inspect.Metadata):
        yield from _flatten(kind.type)
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _flatten(one)


@functools.cache
def _kind(shape: Any) -> inspect.Type:
    return inspect.type_info(shape)
