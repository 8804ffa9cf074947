"""Logs: one JSON line per event, without secrets and without query strings."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import msgspec

from scoreboard.core.clock import now, rfc3339

STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """A record as one JSON line: time, level, logger, message, and whatever `extra` carried."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        line: dict[str, Any] = {
            "at": rfc3339(now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in record.__dict__.items() if name not in STANDARD)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class StandardError(logging.StreamHandler[TextIO]):
    """Standard error, which passes on each line by itself."""

    def flush(self) -> None:
        """There is never anything to flush, and finding that out takes the lock once more."""


def configure(level: str) -> None:
    """Send every logger's lines to standard error."""
    handler = StandardError(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _spare()


def _spare() -> None:
    """Don't find out what no line says, which would take as long as writing it."""
    logging._srcfile = None  # noqa: SLF001 - "Optimization" in the logging HOWTO
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
