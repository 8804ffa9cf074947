"""An edge in front of the server (Pushpin, by GRIP): it holds the connections and gets each frame once."""

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

QUEUED = 1000  # frames; the edge asks for lost ones
POSTED_AT_ONCE = 50
SECONDS = 5.0
REST_SECONDS = 0.5
KEEP_ALIVE = 'event: hb\\ndata: {"t":"hb","b":[]}\\n\\n; format=cstring; timeout=15'
LINK_SECONDS = 600  # with shorter links all clients ask at once


@dataclass(kw_only=True)
class Edge:
    """Posts frames to the control port of the edge, and recognises its requests by their signature."""

    url: str
    key: str
    _queue: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=QUEUED))
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = Loop("posting to the edge", self.turn, rest_seconds=REST_SECONDS)

    def publish(self, scope: str, previous: Cursor, id: Cursor, frame: Encoded) -> None:
        """Queue a committed frame. Does not wait."""
        formats = {"http-stream": {"content": frame.event.decode()}}
        item = {"channel": channel(scope), "id": str(id), "prev-id": str(previous), "formats": formats}
        self._queue.append(item)
        self.loop.wake()

    def turn(self) -> float | None:
        """Post some of the queued frames. Frames that can't be posted now are posted later."""
        batch = [self._queue[index] for index in range(min(POSTED_AT_ONCE, len(self._queue)))]
        if not batch:
            return None
        if not self._post(batch):
            return REST_SECONDS
        for item in batch:
            if self._queue and self._queue[0] is item:
                self._queue.popleft()
        return 0

    def signed(self, signature: str) -> bool:
        """Whether a request came through this edge."""
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
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                answer.read()
        except (OSError, HTTPException) as error:
            log.warning("the edge can't be reached, its frames wait", extra={"reason": str(error)})
            return False
        return True


def channel(scope: str) -> str:
    """The name of a room at the edge."""
    return f"b-{scope}"


def last_seen(headers: Sequence[str]) -> str:
    """The cursor after which the edge misses frames: the oldest that it names."""
    found = [Cursor.parse(text.partition("last-id=")[2].strip()) for text in headers]
    known = [cursor for cursor in found if cursor is not None]
    return str(min(known)) if known else ""


def holding(scopes: Mapping[str, int], resumed: Resumed, link: str) -> list[tuple[str, str]]:
    """The headers that make the edge hold a connection: each room with the last frame that was served."""
    rooms = [f"{channel(scope)}; prev-id={Cursor(resumed.at.epoch, s)}" for scope, s in scopes.items()]
    return [
        ("Grip-Hold", "stream"),
        *(("Grip-Channel", room) for room in rooms),
        ("Grip-Keep-Alive", KEEP_ALIVE),
        ("Grip-Link", f"<{link}>; rel=next; timeout={LINK_SECONDS}"),
    ]
