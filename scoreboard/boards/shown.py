"""The fields of a standing's metadata that its row shows to everybody: those that the board names. Pure.

Pages turn these values into flags, texts and links, also pages that others write. So a value that is not
safe as that is left out here, once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from scoreboard.boards.types import ShownField

MAX_TEXT = 64  # characters
MAX_LINK = 400
COUNTRY = re.compile(r"[A-Z]{2}|GB-(?:ENG|SCT|WLS)")  # ISO 3166; the others are the flags that fonts have
UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\\"'<>`]")

_decode = msgspec.json.Decoder().decode


def shown_fields(show: Sequence[ShownField], metadata: str) -> dict[str, str]:
    """The values that a row shows, by field. Fields that are missing or can't be shown are left out."""
    if not metadata:
        return {}
    found: Any = _decode(metadata)
    values = ((one.field, READ[one.kind](found.get(one.field))) for one in show)
    return {field: value for field, value in values if value}


def flag(value: Any) -> str:
    """A country's code in capitals; "" if the value is none."""
    code = value.upper() if isinstance(value, str) and value.isascii() else ""
    return code if COUNTRY.fullmatch(code) else ""


def text(value: Any) -> str:
    """A text in one line, or a number as text; "" if the value is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())[:MAX_TEXT]


def link(value: Any) -> str:
    """An address of the web, by http or https and without a user's name in it; "" if the value is none."""
    if not isinstance(value, str) or len(value) > MAX_LINK or UNSAFE.search(value):
        return ""
    try:
        address = urlsplit(value)
        safe = address.scheme in ("http", "https") and address.hostname and "@" not in address.netloc
    except ValueError:  # a host in broken brackets
        return ""
    return value if safe else ""


READ: dict[str, Callable[[Any], str]] = {"flag": flag, "text": text, "link": link}
