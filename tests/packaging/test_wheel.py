"""The wheel, in an environment that has no checkout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.commands import run
from tests.smoke.run import first_score
from tests.support import ROOT, free_port, wait_until

pytestmark = pytest.mark.one_database

OUTSIDE = ("PYTHONPATH", "REDIS_URL", "DATABASE_URL", "HOST", "SCOREBOARD_BOOTSTRAP_KEY")
PAGES = ("/", "/docs", "/docs/api", "/play", "/problems/not-found", "/openapi.json", "/sw.js")
FILES = ("/static/css/leaderboard.css", "/b/main/card.png", "/sdk/scoreboard.js")
FOLDERS = [
    "config",
    "worker",
    "clients/javascript",
    "examples/guide",
    *(f"frontend/{name}" for name in ("messages", "static", "templates", "vendor")),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    words = ["-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True, timeout=60)
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel; other packages are those of the tests."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False, symlinks=True)
    scripts, packages = home / "bin", next(home.glob("lib/python*/site-packages"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    words = ["-m", "pip", "--python", scripts / "python", "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, *words], check=True, timeout=60)
    gunicorn = scripts / "gunicorn"
    gunicorn.write_text(f"#!{scripts}/python\nfrom gunicorn.app.wsgiapp import run\nrun()\n")
    gunicorn.chmod(0o755)
    return scripts


@pytest.fixture
def server(environment: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the product, served in a folder that has another package called `config`."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "__init__.py").write_text("raise ImportError('the wrong one')")
    variables = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    port = free_port()
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [environment / "scoreboard", "serve"],
            cwd=tmp_path,
            env=variables | {"PORT": str(port)},
            stdout=log,
            stderr=log,
        )
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0, (tmp_path / "serve.log").read_text()


def fetch(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read()


def is_caught_up(url: str, data: Path) -> bool:
    """True if the worker has brought every view up to the journal."""
    key = (data / "server.key").read_text()
    request = urllib.request.Request(f"{url}/readyz", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        checks = json.load(answer)["checks"]
    behind = {name: check["behind"] for name, check in checks.items() if "behind" in check}
    return set(behind.values()) == {0}


def test_the_wheel_has_one_top_level_package(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"scoreboard"}


def test_the_wheel_has_every_file_that_the_product_reads(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    copied = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    own = [path for path in (ROOT / "scoreboard").rglob("*") if path.suffix in (".py", ".lua")]

    assert {f"scoreboard/_bundled/{path.relative_to(ROOT)}" for path in copied if is_source(path)} <= names
    assert {str(path.relative_to(ROOT)) for path in own} <= names
    assert "scoreboard/_bundled/frontend/sdk/scoreboard.js" in names  # a link in the checkout


def is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def test_serve_works_without_the_checkout(server, tmp_path):
    data = tmp_path / "var"

    first_score(server, data)

    assert {fetch(server + path)[0] for path in PAGES + FILES} == {200}
    wait_until(lambda: is_caught_up(server, data), why=(tmp_path / "serve.log").read_text)
    assert {path.name for path in tmp_path.iterdir()} == {"config", "serve.log", "var"}


def test_commands_work_in_any_folder(environment, tmp_path):
    variables = {"DATA_DIR": str(tmp_path / "data"), "PATH": os.environ["PATH"]}

    for words in (["migrate"], ["settings"]):
        text = run([environment / "scoreboard", *words], tmp_path, variables)

    assert "_bundled/config/boards.toml" in text
