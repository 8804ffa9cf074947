"""Pages register themselves beside their routes. These tests fail if a declaration is incomplete."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask, render_template
from msgspec import Struct

from scoreboard.app import create_app
from scoreboard.core.http.openapi import described
from scoreboard.core.http.pages import declared_pages, page, takes_language
from scoreboard.pages import rendering
from scoreboard.pages.shell import files
from tests.browser.addresses import ADDRESSES, ELSEWHERE
from tests.support import ROOT

pytestmark = pytest.mark.one_database

STATIC = ROOT / "frontend" / "static"
SERVICE_WORKERS = ("sw.js", "sw-off.js")  # at /sw.js, which is no file of a page
ICONS = "icons/"
EXAMPLES = {"board": "main", "slug": "board-not-found", "player": "ada"}
NAV = re.compile(r'<nav class="developer-nav".*?</nav>', re.DOTALL)
LOAD = re.compile(r'(?:src|href)="/assets/[0-9a-f]+/(?:static|sdk)/([^"]+\.(?:js|css))"')
IMPORT = re.compile(r'(?:from|import\(|import)\s*"(\.[^"]+)"')


class NoQuery(Struct):
    """No parameters."""


@pytest.fixture
def app(make_parts, sqlite_url):
    parts = make_parts(sqlite_url)
    parts.followers.catch_up("boards")
    return create_app(parts)


def pages_of(app: Flask):
    return declared_pages(app.url_map.iter_rules(), app.view_functions)


def address(rule: str) -> str:
    return re.sub(r"<(\w+)>", lambda name: EXAMPLES.get(name[1], "main"), rule)


def script_files() -> list[str]:
    return [
        name
        for name in files.files_below(STATIC)
        if name not in SERVICE_WORKERS and not name.startswith(ICONS)
    ]


def undeclared_pages(app: Flask) -> list[str]:
    """Views that answer with a page, and are not declared as one."""
    declared = {one.endpoint for one in pages_of(app)}
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint not in declared and not rule.rule.startswith("/v1/")
    ]
    client = app.test_client()
    return [
        rule.endpoint
        for rule in rules
        if not rule.endpoint.endswith("static") and client.get(address(rule.rule)).mimetype == "text/html"
    ]


def files_without_page(app: Flask, names: list[str]) -> list[str]:
    """Files that no page names as its own."""
    declared = [name for one in pages_of(app) for name in one.page.files + one.page.online_files]
    return [name for name in names if not files.is_covered(name, declared)]


def without_language(app: Flask) -> list[str]:
    """Pages whose links lose the language that was chosen in the address."""
    return [one.endpoint for one in pages_of(app) if not takes_language(app.view_functions[one.endpoint])]


def without_nav(app: Flask) -> list[str]:
    """Pages for developers that their own navigation does not lead to."""
    client = app.test_client()
    found = []
    for one in pages_of(app):
        nav = NAV.search(client.get(address(one.rule)).text) if "<" not in one.rule else None
        if nav and 'aria-current="page"' not in nav[0]:
            found.append(one.endpoint)
    return found


def without_headers(app: Flask) -> list[str]:
    """Pages without a security policy, or without Accept-Language in the header Vary."""
    client = app.test_client()
    answers = {one.endpoint: client.get(address(one.rule)) for one in pages_of(app)}
    return [
        endpoint
        for endpoint, answer in answers.items()
        if "Content-Security-Policy" not in answer.headers or "Accept-Language" not in answer.vary
    ]


def files_loaded_by(page: str) -> set[Path]:
    """The files that a page loads, and those that they import in turn."""
    sdk = ROOT / "clients" / "javascript"
    found, queue = set(), [STATIC / name for name in LOAD.findall(page) if (STATIC / name).exists()]
    queue += [sdk / name for name in LOAD.findall(page) if (sdk / name).exists()]
    while queue:
        file = queue.pop()
        if file in found:
            continue
        found.add(file)
        if file.suffix == ".js":
            folder = str(file.parent)
            paths = [os.path.normpath(f"{folder}/{name}") for name in IMPORT.findall(file.read_text("utf-8"))]
            queue += [Path(path.replace("/frontend/sdk/", "/clients/javascript/")) for path in paths]
    return found


def with_page(app: Flask, view, rule="/tournaments") -> Flask:
    """The app with one more page, as a feature would add it."""
    bp = Blueprint("tournaments", __name__)
    bp.after_request(rendering.add_headers)
    bp.add_url_rule(rule, "queue", view)
    app.register_blueprint(bp)
    return app


def new_view(template="offline.html", **values):
    """A view that answers with a page, and declares nothing yet."""

    def queue() -> str:
        """Show the queue of a moderator."""
        return render_template(template, **values)

    return queue


def test_every_page_is_declared(app):
    assert len(pages_of(app)) > 10
    assert undeclared_pages(app) == []


@pytest.mark.parametrize("view", [new_view(), described(html=True)(new_view())])
def test_a_page_that_is_not_declared_is_found(app, view):
    assert undeclared_pages(with_page(app, view)) == ["tournaments.queue"]


def test_every_page_has_tests_of_accessibility(app):
    routes = {one.rule for one in pages_of(app)}

    assert routes == ADDRESSES.keys() | ELSEWHERE.keys()
    assert all((ROOT / tests).is_file() for tests in ELSEWHERE.values())


def test_every_script_and_style_sheet_belongs_to_a_page(app):
    assert files_without_page(app, script_files()) == []


def test_a_script_that_no_page_names_is_found_and_kept_by_no_browser(app):
    new = "js/tournaments/page.js"

    assert files_without_page(app, [*script_files(), new]) == [new]
    assert not files.is_covered(new, [name for one in pages_of(app) for name in one.page.files])


def test_every_name_that_a_page_declares_is_a_file_or_a_folder(app):
    for one in pages_of(app):
        for name in one.page.files + one.page.online_files:
            path = STATIC / name
            assert path.is_dir() if name.endswith("/") else path.is_file(), (one.endpoint, name)


def test_no_file_is_declared_both_as_kept_and_as_not_kept(app):
    shell = [name for one in pages_of(app) for name in one.page.files]
    online = [name for one in pages_of(app) for name in one.page.online_files]

    assert [
        name for name in script_files() if files.is_covered(name, shell) and files.is_covered(name, online)
    ] == []


def test_a_page_with_an_offline_copy_has_all_its_files_in_the_shell(app):
    shell = {path.resolve() for path in files.kept_files(pages_of(app)).values()}
    client = app.test_client()

    for one in pages_of(app):
        if one.page.offline == "copy":
            paths = files_loaded_by(client.get(address(one.rule)).text)
            assert len(paths) > 20
            assert {str(path) for path in paths if path.resolve() not in shell} == set(), one.endpoint


def test_every_page_keeps_the_language_of_the_address(app):
    assert without_language(app) == []


def test_a_page_that_loses_the_language_is_found(app):
    assert without_language(with_page(app, page(query=NoQuery)(new_view()))) == ["tournaments.queue"]


def test_every_page_says_what_it_may_load_and_that_it_depends_on_the_language(app):
    assert without_headers(app) == []


def test_a_page_without_these_headers_is_found(app):
    bp = Blueprint("tournaments", __name__)
    bp.add_url_rule("/tournaments", "queue", page()(new_view()))
    app.register_blueprint(bp)

    assert without_headers(app) == ["tournaments.queue"]


def test_the_developers_navigation_leads_to_all_their_pages(app):
    assert without_nav(app) == []


def test_a_page_for_developers_that_their_navigation_does_not_lead_to_is_found(app):
    view = page()(new_view("problems.html", codes={}))

    assert without_nav(with_page(app, view)) == ["tournaments.queue"]


def test_a_declared_page_is_in_the_navigation_and_the_service_worker(app):
    view = page(nav=(60, "site.api"), files=("js/play/",), offline="copy")(new_view())
    client = with_page(app, view).test_client()

    nav = NAV.search(client.get("/docs?lang=de").text)[0]
    constants = client.get("/sw.js").text

    assert nav.count('href="/tournaments?lang=de"') == 1
    assert nav.rindex('href="/tournaments') > nav.rindex('href="/problems')
    assert re.search(r"const PAGES = (.*)", constants)[1].count('"tournaments"') == 1
    assert re.search(r"const COPIES = (.*)", constants)[1].count('"tournaments"') == 1
