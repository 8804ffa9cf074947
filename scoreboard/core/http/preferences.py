"""What a request prefers, by RFC 7240: only `handling=lenient` means something here."""

from __future__ import annotations

import re
from contextvars import ContextVar

from werkzeug import Request, Response

from scoreboard.core.http.cors import WRITES

HANDLING = re.compile(r'(?:^|,)\s*handling\s*=\s*"?(lenient|strict)"?\s*(?=[,;]|$)', re.IGNORECASE)

_lenient: ContextVar[bool] = ContextVar("lenient", default=False)


def begin(prefer: str) -> None:
    """A request begins here, with this header Prefer."""
    if prefer or _lenient.get():  # the last request of this connection may have set it
        found = HANDLING.search(prefer)  # the first one counts
        _lenient.set(found is not None and found[1].lower() == "lenient")


def lenient() -> bool:
    """Whether the sender of the body that is read wants unknown fields to be ignored."""
    return _lenient.get()


def tell(asked: Request, response: Response) -> None:
    """Tell a sender that unknown fields are ignored in bodies. A stored answer stays as it was."""
    if lenient() and asked.method in WRITES and "Idempotency-Replayed" not in response.headers:
        response.headers["Preference-Applied"] = "handling=lenient"
