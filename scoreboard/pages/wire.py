"""What pages take in their addresses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from scoreboard.boards.wire import Where

Tag = Annotated[str, Meta(description="The language of the page, as in `de`. Left out: the browser's.")]


class Spoken(Struct):
    """A page's language."""

    lang: Tag = ""


class Shown(Where):
    """Which rows a board's page shows, and in which language."""

    lang: Tag = ""
