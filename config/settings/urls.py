"""The valid values of PUBLIC_URL, BASE_PATH and ALLOWED_ORIGINS. Pure."""

from __future__ import annotations

import re

ORIGIN = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#@,*\s]+\Z")
PUBLIC = re.compile(
    r"^https?://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~-]+)*/?\Z"
)
BASE = re.compile(r"^(?:/[A-Za-z0-9._~-]+)*/?\Z")
AVATAR = re.compile(r"^/(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*\{player\}[A-Za-z0-9._~?=&-]*\Z")
DOTS = {".", ".."}  # browsers remove these from a path before they send it


def is_public_url(url: str) -> bool:
    """True if links can begin with this URL."""
    match = PUBLIC.match(url)
    return match is not None and _has_no_dots(path_of(url)) and int(match["port"] or 0) <= 65535


def is_base_path(path: str) -> bool:
    """True if a server can be mounted below this path."""
    return BASE.match(path) is not None and _has_no_dots(path)


def is_avatar_path(path: str) -> bool:
    """True if pictures of players can be at this path of the same host; also for ""."""
    return not path or (AVATAR.match(path) is not None and _has_no_dots(path))


def is_origin(text: str) -> bool:
    """True if a text is an origin, as browsers write it in lower case."""
    return ORIGIN.match(text) is not None


def path_of(url: str) -> str:
    """The path of a URL, without a slash at its end."""
    _, slash, path = url.partition("://")[2].rstrip("/").partition("/")
    return slash + path


def with_path(url: str, path: str) -> str:
    """A URL with another path."""
    return f"{url.removesuffix('/').removesuffix(path_of(url))}{path.rstrip('/')}"


def split_list(text: str) -> list[str]:
    """The parts of a comma-separated list, without the empty ones."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _has_no_dots(path: str) -> bool:
    return DOTS.isdisjoint(path.split("/"))
