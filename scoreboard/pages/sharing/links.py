"""Which board a link leads to. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scoreboard.core.ids import BOARD_ID

PATH = re.compile(r"^(?:b|embed)/(?P<board>[^/]+)\Z")


def board_in(url: str, root: str) -> str | None:
    """The board whose page a link under `root` leads to; None where it leads elsewhere."""
    try:
        wanted, ours = urlsplit(url), urlsplit(root)
    except ValueError:  # as of "http://["
        return None
    if wanted.netloc != ours.netloc or not wanted.path.startswith(ours.path):
        return None
    match = PATH.match(wanted.path.removeprefix(ours.path))
    return match["board"] if match and re.match(BOARD_ID, match["board"]) else None
