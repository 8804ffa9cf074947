"""Log lines: the quick function for lines of requests writes the same lines as logging."""

from __future__ import annotations

import io
import json
import logging

import pytest

from scoreboard.core.logs import JsonLines, StandardError, configure, inform, loggable_path

MORE = {"request": "r1", "path": "/v1/ä", "status": 200, "ms": 1.5}


@pytest.fixture
def lines(monkeypatch):
    """The lines that our handler writes, as the only handler, as in production."""
    handler = StandardError(io.StringIO())
    handler.setFormatter(JsonLines())
    monkeypatch.setattr(logging.root, "handlers", [handler])
    monkeypatch.setattr(logging.root, "level", logging.INFO)
    logging.root.manager._clear_cache()
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    logging.root.manager._clear_cache()


def test_the_quick_function_writes_the_same_line(lines):
    log = logging.getLogger("scoreboard.tests")

    inform(log, "request", MORE)
    log.info("request", extra=MORE)

    quick, slow = lines()
    assert list(quick) == list(slow) == ["at", "level", "logger", "message", *MORE]
    assert quick | {"at": ""} == slow | {"at": ""}


def test_lines_below_the_level_are_not_written(lines, monkeypatch):
    monkeypatch.setattr(logging.root, "level", logging.WARNING)
    logging.root.manager._clear_cache()

    inform(logging.getLogger("scoreboard.tests"), "request", MORE)

    assert lines() == []


def test_other_handlers_get_the_line_too(caplog):
    with caplog.at_level(logging.INFO):
        inform(logging.getLogger("scoreboard.tests"), "request", MORE)

    assert [(one.message, one.status) for one in caplog.records] == [("request", 200)]


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/v1/players/p_1:a.b-c~d", "/v1/players/p_1:a.b-c~d"),
        ("/v1/stream?ticket=secret", "/v1/stream"),
        ("/v1/stream;ticket=secret", "/v1/stream"),
        ("/v1/stream%3Fticket=secret", "/v1/stream%3Fticket"),
        ("/v1/stream\nticket", "/v1/stream"),
        ("/" + "x" * 400, "/" + "x" * 299),
    ],
)
def test_a_path_is_logged_without_possible_secrets(path, logged):
    assert loggable_path(path) == logged


@pytest.mark.parametrize(
    ("level", "libraries", "ours"), [("DEBUG", 20, 10), ("INFO", 20, 20), ("ERROR", 40, 40)]
)
def test_libraries_do_not_log_at_debug(monkeypatch, level, libraries, ours):
    monkeypatch.setattr(logging.root, "handlers", [])
    levels_before = {name: logging.getLogger(name).level for name in ("", "scoreboard", "worker")}
    try:
        configure(level)
        levels = [
            logging.getLogger(name).getEffectiveLevel()
            for name in ("peewee", "gunicorn.error", "scoreboard.x")
        ]
    finally:
        for name, number in levels_before.items():
            logging.getLogger(name).setLevel(number)

    assert levels == [libraries, libraries, ours]
