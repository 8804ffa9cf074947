"""The environment variables of the processes that `serve` starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from config.settings import Settings, table
from scoreboard.core.storedsecrets import KEY_FILE, stored_secret

SERVER_KEY_FILE = "server.key"
SQLITE = "sqlite:///"


def environment(settings: Settings) -> dict[str, str]:
    """The variables that the processes need in addition to those of this process."""
    variables = {
        "HOST": settings.host,
        "PYTHONUNBUFFERED": "1",
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # otherwise macOS ends forked processes
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "SECRET_KEY": settings.secret_key or stored_secret(settings.data_dir / KEY_FILE),
        **dict(absolute_paths(settings)),
    }
    if sys.stdout.isatty() and "LOG_LEVEL" not in os.environ:
        variables["LOG_LEVEL"] = "WARNING"  # a line for each request would push the greeting off the screen
    if not settings.bootstrap_key:
        variables["SCOREBOARD_BOOTSTRAP_KEY"] = stored_secret(settings.data_dir / SERVER_KEY_FILE)
    return variables


def absolute_paths(settings: Settings) -> Iterator[tuple[str, str]]:
    """The settings that name files, with absolute paths, because the processes run in another folder."""
    for row in table():
        name, value = row.metadata["name"], getattr(settings, row.name)
        if isinstance(value, Path):
            yield name, str(value.absolute())
        elif isinstance(value, str) and value.startswith(SQLITE):
            yield name, SQLITE + str(Path(value.removeprefix(SQLITE)).absolute())
    if settings.redis_ca_file:
        yield "REDIS_CA_FILE", str(Path(settings.redis_ca_file).absolute())
