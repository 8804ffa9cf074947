"""Reads the state of a running server: memory, descriptors, lags, and bytes in the database and in Redis."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from tests.load.measure import Sample as Load
from tests.load.soak.samples import Sample
from tests.support import Stack

LAGS, LAG_PAUSE = 5, 0.2  # readings of an interval; the worst one counts


class Watch:
    """Takes samples of a server. Its processes must stay the same: a replaced one fails the soak."""

    def __init__(self, stack: Stack, database_url: str) -> None:
        self._stack, self._begun = stack, time.monotonic()
        self._redis = Redis.from_url(f"unix://{stack.redis_socket}", decode_responses=True)
        self._database = _reader(database_url or f"sqlite:///{stack.data_dir}/scoreboard.db")
        self._processes = {"web": stack.workers, "worker": _parents(stack), "Redis": [stack.redis]}

    def state(self) -> dict[str, Any]:
        """The fields of a sample that describe the server now."""
        facts, size = self._database()
        return {
            "at": time.monotonic() - self._begun,
            "facts": facts,
            "database_bytes": size,
            "redis_bytes": int(self._redis.info("memory")["used_memory_dataset"]),
            "memory": {name: sum(map(_resident, pids)) for name, pids in self._processes.items()},
            "descriptors": {name: sum(map(_open_files, pids)) for name, pids in self._processes.items()},
            "lag": self._lag(),
        }

    def close(self) -> None:
        """Close the connection to Redis."""
        self._redis.close()

    def _lag(self) -> int:
        worst = 0
        for _ in range(LAGS):
            checks = self._stack.call("GET", "/readyz").json["checks"]
            followers = [check for name, check in checks.items() if name.startswith("follower:")]
            # A check that failed on a busy machine has no number.
            worst = max([worst, *(check.get("behind") or 0 for check in followers)])
            time.sleep(LAG_PAUSE)
        return worst


def sample(state: dict[str, Any], load: Load, viewers: int) -> Sample:
    """The sample of an interval, with the load's answers."""
    p50, _, p99 = load.latencies_ms
    return Sample(answers=load.done, p50_ms=p50, p99_ms=p99, refused=load.refused, viewers=viewers, **state)


def _reader(url: str) -> Callable[[], tuple[int, int]]:
    """A function that reads the number of facts, and the bytes that the database uses."""
    if url.startswith("sqlite:"):
        path = url.removeprefix("sqlite:///")
        return lambda: _sqlite(path)
    return lambda: _postgres(url)


def _sqlite(path: str) -> tuple[int, int]:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
        (facts,) = db.execute("SELECT seq FROM journal_head").fetchone()
        numbers = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        }
    return facts, numbers["page_size"] * (numbers["page_count"] - numbers["freelist_count"])


def _postgres(url: str) -> tuple[int, int]:
    with psycopg.connect(url) as db:
        row = db.execute(
            "SELECT (SELECT seq FROM journal_head), pg_database_size(current_database())"
        ).fetchone()
    assert row is not None
    return row


def _parents(stack: Stack) -> list[int]:
    """The worker's processes without those that it forks for jobs, which come and go."""
    pids = stack.processes("-m worker")
    return [pid for pid in pids if _parent(pid) not in pids]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _resident(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * int(text.split("Rss:")[1].split()[0])


def _open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
