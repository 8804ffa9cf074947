"""The service worker, the manifest and the offline page, over HTTP."""

from __future__ import annotations

import json
import re
import struct

import pytest

from scoreboard.app import create_app
from scoreboard.pages.shell import files
from tests.contract import client_of

pytestmark = pytest.mark.one_database


def version_and_shell(script):
    """The version and the paths of the shell in the script of the service worker."""
    version, prefix, shell = map(
        json.loads,
        re.match(r"const VERSION = (.*)\nconst ASSETS = (.*)\nconst SHELL = (.*)\n", script).groups(),
    )
    return version, [prefix + name for name in shell]


def test_every_file_of_the_shell_is_there(client):
    _, shell = version_and_shell(client.get("/sw.js").text)

    for path in ("/offline", *shell):
        answer = client.get(path)
        assert answer.status_code == 200, path
        answer.close()


def test_the_shell_has_the_files_of_boards_and_not_those_of_developers_pages(client):
    _, shell = version_and_shell(client.get("/sw.js").text)
    page = client.get("/").text

    paths = set(re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css|svg))"', page))
    assert paths
    assert paths - set(shell) == set()
    assert not [path for path in shell if "/docs/" in path or path.endswith("/sw.js")]


def test_the_service_worker_is_revalidated_each_time_and_is_javascript(client):
    answer = client.get("/sw.js")

    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"


def test_a_changed_file_is_another_version(tmp_path):
    file = tmp_path / "one.js"
    file.write_text("1")
    before = files._version([file])
    file.write_text("2")

    assert files._version([file]) != before


def test_below_a_prefix_everything_is_below_it(client):
    below = {"SCRIPT_NAME": "/games"}

    _, shell = version_and_shell(client.get("/sw.js", environ_overrides=below).text)
    manifest = json.loads(client.get("/manifest.webmanifest", environ_overrides=below).data)

    assert all(path.startswith("/games/") for path in shell)
    assert all(icon["src"].startswith("/games/") for icon in manifest["icons"])
    assert manifest["start_url"] == manifest["scope"] == "/games/"


def test_turning_the_service_worker_off_unregisters_it(make_parts, sqlite_url):
    client = client_of(make_parts(sqlite_url, service_worker="off"))

    assert "registration.unregister()" in client.get("/sw.js").text
    assert "SHELL" not in client.get("/sw.js").text
    assert "data-worker" not in client.get("/docs").text


def test_pages_say_where_manifest_and_service_worker_are(client):
    page = client.get("/docs").text

    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert 'data-worker="/sw.js"' in page


def test_the_app_is_installed_in_the_language_of_the_browser(client):
    manifest = json.loads(client.get("/manifest.webmanifest", headers={"Accept-Language": "ar"}).data)

    assert (manifest["lang"], manifest["dir"]) == ("ar", "rtl")
    assert manifest["description"] == "لوحات صدارة مباشرة"


def test_icons_have_the_sizes_of_the_manifest(client):
    manifest = json.loads(client.get("/manifest.webmanifest").data)
    png_icons = [icon for icon in manifest["icons"] if icon["src"].endswith(".png")]

    kinds = {(icon["sizes"], icon["purpose"]) for icon in png_icons}
    assert kinds >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in png_icons:
        with client.get(icon["src"]) as answer:
            width, height = struct.unpack(">II", answer.data[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def test_the_offline_page_names_no_board(client):
    client.put("/v1/admin/boards/secret", json={"public": False, "title": "Secret"})

    assert "Secret" not in client.get("/offline").text


@pytest.mark.parametrize("serve", [("board",), ("auth", "score")])
def test_only_the_route_group_pages_serves_the_shell(parts, serve):
    assert create_app(parts, serve).test_client().get("/sw.js").status_code == 404
