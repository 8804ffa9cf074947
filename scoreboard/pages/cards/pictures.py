"""Cards as PNG: each is drawn once a minute at most, however often it is requested."""

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
KEPT_SECONDS = 60
MAX_KEPT = 64  # cards of 40 kB
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
        self._kept: OrderedDict[Hashable, _Picture] = OrderedDict()
        self._locks = KeyedLock()

    def get(self, name: Hashable, make: Callable[[], Drawing]) -> bytes:
        """The card of this name, drawn now or within the last minute. Raises Unavailable."""
        try:
            return self._fresh(name) or self._draw(name, make)
        except LockTimeout:
            raise _busy() from None

    def _fresh(self, name: Hashable) -> bytes:
        """The card if it was drawn within the last minute; otherwise nothing."""
        known = self._kept.get(name)
        return known.png if known and self._clock() - known.drawn_at <= KEPT_SECONDS else b""

    def _draw(self, name: Hashable, make: Callable[[], Drawing]) -> bytes:
        with self._locks.take("drawing", seconds=MAX_SECONDS):  # one after another: processors are for scores
            return self._fresh(name) or self._keep(name, draw(make()))

    def _keep(self, name: Hashable, png: bytes) -> bytes:
        self._kept[name] = _Picture(png, self._clock())
        self._kept.move_to_end(name)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return png


def draw(drawing: Drawing) -> bytes:
    """Draw a PNG. Raises Unavailable."""
    command = [sys.executable, "-P", str(DRAW), *map(str, drawing.fonts)]
    try:
        done = subprocess.run(
            command, input=drawing.svg.encode(), capture_output=True, check=True, timeout=MAX_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.error("a share card could not be drawn", exc_info=error)  # noqa: TRY400
        raise _busy() from error
    return done.stdout


def _busy() -> Unavailable:
    return Unavailable(
        "The card can't be drawn at the moment.", code="card_unavailable", retry_after_seconds=5
    )
