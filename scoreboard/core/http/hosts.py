"""The syntax of Host headers. Pure."""

from __future__ import annotations

import re

LONGEST = 253  # characters: the longest name in DNS; its QR code takes a tenth of a second
LABEL = "[A-Za-z0-9_-]{1,63}"  # with underscores, which names of containers have
NAME = rf"{LABEL}(?:\.{LABEL})*\.?"
ADDRESS6 = r"\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?\]"
HOST = re.compile(rf"(?:(?:{NAME}|{ADDRESS6})(?::[0-9]{{0,5}})?)?")


def is_malformed(host: str) -> bool:
    """True if a Host header names no host. An empty one is valid: HTTP/1.0 has none."""
    return len(host) > LONGEST or HOST.fullmatch(host) is None
