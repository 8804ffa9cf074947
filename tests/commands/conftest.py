"""The command line, in an environment of its own."""

from __future__ import annotations

import logging
import os

import pytest

from config.settings import table
from scoreboard.__main__ import main
from scoreboard.core.logs import OURS
from tests.support import KEY


@pytest.fixture
def environment(monkeypatch, tmp_path, sqlite_url, redis, redis_server):
    """The settings that a command reads: the defaults, except for these."""
    for row in table():
        monkeypatch.delenv(row.metadata["name"], raising=False)
    values = {
        "DATABASE_URL": sqlite_url,
        "DATA_DIR": str(tmp_path),
        "REDIS_URL": redis_server,
        "SECRET_KEY": "x" * 32,
        "SCOREBOARD_BOOTSTRAP_KEY": KEY,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return os.environ


@pytest.fixture
def run(environment, capsys):
    """Run a command. Returns its exit status, its output and its errors."""
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *OURS)}

    def command(*arguments):
        capsys.readouterr()
        status = main(list(arguments))
        output = capsys.readouterr()
        return status, output.out, output.err

    yield command
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
