"""Everything that all pages share: headers, and the texts and links of templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, g, request, url_for
from markupsafe import Markup

from scoreboard.boards.types import Period
from scoreboard.core.http import links
from scoreboard.core.http.compression import compressed
from scoreboard.core.http.pages import DeclaredPage, declared_pages, takes_language
from scoreboard.core.http.parts import parts
from scoreboard.pages.messages import LANGUAGES, Language, Text, choose

T = TypeVar("T")
# Strangers write names: a page that runs and loads only our own files can't be taken over by a name.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)


def install(bp: Blueprint) -> None:
    """Give all templates of the app texts and links, and keep the chosen language in links between pages."""
    bp.add_app_template_global(say, "t")
    bp.add_app_template_global(language)
    bp.add_app_template_global(texts)
    bp.add_app_template_global(languages)
    bp.add_app_template_global(links.link)
    bp.add_app_template_global(links.root)
    bp.app_context_processor(_frame_values)
    bp.app_url_defaults(_keep_language)


def add_headers(response: Response) -> Response:
    """Compress a page and add its headers: security policy, language, and that caches must revalidate it."""
    response.headers["Content-Security-Policy"] = POLICY.format(ancestors=g.get("ancestors", "'self'"))
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["Content-Language"] = language().tag
    response.vary.add("Accept-Language")
    return compressed(response)


def language() -> Language:
    """The language of this request's page."""
    if "language" not in g:
        g.language = choose(
            LANGUAGES, asked=_language_param(), accepted=request.headers.get("Accept-Language", "")
        )
    found: Language = g.language
    return found


def say(key: str, **values: object) -> Markup:
    """A text in the language of this page, as HTML."""
    return language().say(key, **values)


def period_name(period: Period) -> str:
    """A period's name for readers."""
    return say("board.allTime") if period.kind == "all" else period.id


def texts(*sections: str) -> dict[str, Text]:
    """The texts of these sections, for the scripts of a page."""
    return language().sections(*sections)


def languages() -> list[tuple[Language, str]]:
    """Every language, and this page's address in it."""
    path, others = quote(request.script_root + request.path), request.args.to_dict()
    return [(one, f"{path}?{urlencode(others | {'lang': tag})}") for tag, one in LANGUAGES.items()]


def pages() -> list[DeclaredPage]:
    """Every page of this app."""
    app = current_app
    return once_per_app("pages", lambda: declared_pages(app.url_map.iter_rules(), app.view_functions))


def developer_nav() -> list[tuple[str, str]]:
    """The navigation of the developers' pages: endpoints, and the keys of their texts."""
    return once_per_app("developer_nav", _nav)


def once_per_app(name: str, make: Callable[[], T]) -> T:
    """A value that is made when this app first needs it: by then all routes are registered."""
    held = current_app.extensions
    if name not in held:
        held[name] = make()
    found: T = held[name]
    return found


def _nav() -> list[tuple[str, str]]:
    shown = sorted((*one.page.nav, one.endpoint) for one in pages() if one.page.nav)
    return [(endpoint, key) for _, key, endpoint in shown]


def _frame_values() -> dict[str, Any]:
    # For base.html.
    on = parts().base.settings.service_worker == "on"
    return {"developer_nav": developer_nav(), "worker": url_for("shell.service_worker") if on else ""}


def _language_param() -> str:
    return request.args.get("lang", "")


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    # A language that was chosen in the address is kept from page to page, without a cookie.
    if takes_language(current_app.view_functions.get(endpoint)) and _language_param() in LANGUAGES:
        values.setdefault("lang", _language_param())
