"""The longest pause of the event loop while players play: the time in which it looks at no connection."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from tests.load import cycles, servers
from tests.load.cycles import UNREFUSED
from tests.load.measure import Progress, Row, goal_text, latency, rate
from tests.support import wait_until

CONNECTIONS, SECONDS, MOST_MS = 64, 6.0, 10.0


def measure(folder: Path, redis_url: str, database_url: str, progress: Progress) -> None:
    """Let players play on another web process of a running product."""
    found = folder / "pauses.json"
    environment = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "PAUSES": str(found)} | UNREFUSED
    config = "tests/load/reference/pauses.py"
    with servers.gunicorn(folder, config, "wsgi:app", **environment) as server:
        wait_until(lambda: server.workers, seconds=20)
        callers = cycles.players(server, count=CONNECTIONS)
        server.drive(callers, connections=CONNECTIONS, seconds=1)
        _signal(server, signal.SIGUSR2)
        sample = server.drive(callers, connections=CONNECTIONS, seconds=progress.effort.seconds(SECONDS))
        _signal(server, signal.SIGUSR1)
        wait_until(found.exists)
    pause = json.loads(found.read_text())
    worked, passed = pause["worked"], pause["passed"]
    progress.step("pauses")
    progress.rows.append(
        Row(
            what=f"longest pause of the event loop, cycles on {CONNECTIONS} connections",
            value=f"{worked:.1f} ms of processor time, {passed:.1f} ms in all; {rate([sample])} cycles",
            latency=latency([sample]),
            goal=goal_text(f"≤ {MOST_MS:g} ms of processor time", worked <= MOST_MS),
        )
    )


def _signal(server: servers.Server, number: signal.Signals) -> None:
    for worker in server.workers:
        os.kill(worker, number)
