"""Files as browsers get them: small, with the same content."""

from __future__ import annotations

import gzip
import re
import subprocess

import pytest
from flask import Flask

from scoreboard.core.http.files import Files
from tests.support import ROOT

PLACES = {"pages": ROOT / "frontend" / "static", "sdk": ROOT / "clients" / "javascript"}
SCRIPT = """// What it is for.
import { t } from "./t.js"

const SLASHES = /\\/\\/ no comment/ // a comment
const left = 1 // it's a comment with a "quote"
export const said = (name) => `two  spaces // ${t(name)}`
"""
SHEET = """/* What it is for. */
.row > td {
  color: red; /* why */
}
"""
# All modules in one process: starting one for each took ten seconds.
PARSE = """
const { SourceTextModule } = require("node:vm"), { readFileSync } = require("node:fs")
const modules = process.argv.slice(1)
for (const path of modules) new SourceTextModule(readFileSync(path, "utf8"), { identifier: path })
process.stdout.write(`${modules.length} modules`)
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "page.js").write_text(SCRIPT)
    (folder / "page.css").write_text(SHEET)
    (folder / "dot.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "secret.js").write_text("secret")
    return folder


@pytest.fixture
def browser(folder):
    app = Flask("files")
    app.register_blueprint(Files("own", "files", static_folder=str(folder), static_url_path="/own"))
    return app.test_client()


def test_scripts_and_sheets_lose_their_comments_and_nothing_else(browser):
    script, sheet = (browser.get(f"/own/page.{kind}") for kind in ("js", "css"))

    assert script.content_type == "text/javascript; charset=utf-8"
    assert "for." not in script.text
    assert "a comment" not in script.text
    assert "const left = 1\n" in script.text
    assert "/\\/\\/ no comment/" in script.text
    assert "`two  spaces // ${t(name)}`" in script.text
    assert sheet.text.split() == [".row", ">", "td", "{", "color:", "red;", "}"]


def test_gzip_is_sent_only_to_clients_that_accept_it(browser, folder):
    (folder / "page.js").write_text(SCRIPT * 20)
    plain = browser.get("/own/page.js")
    packed = browser.get("/own/page.js", headers={"Accept-Encoding": "br, gzip"})
    refused = browser.get("/own/page.js", headers={"Accept-Encoding": "gzip;q=0"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert len(packed.data) < len(plain.data)
    assert {answer.headers["Vary"] for answer in (plain, packed, refused)} == {"Accept-Encoding"}
    image = browser.get("/own/dot.png", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in image.headers
    assert image.data == b"\x89PNG\r\n"


def test_a_file_is_sent_again_only_after_a_change(browser, folder):
    held = {"If-None-Match": browser.get("/own/page.js").headers["ETag"]}

    assert browser.get("/own/page.js", headers=held).status_code == 304
    assert browser.get("/own/page.js", headers=held | {"Accept-Encoding": "gzip"}).status_code == 304
    (folder / "page.js").write_text("export const other = 1\n")
    again = browser.get("/own/page.js", headers=held)
    assert (again.status_code, again.text) == (200, "export const other = 1\n")
    assert again.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["nothing.js", "", "../secret.js", "%2e%2e/secret.js", "..%2fsecret.js"])
def test_nothing_else_is_served(browser, path):
    assert browser.get(f"/own/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "a" * 300,
        "a" * 255 + ".js",
        "a/" * 2500 + "a",
        "page.js/a",
        "%00",
        "page.js%00",
        "%ff",
        "%ed%a0%80.js",
    ],
    ids=["name", "with suffix", "path", "below a file", "NUL", "NUL behind", "no UTF-8", "surrogate"],
)
def test_a_name_that_no_disk_can_have_is_not_there(browser, path):
    assert browser.get(f"/own/{path}").status_code == 404


def test_a_link_in_a_circle_and_a_link_to_nothing_are_not_there(browser, folder):
    (folder / "circle.js").symlink_to(folder / "circle.js")
    (folder / "dangling.js").symlink_to(folder / "gone.js")

    assert browser.get("/own/circle.js").status_code == 404
    assert browser.get("/own/dangling.js").status_code == 404


def test_no_module_of_ours_has_a_text_over_several_lines():
    for folder in PLACES.values():
        for script in folder.rglob("*.js"):
            for line in script.read_text("utf-8").splitlines():
                assert re.sub(r"//.*|`[^`]*`", "", line).count("`") % 2 == 0, f"{script}: {line}"


def test_every_module_of_ours_is_still_one_for_a_javascript_engine(node, tmp_path):
    app = Flask("files")
    for name, folder in PLACES.items():
        app.register_blueprint(Files(name, "files", static_folder=str(folder), static_url_path=f"/{name}"))
    browser, modules = app.test_client(), []
    for name, folder in PLACES.items():
        for script in folder.rglob("*.js"):
            modules.append(tmp_path / f"{name}{len(modules)}.mjs")
            path = f"/{name}/{script.relative_to(folder).as_posix()}"
            modules[-1].write_bytes(browser.get(path).data)

    assert len(modules) > 50
    command = [node, "--no-warnings", "--experimental-vm-modules", "-e", PARSE, *map(str, modules)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout == f"{len(modules)} modules"


def test_a_file_that_is_no_module_is_found(node, tmp_path):
    (tmp_path / "good.mjs").write_text("export const one = 1")
    (tmp_path / "bad.mjs").write_text("export const one =")
    names = [str(tmp_path / name) for name in ("good.mjs", "bad.mjs")]
    command = [node, "--no-warnings", "--experimental-vm-modules", "-e", PARSE, *names]

    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert checked.returncode != 0
    assert "bad.mjs" in checked.stderr
