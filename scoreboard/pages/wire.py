"""The query parameters of pages, and the shapes of answers about embedding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from scoreboard.boards.wire import Where
from scoreboard.core.http.pages import LanguageTag

Pixels = Annotated[int, Meta(ge=1, le=10_000)]


class BoardPageQuery(Where, kw_only=True):
    """The window of a board that a page shows. Pages ignore values that they can't read."""

    lang: LanguageTag = ""


class BoardsQuery(Struct, kw_only=True):
    """The part of the list of boards that a page shows."""

    lang: LanguageTag = ""
    offset: Annotated[str, Meta(description="Boards to skip.")] = ""


class ArchiveQuery(Struct, kw_only=True):
    """The past periods of a board that a page shows."""

    lang: LanguageTag = ""
    kind: Annotated[str, Meta(description="Only periods of this kind; the board's own if left out.")] = ""
    region: Annotated[str, Meta(description="One of the board's regions; all of them if left out.")] = ""
    before: Annotated[str, Meta(description="Only periods before this one, as in links of the page.")] = ""


class RowsQuery(BoardPageQuery, kw_only=True):
    """The rows of a board that a page shows."""

    offset: Annotated[str, Meta(description="Rows to skip.")] = ""
    me: Annotated[str, Meta(description="A player's id. Their row is marked and followed.")] = ""


class EmbedQuery(BoardPageQuery, kw_only=True):
    """The look of a board on another site."""

    rows: Annotated[str, Meta(description="The number of rows: 1 to 100; 10 by default.")] = ""
    theme: Annotated[str, Meta(description="auto, dark or light.")] = ""
    hide: Annotated[str, Meta(description="Parts to hide: words, separated by spaces or commas.")] = ""


class OverlayQuery(EmbedQuery, kw_only=True):
    """The look of a board in an overlay."""

    rows: Annotated[str, Meta(description="The number of rows: 1 to 20; 5 by default.")] = ""
    theme: Annotated[str, Meta(description="dark or light.")] = ""
    scale: Annotated[str, Meta(description="Its size in percent: 50 to 400.")] = ""


class ImageQuery(BoardPageQuery, kw_only=True):
    """The look of a board in an image."""

    rows: Annotated[str, Meta(description="The number of rows: 1 to 50; 10 by default.")] = ""
    theme: Annotated[str, Meta(description="auto, dark or light.")] = ""


class OEmbedQuery(Struct, kw_only=True):
    """An oEmbed request (oembed.com). Some sites send more parameters: WordPress sends `dnt=1`."""

    url: Annotated[str, Meta(description="The address of a board's page.")]
    maxwidth: Pixels = 640
    maxheight: Pixels = 720
    format: Annotated[str, Meta(description="`json`; any other value is 501.", examples=["json"])] = "json"


class Embeddable(Struct, frozen=True, kw_only=True):
    """The code that shows a board on another site, in oembed.com's shape."""

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
    """The element's texts in a language, and the path of players' pictures.

    A text with a number has one form for each plural category.
    """

    language: str
    texts: Mapping[str, str | Mapping[str, str]]
    avatars: Annotated[
        str,
        Meta(description="`AVATAR_URL`: a path of this host; empty if there are no pictures."),
    ]
