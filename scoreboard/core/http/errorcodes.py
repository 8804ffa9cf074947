"""All error codes, read from docs/errors.md, the only place that states their HTTP status."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoreboard.core.root import ROOT

PAGE = ROOT / "docs" / "errors.md"
CODE = re.compile(r"^### `([a-z_]+)`$")
LEAD = re.compile(r"^\*\*([^*]+)\*\* *")  # bold text at the beginning: the status, or where the code appears
STATUS = re.compile(r"\b[45]\d\d\b")


@dataclass(frozen=True)
class ErrorCode:
    """The meaning of a code. `status` is None if no answer has it as its own code.

    `meaning` is plain text; in `paragraphs`, code is in backticks.
    """

    status: int | None
    meaning: str
    paragraphs: tuple[str, ...]


def parse_page(text: str) -> dict[str, ErrorCode]:
    """The codes that a page in Markdown explains, by name. Pure."""
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
    return {code: _parse_code(*paragraphs) for code, paragraphs in found.items()}


def _parse_code(first: str, *others: str) -> ErrorCode:
    lead = LEAD.match(first)
    status = STATUS.search(lead[1]) if lead else None
    return ErrorCode(
        status=int(status[0]) if status else None,
        meaning=_plain_text(LEAD.sub("", first)),
        paragraphs=tuple(map(_without_links, (LEAD.sub("", first) if status else first, *others))),
    )


def _plain_text(markdown: str) -> str:
    return _without_links(markdown).replace("`", "")


def _without_links(markdown: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown.replace("**", ""))


CODES = parse_page(PAGE.read_text("utf-8"))
