"""Calls: requests as endpoints see them, whether Flask or the server's fast path received them.

`conventions.py` makes calls of Flask's requests, and views of endpoints. The fast path makes calls of plain
requests, and calls endpoints directly. Endpoints, guards and limits can't tell the two apart.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from random import getrandbits
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_content_length, get_current_url

from scoreboard.core.concurrency import deadline
from scoreboard.core.errors import BodyTooLarge, UnsupportedMediaType
from scoreboard.core.http import bodies
from scoreboard.core.http.addresses import Addresses
from scoreboard.core.http.media import JSON
from scoreboard.core.http.site import Site

BODY_BYTES = 64 * 1024
BATCH_BYTES = 1024 * 1024  # of a body with a batch of entries
REQUEST_ID = re.compile(r"^[\x21-\x7e]{1,128}\Z")
SHORT_QUERY = 64  # characters; a process keeps the parameters of such queries
CACHED_QUERIES = 1024

Arguments = ImmutableMultiDict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """The objects that all calls of one application share."""

    parts: Any  # the Parts, which `parts()` returns; core knows no features
    site: Site
    origins: frozenset[str]  # whose pages may write
    addresses: Addresses
    limits: Any  # the Limits of core/limits, which builds on this package


class Call:
    """A request. Guards and limits note on it what the rest of the request needs."""

    __slots__ = (
        "_read",
        "app",
        "caller",
        "code",
        "environ",
        "id",
        "method",
        "network",
        "path",
        "player",
        "role",
        "scopes",
        "started",
        "tallies",
    )

    def __init__(
        self, app: Application, environ: dict[str, Any], path: str, read: Callable[[int], bytes]
    ) -> None:
        """`environ` is the WSGI environment. `read` returns the body, and may raise if it is over a limit."""
        self.app, self.environ, self.path, self._read = app, environ, path, read
        self.method: str = environ["REQUEST_METHOD"]
        self.started = time.monotonic()
        id = environ.get("HTTP_X_REQUEST_ID")
        # A request id is not secret, so it needs no cryptographic randomness.
        self.id: str = id if id and REQUEST_ID.match(id) else f"{getrandbits(64):016x}"
        self.player: Any = None  # the Player, set by the guard
        self.role = ""  # of the calling player, or "key", set by the guard that admits both
        self.scopes: tuple[str, ...] = ()  # the key scopes of the caller
        self.tallies: dict[str, Any] | None = None  # of the limits that counted it, by their names
        # For the log, which has those that are set.
        self.caller = self.code = self.network = ""

    @property
    def args(self) -> Arguments:
        """The parameters of the query string."""
        text = self.environ.get("QUERY_STRING", "")
        return _short_query(text) if len(text) <= SHORT_QUERY else _parse_query(text)

    @property
    def root(self) -> str:
        """The beginning of absolute links, with a slash at its end.

        Without PUBLIC_URL it is the request's host, which can be forged: shared caches may not keep it.
        """
        return f"{self.app.site.url}/" if self.app.site.url else get_current_url(self.environ, root_only=True)

    def json_body(self, limit: int = BODY_BYTES, *, optional: bool = False) -> Any:
        """The JSON body; {} if it is absent and `optional`.

        Raises BodyTooLarge, UnsupportedMediaType or BadRequest.
        """
        environ = self.environ
        if optional and not get_content_length(environ) and "HTTP_TRANSFER_ENCODING" not in environ:
            return {}
        return bodies.parse_json(self.raw_body(limit))

    def raw_body(self, limit: int = BODY_BYTES) -> bytes:
        """The bytes of the JSON body. Raises BodyTooLarge or UnsupportedMediaType."""
        _require_json(self.environ.get("CONTENT_TYPE", ""))
        _refuse_encoded(self.environ.get("HTTP_CONTENT_ENCODING", ""))
        start = time.monotonic()
        try:
            data = self._read(limit)
        finally:
            deadline.extend(time.monotonic() - start)  # waiting for the client does not count
        if len(data) > limit:
            raise too_large(limit)
        return data


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def current() -> Call:
    """The call that this greenlet answers."""
    call = _current.get()
    assert call is not None, "no call is answered now"
    return call


def enter(call: Call | None) -> Call | None:
    """Make this the call that `current` returns. Returns the one before."""
    before = _current.get()
    _current.set(call)
    return before


def too_large(limit: int) -> BodyTooLarge:
    """The error for a body over the limit of its route."""
    return BodyTooLarge(f"The body is too large: at most {limit} bytes are allowed.")


def _require_json(media: str) -> None:
    if media != JSON and parse_options_header(media)[0].lower() != JSON:
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")


def _refuse_encoded(encoding: str) -> None:
    """Refuse a compressed body: a few kilobytes can unpack to gigabytes. Raises UnsupportedMediaType."""
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(
            f"Compressed bodies are not supported: send it without Content-Encoding: {encoding[:40]}.",
            code="unsupported_content_encoding",
        )


def _parse_query(text: str) -> Arguments:
    """The parameters of a query string. Percent-encoded bytes that are no UTF-8 stay encoded."""
    decoded = text.encode("latin-1").decode(errors="replace")
    return ImmutableMultiDict(parse_qsl(decoded, keep_blank_values=True, errors="werkzeug.url_quote"))


_short_query = lru_cache(CACHED_QUERIES)(_parse_query)
