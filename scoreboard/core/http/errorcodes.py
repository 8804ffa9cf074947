"""Every error code, as docs/errors.md explains it: the one place that names its status."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoreboard.core.root import ROOT

PAGE = ROOT / "docs" / "errors.md"
CODE = re.compile(r"^### `([a-z_]+)`$")
LEAD = re.compile(r"^\*\*([^*]+)\*\* *")  # a status, or a place without one
STATUS = re.compile(r"\b[45]\d\d\b")


@dataclass(frozen=True)
class Explained:
    """The meaning of a code. `status` is None if no answer has it as its own code.

    `meaning` is plain text; in `paragraphs` code stands in backticks.
    """

    status: int | None
    meaning: str
    paragraphs: tuple[str, ...]


def explained(text: str) -> dict[str, Explained]:
    """The codes of a page. Pure."""
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
            found[code].append(" ".join(lines))
    return {code: _explained(*paragraphs) for code, paragraphs in found.items()}


def _explained(first: str, *others: str) -> Explained:
    lead = LEAD.match(first)
    status = STATUS.search(lead[1]) if lead else None
    return Explained(
        status=int(status[0]) if status else None,
        meaning=_plain(LEAD.sub("", first)),
        paragraphs=tuple(map(_unlinked, (LEAD.sub("", first) if status else first, *others))),
    )


def _plain(markdown: str) -> str:
    return _unlinked(markdown).replace("`", "")


def _unlinked(markdown: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown.replace("**", ""))


CODES = explained(PAGE.read_text("utf-8"))
