"""Header fields of an answer: of an Answer, or of a response of Flask."""

from __future__ import annotations

from werkzeug.datastructures import Headers

Fields = dict[str, str] | Headers


def vary(headers: Fields, *names: str) -> None:
    """Add names of request headers to Vary: the answer depends on them."""
    present = [name.strip() for name in headers.get("Vary", "").split(",") if name]
    headers["Vary"] = ", ".join(dict.fromkeys([*present, *names]))
