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
        more = {name: value for name, value in record.__dict__.items() if name not in STANDARD}
        if record.exc_info:
            more["error"] = self.formatException(record.exc_info)
        return _line(record.levelname.lower(), record.name, record.getMessage(), more)


class StandardError(logging.StreamHandler[TextIO]):
    """Standard error, which passes on each line by itself."""

    def flush(self) -> None:
        """There is never anything to flush, and finding that out takes the lock once more."""


def inform(log: logging.Logger, message: str, more: dict[str, Any]) -> None:
    """Log a line at level INFO, for what happens at every request.

    The same line as by `log.info(message, extra=more)`, in a third of the time: no record is made where
    nobody but our own handler would see it.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    handlers = logging.root.handlers
    if len(handlers) == 1 and isinstance(handlers[0], StandardError):
        handlers[0].stream.write(_line("info", log.name, message, more) + "\n")
    else:
        log.info(message, extra=more)


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


def _line(level: str, logger: str, message: str, more: dict[str, Any]) -> str:
    line = {"at": rfc3339(now()), "level": level, "logger": logger, "message": message, **more}
    return msgspec.json.encode(line, enc_hook=str).decode()
