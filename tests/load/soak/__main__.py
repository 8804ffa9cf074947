"""`make soak`: let players, readers, servers and viewers use the product for a long time.

The environment says for how long: MINUTES (30) or HOURS; DATABASE is sqlite, postgresql or the URL of an
empty one. It writes soak.html, soak.svg and soak.json into OUTPUT (tests/output/soak). The exit status is 0
if nothing grows, and 1 otherwise.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.load import cycles
from tests.load.generator import drive
from tests.load.scenario import server
from tests.load.servers import Server
from tests.load.soak import report, rules, samples
from tests.load.soak.samples import Sample
from tests.load.soak.traffic import MORE_PLAYERS, Crowd, Traffic, crowd, fill
from tests.load.soak.watch import Watch, sample
from tests.support import ROOT, Stack

INTERVALS, SHORTEST, LONGEST = 120, 10.0, 120.0  # of a soak; seconds of one
PLAYERS_A_SECOND = 12  # at most; a long soak adds fewer, MORE_PLAYERS in all


def main() -> int:
    """Run it. Returns the exit status."""
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(143))
    seconds, database = seconds_of(os.environ), os.environ.get("DATABASE", "sqlite")
    output = Path(os.environ.get("OUTPUT", ROOT / "tests" / "output" / "soak"))
    output.mkdir(parents=True, exist_ok=True)
    begun = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    with _folder() as folder, server.start(folder, database, **cycles.UNREFUSED) as stack:
        cycles.define(stack)
        fill(stack)
        found = _run(stack, seconds, stack.environment.get("DATABASE_URL", ""))
    title = (
        f"Soak of {seconds / 60:.0f} minutes on {database.partition(':')[0]}, commit {commit()}, {begun} UTC"
    )
    return finish(title, found, output)


def seconds_of(environment: os._Environ[str] | dict[str, str]) -> float:
    """The duration that the environment asks for."""
    if hours := environment.get("HOURS"):
        return 3600 * float(hours)
    return 60 * float(environment.get("MINUTES") or 30)


def finish(title: str, found: list[Sample], output: Path) -> int:
    """Judge the samples, print the rules, and write the files. Returns the exit status."""
    outcomes = rules.verdicts(found)
    samples.write(output / "soak.json", found)
    (output / "soak.html").write_text(report.page(title, found, outcomes), "utf-8")
    (output / "soak.svg").write_text(report.image(title, found), "utf-8")
    print(f"\n{title}\n", *outcomes, f"\n{output / 'soak.html'}", sep="\n", flush=True)
    return 0 if all(one.holds for one in outcomes) else 1


def commit() -> str:
    """The commit that is checked out, with a + if files were changed since."""
    words = ["git", "describe", "--always", "--abbrev=8", "--dirty=+", "--exclude=*"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _run(stack: Stack, seconds: float, database_url: str) -> list[Sample]:
    interval = min(LONGEST, max(SHORTEST, seconds / INTERVALS))
    web = Server(stack.port, stack.processes, lambda: stack.workers)
    more = min(PLAYERS_A_SECOND, MORE_PLAYERS / seconds) * interval
    traffic, watch, found = Traffic(web, interval, more), Watch(stack, database_url), []
    until = time.monotonic() + seconds
    with contextlib.closing(watch), crowd(stack.port) as viewers, ThreadPoolExecutor(1) as pool:
        while time.monotonic() < until:
            found.append(_interval(traffic, watch, viewers, pool))
            print(_progress(found[-1]), flush=True)
    return found


def _interval(traffic: Traffic, watch: Watch, viewers: Crowd, pool: ThreadPoolExecutor) -> Sample:
    """Send for an interval. In its middle a group of viewers changes, and then the server is looked at."""
    sending = pool.submit(drive, traffic.plan())
    time.sleep(traffic.seconds / 3)
    viewers.change()
    time.sleep(traffic.seconds / 3)
    state = watch.state()
    return sample(state, sending.result(), viewers.viewers)


def _progress(one: Sample) -> str:
    memory = ", ".join(f"{name} {size / rules.MB:.0f} MB" for name, size in one.memory.items())
    return (
        f"{one.at:6.0f} s: {one.answers:6} answers, p99 {one.p99_ms:5.0f} ms, {one.facts:9,} facts,"
        f" lag {one.lag}, {memory}"
    )


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="scoreboard-soak-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
