"""The edge: a Pushpin in front of the server. It holds the connections of viewers, and gets each frame once.

The server and the edge talk GRIP: headers of an answer tell the edge to hold a connection.
"""

from __future__ import annotations

import logging
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import jwt
import msgspec

from scoreboard.core.background import Loop
from scoreboard.stream.protocol.types import Cursor, Encoded, Resumed

log = logging.getLogger(__name__)

MAX_QUEUED = 1000  # frames; the oldest are dropped, and the edge then requests them
BATCH = 50  # frames that are posted in one request
POST_SECONDS = 5.0
REST_SECONDS = 0.5  # after a failure
KEEP_ALIVE = 'event: hb\\ndata: {"t":"hb","b":[]}\\n\\n; format=cstring; timeout=15'
# Between two requests of the edge for missed frames of a connection. A shorter time would be a flood.
LINK_SECONDS = 600


@dataclass(kw_only=True)
class Edge:
    """Posts frames to the control port of the edge, and recognises its requests by their signature."""

    url: str
    key: str
    _queue: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MAX_QUEUED))
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = Loop("posting to the edge", self.turn, rest_seconds=REST_SECONDS)

    def publish(self, scope: str, previous: Cursor, id: Cursor, frame: Encoded) -> None:
        """Queue a frame for the edge. Does not wait."""
        formats = {"http-stream": {"content": frame.event.decode()}}
        item = {"channel": channel(scope), "id": str(id), "prev-id": str(previous), "formats": formats}
        self._queue.append(item)
        self.loop.wake()

    def turn(self) -> float | None:
        """Post a batch of queued frames. If that fails, they stay in the queue. Returns seconds to wait."""
        batch = [self._queue[index] for index in range(min(BATCH, len(self._queue)))]
        if not batch:
            return None
        if not self._post(batch):
            return REST_SECONDS
        for item in batch:
            if self._queue and self._queue[0] is item:
                self._queue.popleft()
        return 0

    def has_signed(self, signature: str) -> bool:
        """True if a signature is this edge's, so the request came through it."""
        try:
            jwt.decode(signature, self.key, algorithms=["HS256"], options={"verify_aud": False})
        except jwt.InvalidTokenError:
            return False
        return True

    def _post(self, items: Sequence[dict[str, Any]]) -> bool:
        body = msgspec.json.encode({"items": items})
        headers = {"Content-Type": "application/json"}
        try:
            request = urllib.request.Request(f"{self.url}/publish/", body, headers)
            with urllib.request.urlopen(request, timeout=POST_SECONDS) as answer:
                answer.read()
        except (OSError, HTTPException) as error:
            log.warning(
                "the edge can't be reached: its frames wait for the next attempt",
                extra={"reason": str(error)},
            )
            return False
        return True


def channel(scope: str) -> str:
    """The edge's name for a room."""
    return f"b-{scope}"


def last_seen(headers: Sequence[str]) -> str:
    """The cursor after which the edge misses frames: the oldest one in its headers; "" for none."""
    parsed = [Cursor.parse(text.partition("last-id=")[2].strip()) for text in headers]
    cursors = [cursor for cursor in parsed if cursor is not None]
    return str(min(cursors)) if cursors else ""


def hold_headers(scopes: Mapping[str, int], resumed: Resumed, link: str) -> list[tuple[str, str]]:
    """The headers that tell the edge to hold a connection, with each room and the last frame sent of it."""
    rooms = [f"{channel(scope)}; prev-id={Cursor(resumed.at.epoch, s)}" for scope, s in scopes.items()]
    return [
        ("Grip-Hold", "stream"),
        *(("Grip-Channel", room) for room in rooms),
        ("Grip-Keep-Alive", KEEP_ALIVE),
        ("Grip-Link", f"<{link}>; rel=next; timeout={LINK_SECONDS}"),
    ]
