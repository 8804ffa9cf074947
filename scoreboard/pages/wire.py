"""What the addresses of pages take, and the shape of what is told about one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from scoreboard.boards.wire import Where
from scoreboard.core.http.pages import LanguageTag

Pixels = Annotated[int, Meta(ge=1, le=10_000)]


class BoardPageQuery(Where, kw_only=True):
    """Which window of a board a page shows. Pages forgive: whatever is asked for, the answer is a page."""

    lang: LanguageTag = ""


class RowsQuery(BoardPageQuery, kw_only=True):
    """Which rows of a board a page shows."""

    offset: Annotated[str, Meta(description="Rows to skip.")] = ""
    me: Annotated[str, Meta(description="A player's id: whose row is marked and followed.")] = ""


class EmbedQuery(BoardPageQuery, kw_only=True):
    """What of a board another site shows, and how."""

    rows: Annotated[str, Meta(description="How many: 1 to 100, left out 10.")] = ""
    theme: Annotated[str, Meta(description="auto, dark or light.")] = ""
    hide: Annotated[str, Meta(description="What not to show: words between spaces or commas.")] = ""


class OverlayQuery(EmbedQuery, kw_only=True):
    """What of a board an overlay shows, and how."""

    rows: Annotated[str, Meta(description="How many: 1 to 20, left out 5.")] = ""
    theme: Annotated[str, Meta(description="dark or light.")] = ""
    scale: Annotated[str, Meta(description="Its size in percent: 50 to 400.")] = ""


class ImageQuery(BoardPageQuery, kw_only=True):
    """What of a board an image shows, and how."""

    rows: Annotated[str, Meta(description="How many: 1 to 50, left out 10.")] = ""
    theme: Annotated[str, Meta(description="auto, dark or light.")] = ""


class NoQuery(Struct):
    """An address without parameters."""


class OEmbedQuery(Struct, kw_only=True):
    """What a site that got a link asks for, as oembed.com says. Some ask for more: WordPress for `dnt=1`."""

    url: Annotated[str, Meta(description="The address of a board's page.")]
    maxwidth: Pixels = 640
    maxheight: Pixels = 720
    format: Annotated[str, Meta(description="json; anything else is 501.", examples=["json"])] = "json"


class Embeddable(Struct, frozen=True, kw_only=True):
    """How to show a board on another site, as oembed.com shapes it."""

    version: str
    type: str
    title: str
    provider_name: str
    provider_url: str
    html: str
    width: int
    height: int
    cache_age: int


class Words(Struct, frozen=True, kw_only=True):
    """What the element says in a language. A text with a number has one form for each plural category."""

    language: str
    texts: Mapping[str, str | Mapping[str, str]]
