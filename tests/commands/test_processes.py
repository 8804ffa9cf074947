"""The environment of the processes that `serve` starts."""

from __future__ import annotations

import sys
from pathlib import Path

from config.settings import Settings, load
from scoreboard.commands.processes import environment


def test_paths_are_absolute_since_the_processes_run_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    given = {
        "DATA_DIR": "data",
        "BOARDS_FILE": "mine.toml",
        "DATABASE_URL": "sqlite:///mine.db",
        "AUDIT_DATABASE_URL": "postgres://db/audit",
    }

    variables = environment(load(given))

    assert variables["DATA_DIR"] == str(tmp_path / "data")
    assert variables["BOARDS_FILE"] == str(tmp_path / "mine.toml")
    assert variables["DATABASE_URL"] == f"sqlite:///{tmp_path}/mine.db"
    assert "AUDIT_DATABASE_URL" not in variables


def test_a_terminal_shows_no_line_for_each_request(tmp_path, monkeypatch):
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    assert "LOG_LEVEL" not in environment(Settings(data_dir=tmp_path))

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert environment(Settings(data_dir=tmp_path))["LOG_LEVEL"] == "WARNING"

    monkeypatch.setenv("LOG_LEVEL", "INFO")
    assert "LOG_LEVEL" not in environment(Settings(data_dir=tmp_path))


def test_default_files_are_those_of_the_product(tmp_path):
    variables = environment(Settings(data_dir=tmp_path))

    assert Path(variables["ACTIONS_FILE"]).read_text().startswith("#")
