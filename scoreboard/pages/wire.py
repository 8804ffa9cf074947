"""What the addresses of pages take, and the shape of what is told about one."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from scoreboard.boards.wire import Where

Pixels = Annotated[int, Meta(ge=1, le=10_000)]
Hide = Annotated[str, Meta(description="What not to show: words of docs/pages.md, between spaces or commas.")]


class PageQuery(Where, kw_only=True, forbid_unknown_fields=True):
    """Which rows of a board."""

    offset: Annotated[int, Meta(ge=0, description="Rows to skip.")] = 0
    me: Annotated[str, Meta(description="A player's id: whose row is marked and followed.")] = ""


class EmbedQuery(Where, kw_only=True, forbid_unknown_fields=True):
    """What of a board another site shows, and how."""

    rows: Annotated[int, Meta(ge=1, le=100)] = 10
    theme: Literal["auto", "light", "dark"] = "auto"
    hide: Hide = ""


class OverlayQuery(Where, kw_only=True, forbid_unknown_fields=True):
    """What of a board an overlay shows, and how."""

    rows: Annotated[int, Meta(ge=1, le=20)] = 5
    theme: Literal["dark", "light"] = "dark"
    hide: Hide = ""
    scale: Annotated[int, Meta(ge=50, le=400, description="Its size, in percent.")] = 100


class ImageQuery(Where, kw_only=True, forbid_unknown_fields=True):
    """What of a board an image shows, and how."""

    rows: Annotated[int, Meta(ge=1, le=50)] = 10
    theme: Literal["auto", "dark", "light"] = "auto"


class Empty(Struct, forbid_unknown_fields=True):
    """An address without parameters."""


class OEmbedQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a site that got a link asks for, as oembed.com says."""

    url: Annotated[str, Meta(max_length=2000, description="The address of a board's page.")]
    maxwidth: Pixels = 640
    maxheight: Pixels = 720
    format: Literal["json"] = "json"


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
