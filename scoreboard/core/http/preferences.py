"""Preferences of a request, by RFC 7240: only `handling=lenient` is supported."""

from __future__ import annotations

import re
from contextvars import ContextVar

from werkzeug import Request, Response

from scoreboard.core.http.cors import WRITES

HANDLING = re.compile(r'(?:^|,)\s*handling\s*=\s*"?(lenient|strict)"?\s*(?=[,;]|$)', re.IGNORECASE)

_lenient: ContextVar[bool] = ContextVar("lenient", default=False)


def begin(prefer: str) -> None:
    """Begin a request with this Prefer header."""
    if prefer or _lenient.get():  # the last request of this connection may have set it
        found = HANDLING.search(prefer)  # the first one counts
        _lenient.set(found is not None and found[1].lower() == "lenient")


def lenient() -> bool:
    """Whether unknown fields of this request's body are to be ignored."""
    return _lenient.get()


def tell(asked: Request, response: Response) -> None:
    """Confirm in the answer that unknown fields are ignored. A stored answer stays as it was."""
    if lenient() and asked.method in WRITES and "Idempotency-Replayed" not in response.headers:
        response.headers["Preference-Applied"] = "handling=lenient"
