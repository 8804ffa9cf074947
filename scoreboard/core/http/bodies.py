"""Reads requests: parses strict JSON and query strings, and converts them to the expected types."""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import msgspec

from scoreboard.core.errors import BadRequest, FieldError, ValidationFailed
from scoreboard.core.http.lenient import correct
from scoreboard.core.http.preferences import is_lenient
from scoreboard.core.patterns import in_words

T = TypeVar("T")
CACHE_BUSTER = "_"  # a query parameter that jQuery and others add to bypass caches
EXACT = 2**53  # up to this number, different integers are different floats


def parse_json(data: bytes) -> Any:
    """The JSON value in `data`. Raises BadRequest, malformed_json.

    Stricter than json.loads: refuses duplicate keys, NaN, numbers too large for a float, lone surrogates,
    and nesting beyond the interpreter's recursion limit.
    """
    try:
        value = _decode(_without_mark(data.decode("utf-8")))
    except RecursionError:
        raise _malformed_json("nested too deep") from None
    except ValueError as error:
        raise _malformed_json(
            _encoding_complaint(data, error) or str(error).split(": line", 1)[0][:200]
        ) from None
    if b"\\u" in data:
        _refuse_surrogates(value)
    return value


def convert(value: Any, shape: type[T]) -> T:
    """Convert parsed JSON to the type `shape`. Raises ValidationFailed with the field and its rule."""
    if type(value) is dict and "" in value.values():
        value = correct(value, shape)
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError:
        try:
            return convert_leniently(value, shape)
        except msgspec.ValidationError as error:
            raise ValidationFailed(field_error(error)) from None


def convert_leniently(value: Any, shape: type[T]) -> T:
    """Convert parsed JSON to the type `shape`, after corrections. Raises msgspec.ValidationError."""
    return msgspec.convert(correct(value, shape, lenient=is_lenient()), shape)


def field_error(error: msgspec.ValidationError, whole: str = "body") -> FieldError:
    """An error of msgspec as a field and a message. `whole` stands for the whole value."""
    message, _, path = str(error).partition(" - at `")
    return FieldError(path.rstrip("`").removeprefix("$").removeprefix(".") or whole, in_words(message))


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("an object has the same key twice")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _finite_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number out of range")
    # 10.0 is an integer in JSON Schema, and clients in languages such as Lua have only one type of number.
    whole = int(number)
    try:
        return whole if abs(whole) < EXACT and Decimal(text) == whole else number
    except InvalidOperation:  # an exponent of twenty digits
        raise ValueError("a number out of range") from None


# Made once: json.loads makes a decoder at each call if it is given functions.
_decode = json.JSONDecoder(
    object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant, parse_float=_finite_number
).decode


def _without_mark(text: str) -> str:
    """The text. Raises ValueError if it begins with a byte order mark, which JSON does not allow."""
    if text.startswith("\ufeff"):
        raise ValueError("it begins with a byte order mark")
    return text


def _refuse_surrogates(value: Any) -> None:
    # A lone surrogate such as \ud800 is not a character: it can be neither stored nor sent back.
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _malformed_json("half of a surrogate pair") from None


def _encoding_complaint(data: bytes, error: ValueError) -> str:
    """The error of a body's encoding; "" if the encoding is right."""
    name = json.detect_encoding(data).upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
    if name != "UTF-8":
        return f"it is {name}, send it as UTF-8"
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else ""


def _malformed_json(reason: str) -> BadRequest:
    return BadRequest(f"The body is not valid JSON: {reason}.", code="malformed_json")


def query(args: Any, shape: type[T]) -> T:
    """The query string's parameters, converted to the type `shape`. Raises ValidationFailed.

    Unknown and repeated parameters are refused: a mistyped name must not change the answer silently.
    """
    values: dict[str, str] = {}
    for name, texts in args.lists():
        if name == CACHE_BUSTER:
            continue
        if len(texts) > 1:
            raise ValidationFailed(FieldError(name[:64], "is given twice"))
        values[name] = texts[0]
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise ValidationFailed(field_error(error, "query")) from None
