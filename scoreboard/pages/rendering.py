"""What all pages have in common: what they may load, and their language, put where templates reach it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, request, url_for
from markupsafe import Markup

from scoreboard.boards.types import Period
from scoreboard.core.http import links
from scoreboard.core.http.parts import parts
from scoreboard.pages.messages import LANGUAGES, Language, Text, choose

PAGES, FILES = ("pages.", "guide.", "shell.", "reference."), ("static", "openapi", "service_worker")
# Names are written by strangers: a page that runs and loads only our own files can't be turned by them.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
DOORS = (  # of the house of developers: where they lead, and what is written on them
    ("guide.guide", "site.guide"),
    ("reference.docs", "site.api"),
    ("guide.events", "site.events"),
    ("guide.builder", "site.embed"),
    ("guide.problems", "site.problems"),
)


def install(bp: Blueprint) -> None:
    """Give all templates of the app the words, and all links between pages the language asked for."""
    bp.add_app_template_global(say, "t")
    bp.add_app_template_global(language)
    bp.add_app_template_global(texts)
    bp.add_app_template_global(languages)
    bp.add_app_template_global(links.link)
    bp.add_app_template_global(links.root)
    bp.app_context_processor(_frame)
    bp.app_url_defaults(_keep)


def dress(response: Response) -> Response:
    """Say what a page may load, in which language it is, and that it is never shown from a cache unasked."""
    response.headers["Content-Security-Policy"] = POLICY.format(ancestors=g.get("ancestors", "'self'"))
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["Content-Language"] = language().tag
    response.vary.add("Accept-Language")
    return response


def language() -> Language:
    """The language of this request's page."""
    if "language" not in g:
        g.language = choose(LANGUAGES, asked=_asked(), accepted=request.headers.get("Accept-Language", ""))
    found: Language = g.language
    return found


def say(key: str, **values: object) -> Markup:
    """A text in the language of this page."""
    return language().say(key, **values)


def period_name(period: Period) -> str:
    """A period as people read it."""
    return say("board.allTime") if period.kind == "all" else period.id


def texts(*sections: str) -> dict[str, Text]:
    """What a page's scripts may say."""
    return language().sections(*sections)


def languages() -> list[tuple[Language, str]]:
    """Every language, and this page's address in it."""
    path, others = quote(request.script_root + request.path), request.args.to_dict()
    return [(one, f"{path}?{urlencode(others | {'lang': tag})}") for tag, one in LANGUAGES.items()]


def _frame() -> dict[str, Any]:
    # What the frame of every page needs beside words.
    on = parts().base.settings.service_worker == "on"
    return {"doors": DOORS, "worker": url_for("shell.service_worker") if on else ""}


def _asked() -> str:
    return request.args.get("lang", "")


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    # Who chose a language in the address keeps it from page to page, without a cookie.
    if endpoint.startswith(PAGES) and not endpoint.endswith(FILES) and _asked() in LANGUAGES:
        values.setdefault("lang", _asked())
