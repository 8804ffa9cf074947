"""The header Prefer of requests (RFC 7240). Only `handling=lenient` is supported."""

from __future__ import annotations

import re
from contextvars import ContextVar

from scoreboard.core.http.fields import Fields
from scoreboard.core.http.methods import WRITES

HANDLING = re.compile(r'(?:^|,)\s*handling\s*=\s*"?(lenient|strict)"?\s*(?=[,;]|$)', re.IGNORECASE)

_lenient: ContextVar[bool] = ContextVar("lenient", default=False)


def begin(prefer: str) -> None:
    """Set the preference of the request that begins from its Prefer header."""
    if prefer or _lenient.get():  # the previous request of this connection may have set it
        match = HANDLING.search(prefer)  # the first one counts
        _lenient.set(match is not None and match[1].lower() == "lenient")


def is_lenient() -> bool:
    """True if unknown fields of this request's body are ignored."""
    return _lenient.get()


def add_header(method: str, headers: Fields) -> None:
    """Confirm in a header that unknown fields were ignored. A stored answer stays as it was."""
    if is_lenient() and method in WRITES and "Idempotency-Replayed" not in headers:
        headers["Preference-Applied"] = "handling=lenient"
