"""Reading what clients send: JSON that is exactly what it looks like, in exactly the expected shape."""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import msgspec

from scoreboard.core.errors import BadRequest, FieldError, ValidationFailed
from scoreboard.core.http.lenient import meant
from scoreboard.core.http.preferences import lenient
from scoreboard.core.patterns import in_words

T = TypeVar("T")
CACHE_BUSTER = "_"
EXACT = 2**53  # beyond it a float stands for more than one whole number


def parsed(data: bytes) -> Any:
    """The JSON value in `data`. Raises BadRequest, malformed_json.

    Stricter than json.loads: no duplicate keys, NaN, numbers too great for a float, lone
    surrogates, and nothing nested so deep that it takes the interpreter down.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise _malformed("nested too deep") from None
    except ValueError as error:
        raise _malformed(_encoding_complaint(data, error) or str(error).split(": line", 1)[0][:200]) from None
    if b"\\u" in data:
        _refuse_surrogates(value)
    return value


def shaped(value: Any, shape: type[T]) -> T:
    """`value` (parsed JSON) as a `shape`. Raises ValidationFailed with the field and what it must be."""
    if type(value) is dict and "" in value.values():
        value = meant(value, shape)
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError:
        try:
            return forgiven(value, shape)
        except msgspec.ValidationError as error:
            raise ValidationFailed(field_error(error)) from None


def forgiven(value: Any, shape: type[T]) -> T:
    """What `value`, which is no `shape`, means as one. Raises msgspec.ValidationError."""
    return msgspec.convert(meant(value, shape, lenient=lenient()), shape)


def field_error(error: msgspec.ValidationError, where: str = "body") -> FieldError:
    """What msgspec found wrong, as a field and a message; `where` names the whole."""
    message, _, path = str(error).partition(" - at `")
    return FieldError(path.rstrip("`").removeprefix("$").removeprefix(".") or where, in_words(message))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the same key twice in one object")
    return found


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number out of range")
    # 10.0 is a whole number: to JSON Schema, and to senders who know only one kind, as Lua does.
    whole = int(number)
    try:
        return whole if abs(whole) < EXACT and Decimal(text) == whole else number
    except InvalidOperation:  # its exponent has twenty digits
        raise ValueError("a number out of range") from None


def _refuse_surrogates(value: Any) -> None:
    # A lone \ud800 is no character: it can be neither stored nor sent back.
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _malformed("half of a surrogate pair") from None


def _encoding_complaint(data: bytes, error: ValueError) -> str:
    """What is wrong with how a body's text is encoded; "" where it is something else."""
    named = json.detect_encoding(data).upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
    if named != "UTF-8":
        return f"it is {named}, send it as UTF-8"
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else ""


def _malformed(reason: str) -> BadRequest:
    return BadRequest(f"The body is no valid JSON: {reason}.", code="malformed_json")


def query(args: Any, shape: type[T]) -> T:
    """A query string's parameters as a `shape`. Raises ValidationFailed.

    Unknown and repeated parameters are refused: a mistyped name must not change the answer silently.
    But for `_`, which jQuery and others add so that no cache answers.
    """
    values: dict[str, str] = {}
    for name, given in args.lists():
        if name == CACHE_BUSTER:
            continue
        if len(given) > 1:
            raise ValidationFailed(FieldError(name[:64], "is given twice"))
        values[name] = given[0]
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise ValidationFailed(field_error(error, "query")) from None
