"""The image and the compose file, without Docker: their files and commands are compared and run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.packaging.commands import run
from tests.support import ROOT

pytestmark = pytest.mark.one_database

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
COPY = re.compile(r"^COPY ((?!--from)\S.*)$", re.MULTILINE)
VISIT = """
import sys
from wsgi import app
client = app.test_client()
pages = ("/", "/docs", "/docs/api", "/play", "/problems/not-found", "/openapi.json", "/sdk/scoreboard.js")
sys.exit(" ".join(page for page in pages if client.get(page).status_code != 200) or 0)
"""


def copied_files() -> dict[str, str]:
    """The files and folders that the image gets, with their targets."""
    return {
        source: target
        for line in COPY.findall(DOCKERFILE)
        for *sources, target in [line.split()]
        for source in sources
    }


def commands() -> dict[str, list[str]]:
    """The command of each service of the product."""
    (image,) = re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)
    services = {name: COMPOSE["services"][name] for name in PROCFILE}
    return {name: service.get("command", json.loads(image)) for name, service in services.items()}


def test_services_run_the_commands_of_the_procfile():
    assert commands() == {name: shlex.split(command) for name, command in PROCFILE.items()}


def test_an_image_of_the_copied_files_serves_all_pages(tmp_path):
    for source, target in copied_files().items():
        if target.startswith("/"):
            continue
        path = ROOT / source
        copy = tmp_path / target
        if path.is_dir():
            shutil.copytree(path, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)

    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data")}
    for words in (["-m", "scoreboard", "migrate"], ["-c", VISIT]):
        run([sys.executable, *words], tmp_path, environment)


def test_the_build_context_has_every_copied_file_and_no_other():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    included = {line[1:] for line in lines if line.startswith("!")}

    assert {source.rstrip("/") for source in copied_files()} == included
    assert all((ROOT / source).exists() for source in included)


def test_the_image_has_the_files_of_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    bundled = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    sources = [Path(source) for source in copied_files()]

    missing = [name for name in bundled if not any(Path(name).is_relative_to(source) for source in sources)]
    assert missing == ["Procfile"]  # only `serve` reads it


def test_nothing_runs_as_root_and_secrets_have_no_default():
    product = COMPOSE["x-product"]

    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    assert product["read_only"]
    assert product["cap_drop"] == ["ALL"]
    for name in ("SECRET_KEY", "DATABASE_URL"):
        assert re.search(r"\$\{\w+:\?", product["environment"][name])
