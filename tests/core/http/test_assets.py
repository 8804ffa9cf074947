"""The version of the files that pages load, and the addresses with it."""

from __future__ import annotations

import os

import pytest
from flask import Flask, url_for

from scoreboard.core.http import assets
from scoreboard.core.http.assets import FilesVersion
from scoreboard.core.http.files import Files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "one.js").write_text("export const one = 1\n")
    (tmp_path / "two.css").write_text("a { color: red }\n")
    return tmp_path


@pytest.fixture
def app(folder):
    app = Flask("files", static_folder=None)
    app.register_blueprint(Files("own", "files", static_folder=str(folder), static_url_path="/own"))
    assets.install(app, (folder,))
    return app


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_changed_an_added_and_a_renamed_file_are_other_versions(folder):
    clock = Clock()
    version = FilesVersion((folder,), clock=clock)
    seen = [version.current]
    for change in (
        lambda: (folder / "two.css").write_text("a { color: blue }\n"),
        lambda: (folder / "three.js").write_text(""),
        lambda: (folder / "three.js").rename(folder / "four.js"),
    ):
        change()
        clock.now += assets.RECHECK_SECONDS
        seen.append(version.current)

    assert len(set(seen)) == 4


def test_the_same_files_have_the_same_version_whenever_and_wherever_they_were_written(
    folder, tmp_path_factory
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "js").mkdir()
    for name in ("js/one.js", "two.css"):
        (elsewhere / name).write_bytes((folder / name).read_bytes())
        os.utime(elsewhere / name, (1, 1))

    assert FilesVersion((folder,)).current == FilesVersion((elsewhere,)).current


def test_files_are_not_looked_at_for_each_link(folder):
    clock = Clock()
    version = FilesVersion((folder,), clock=clock)
    before = version.current
    (folder / "two.css").write_text("")

    assert version.current == before
    clock.now += assets.RECHECK_SECONDS
    assert version.current != before


def test_a_link_has_the_version_unless_it_is_to_stay(app):
    with app.test_request_context():
        ours = url_for("own.static", filename="js/one.js")
        stable = url_for("own.static", filename="js/one.js", version=None)

    assert ours == f"/assets/{app.extensions['files_version'].current}/own/js/one.js"
    assert stable == "/own/js/one.js"
    with app.test_client() as client:
        kept = [client.get(path).headers["Cache-Control"] for path in (ours, stable)]
    assert kept == [assets_kept(), "no-cache"]


def assets_kept():
    return "public, max-age=31536000, immutable"


@pytest.mark.parametrize("version", ["0" * 16, "x", "%00", ".."])
def test_a_file_of_any_other_version_is_the_present_one_and_may_not_be_kept(app, version):
    answer = app.test_client().get(f"/assets/{version}/own/two.css")

    assert answer.status_code in ((200,) if version != ".." else (200, 404))
    assert answer.headers.get("Cache-Control", "no-cache") == "no-cache"
