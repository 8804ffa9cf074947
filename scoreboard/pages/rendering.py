"""Everything that all pages share: headers, and the texts and links of templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, g, request, url_for
from markupsafe import Markup

from scoreboard import __version__
from scoreboard.boards.types import Definition, Period, Row
from scoreboard.core.clock import now, to_datetime
from scoreboard.core.http import links
from scoreboard.core.http.compression import compress
from scoreboard.core.http.pages import DeclaredPage, Page, declared_pages, takes_language
from scoreboard.core.http.parts import parts
from scoreboard.pages import numbers
from scoreboard.pages.dates import period_text
from scoreboard.pages.messages import LANGUAGES, Language, Text, choose
from scoreboard.pages.numbers import NumberStyle

T = TypeVar("T")
# Names are written by strangers. A page that runs and loads only our own files can't be taken over by a name.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # an image that is opened alone is a page


class NavLink(NamedTuple):
    """A link of a navigation."""

    endpoint: str
    key: str  # of its text
    is_offered: Callable[[], bool]


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
    return compress(response)


def language() -> Language:
    """The language of this request's page."""
    if "language" not in g:
        g.language = choose(
            LANGUAGES, tag=_language_param(), accept=request.headers.get("Accept-Language", "")
        )
    found: Language = g.language
    return found


def say(key: str, **values: object) -> Markup:
    """A text in the language of this page, as HTML."""
    return language().say(key, **values)


def period_name(period: Period) -> str:
    """A period's name for readers."""
    if period.kind == "all":
        return say("board.allTime")
    return period_text(period.id, language().tag, this_year=to_datetime(now()).year)


def number_style() -> NumberStyle:
    """The style of numbers of this page."""
    return numbers.STYLES[language().tag]


def digits(value: int, decimals: int = 0) -> list[str]:
    """A number in groups of digits, as this page writes it."""
    return numbers.digits(value, decimals, number_style())


def scored(value: int, rules: Definition) -> list[str]:
    """A score as its board shows it, as this page writes it."""
    return numbers.scored(value, rules, number_style())


def gap(row: Row, better: Row, rules: Definition) -> str:
    """How far a row is behind the one before it; "" if they are level. Where less is better, it has more."""
    behind = abs(better.score - row.score)
    sign = "\N{MINUS SIGN}" if rules.order == "desc" else "+"
    return sign + "\u202f".join(scored(behind, rules)) if behind else ""


def texts(*sections: str) -> dict[str, Text]:
    """The texts of these sections (first words of keys), for the scripts of a page."""
    return language().sections(*sections)


def languages() -> list[tuple[Language, str]]:
    """Every language, and this page's address in it."""
    path, others = quote(request.script_root + request.path), request.args.to_dict()
    return [(one, f"{path}?{urlencode(others | {'lang': tag})}") for tag, one in LANGUAGES.items()]


def pages() -> list[DeclaredPage]:
    """Every page of this app."""
    app = current_app
    return once_per_app("pages", lambda: declared_pages(app.url_map.iter_rules(), app.view_functions))


def developer_nav() -> list[NavLink]:
    """The navigation of the developers' pages."""
    return once_per_app("developer_nav", lambda: _nav(lambda page: page.nav))


def header_nav() -> list[NavLink]:
    """The navigation in the header of all pages."""
    return once_per_app("header_nav", lambda: _nav(lambda page: page.header))


def address_of(path: str) -> str:
    """The address of the page at a path; "" if this app has no such page."""
    found = [one.endpoint for one in pages() if one.rule == path]
    return url_for(found[0]) if found else ""


def once_per_app(name: str, make: Callable[[], T]) -> T:
    """A value that is made when this app first needs it: by then all routes are registered."""
    extensions = current_app.extensions
    if name not in extensions:
        extensions[name] = make()
    found: T = extensions[name]
    return found


def _nav(place_of: Callable[[Page], tuple[int, str] | None]) -> list[NavLink]:
    placed = sorted((place, one.endpoint, one.page) for one in pages() if (place := place_of(one.page)))
    return [NavLink(endpoint, key, page.is_offered) for (_, key), endpoint, page in placed]


def _frame_values() -> dict[str, Any]:
    # For base.html.
    settings = parts().base.settings
    return {
        "header_nav": [link for link in header_nav() if link.is_offered()],
        "developer_nav": developer_nav(),
        "account_address": address_of("/me"),
        "source_url": settings.source_url,
        "version": __version__,
        "worker": url_for("shell.service_worker") if settings.service_worker == "on" else "",
    }


def _language_param() -> str:
    return request.args.get("lang", "")


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    # A language that was chosen in the address is kept from page to page, without a cookie.
    if takes_language(current_app.view_functions.get(endpoint)) and _language_param() in LANGUAGES:
        values.setdefault("lang", _language_param())
