"""What each error code means: the paragraphs of docs/errors.md, as a problem's type leads to. Pure."""

from __future__ import annotations

import re

CODE = re.compile(r"^### `([a-z_]+)`$")


def paragraphs(text: str) -> dict[str, list[str]]:
    """For each code its paragraphs, as plain text."""
    found: dict[str, list[str]] = {}
    code = ""
    for block in text.split("\n\n"):
        lines = block.strip().splitlines()
        match = CODE.match(lines[0]) if lines else None
        if match:
            code = match[1]
            found[code] = []
            lines = lines[1:]
        elif lines and lines[0].startswith("#"):
            code = ""
        if code and lines:
            found[code].append(_plain(" ".join(lines)))
    return found


def _plain(markdown: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown.replace("`", "").replace("**", ""))
