"""Cards as PNG. Each is drawn once a minute at most, even if it is requested more often."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import NamedTuple

from scoreboard.core.concurrency.keyedlock import KeyedLock, LockTimeout
from scoreboard.core.errors import Unavailable

log = logging.getLogger(__name__)

DRAW = Path(__file__).with_name("draw.py")
CACHE_SECONDS = 60  # a picture is used again for this long, by clients too
MAX_PICTURES = 64  # of 40 kB each
MAX_SECONDS = 1.5  # for drawing one; then the process is ended


class Drawing(NamedTuple):
    """An SVG, and the fonts that its texts need."""

    svg: str
    fonts: Sequence[Path]


class _Picture(NamedTuple):
    png: bytes
    drawn_at: float


class Pictures:
    """The cards that were drawn lately."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pictures: OrderedDict[Hashable, _Picture] = OrderedDict()
        self._locks = KeyedLock()

    def get(self, name: Hashable, make: Callable[[], Drawing]) -> bytes:
        """The card of this name, drawn now or within the last minute. Raises Unavailable."""
        try:
            return self._find_fresh(name) or self._draw(name, make)
        except LockTimeout:
            raise _busy() from None

    def _find_fresh(self, name: Hashable) -> bytes:
        """The card if it was drawn within the last minute; otherwise b""."""
        found = self._pictures.get(name)
        return found.png if found and self._clock() - found.drawn_at <= CACHE_SECONDS else b""

    def _draw(self, name: Hashable, make: Callable[[], Drawing]) -> bytes:
        with self._locks.take(
            "drawing", seconds=MAX_SECONDS
        ):  # one after another: scores need the processors
            return self._find_fresh(name) or self._keep(name, draw(make()))

    def _keep(self, name: Hashable, png: bytes) -> bytes:
        self._pictures[name] = _Picture(png, self._clock())
        self._pictures.move_to_end(name)
        while len(self._pictures) > MAX_PICTURES:
            self._pictures.popitem(last=False)
        return png


def draw(drawing: Drawing) -> bytes:
    """Draw a PNG. Raises Unavailable."""
    command = [sys.executable, "-P", str(DRAW), *map(str, drawing.fonts)]
    try:
        process = subprocess.run(
            command, input=drawing.svg.encode(), capture_output=True, check=True, timeout=MAX_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.error("a share card could not be drawn", exc_info=error)  # noqa: TRY400
        raise _busy() from error
    return process.stdout


def _busy() -> Unavailable:
    return Unavailable(
        "The card can't be drawn at the moment.", code="card_unavailable", retry_after_seconds=5
    )
