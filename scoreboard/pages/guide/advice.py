"""What errors mean, as a page says it. Pure."""

from __future__ import annotations

import re

from markupsafe import Markup

CODE, SHOWN = re.compile(r"`([^`]+)`"), Markup('<code translate="no">{}</code>')
ADVICE = {
    **dict.fromkeys((400, 413, 415, 422), "guide.mend"),
    **dict.fromkeys((401, 403), "guide.signIn"),
    **dict.fromkeys((404, 405, 409, 426, 501), "guide.look"),
    **dict.fromkeys((408, 429, 503), "guide.wait"),
    500: "guide.report",
}


def advice(status: int | None) -> str:
    """The key of what to do about a status; "" where there is none."""
    return ADVICE.get(status or 0, "")


def coded(text: str) -> Markup:
    """A text with code in backticks, as HTML."""
    parts = CODE.split(text)  # text and code take turns
    return Markup("").join(SHOWN.format(part) if place % 2 else part for place, part in enumerate(parts))
