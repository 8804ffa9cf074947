"""`make load`: let users play on a server, and check its speed and its points.

Without URL it starts the product itself, in a temporary folder, on DATABASE: sqlite, postgresql, or a URL.
The other settings are those of `plan.py`. The exit status is 0 if everything holds, 1 if
not, and 2 if nothing could be measured.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

# First: it patches the standard library for gevent.
import locust  # isort: skip
import gevent
from locust.env import Environment
from locust.log import setup_logging

from tests.load.scenario import report, rows, server
from tests.load.scenario.calls import Refused, try_out
from tests.load.scenario.locustfile import Player, Ramp
from tests.load.scenario.plan import Plan, read_plan
from tests.load.scenario.records import Records, percentile
from tests.load.scenario.verdicts import Verdict
from tests.support import Stack

PRINT_SECONDS = 10.0
SATURATED = 0.9  # of a core: then the generator itself is the limit


def main() -> int:
    """Run it. Returns the exit status."""
    try:
        plan = read_plan(os.environ)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    setup_logging("WARNING")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each user has two connections
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(143))
    if plan.url:
        return _measure(replace(plan, url=plan.url.rstrip("/")))
    with _folder() as folder:
        database = os.environ.get("DATABASE") or os.environ.get("DATABASE_URL") or "sqlite"
        name = database.partition(":")[0]
        print(f"Starting a server on {name} ...", flush=True)
        try:
            with server.start(folder, database) as stack:
                plan = replace(plan, url=stack.url, action=server.ACTION, board="main")
                return _measure(plan, OwnServer(stack, folder, name))
        except server.NotEmpty as error:
            print(error, file=sys.stderr)
            return 2


@dataclass
class OwnServer:
    """A server that the load test started, and the processor time of its processes."""

    stack: Stack
    folder: Path
    name: str
    spent: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def measure_cores(self) -> Iterator[None]:
        """Measure the processor time of the block."""
        cores = server.Cores(self.stack, self.folder)
        before = cores.seconds()
        yield
        self.spent = {name: seconds - before[name] for name, seconds in cores.seconds().items()}


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="scoreboard-load-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(plan: Plan, ours: OwnServer | None = None) -> int:
    try:
        try_out(plan)
    except (OSError, Refused) as error:
        print(f"{plan.url}: {error}", file=sys.stderr)
        return 2
    load_before = os.getloadavg()[0]
    print(f"Up to {plan.users} users on {plan.url}, for {plan.seconds:g} s", flush=True)
    cores: dict[str, float] = {}
    records = _run(plan, ours, cores)
    facts = [("% of a core while all users were there", rows.percentages(cores))]
    facts.append(("this machine", f"{os.cpu_count()} cores, load {load_before:.1f} before the test"))
    if cores.get("generator", 0) > SATURATED:
        facts.append(("the generator", "had too little processor time, so the times are partly its own"))
    facts.append(("proofs", f"{records.proof_seconds:.1f} s of the generator's processor time"))
    more = [Verdict(*server.verify(ours.stack))] if ours else []
    holds = report.finish(plan, records, server=ours.name if ours else "", facts=facts, more=more)
    name = ours.name if ours else plan.url
    rows.add(plan, records, cores, server=name, load_before=load_before, holds=holds)
    return 0 if holds else 1


def _run(plan: Plan, ours: OwnServer | None, cores: dict[str, float]) -> Records:
    """Let Locust run the plan, and measure processor time while it runs."""
    environment = Environment(user_classes=[Player], shape_class=Ramp(), events=locust.events, host=plan.url)
    environment.plan = plan
    runner = environment.create_local_runner()
    locust.events.init.fire(environment=environment, runner=runner, web_ui=None)
    watching = gevent.spawn(_watch, plan, ours, cores)
    printing = gevent.spawn(_print_progress, environment.records)
    runner.start_shape()
    shaping = runner.shape_greenlet
    # Ctrl-C ends the test early; its records so far count.
    interrupting = gevent.signal_handler(signal.SIGINT, shaping.kill)
    shaping.join()
    interrupting.cancel()
    printing.kill()
    watching.kill()
    runner.quit()
    return environment.records


def _watch(plan: Plan, ours: OwnServer | None, cores: dict[str, float]) -> None:
    """Measure shares of a core while all users are there."""
    gevent.sleep(plan.ramp_seconds)
    with ours.measure_cores() if ours else contextlib.nullcontext():
        own, begun = time.process_time(), time.monotonic()
        gevent.sleep(plan.hold_seconds)
        own, seconds = time.process_time() - own, time.monotonic() - begun
    spent = {"generator": own} | (ours.spent if ours else {})
    cores.update({name: one / seconds for name, one in spent.items()})


def _print_progress(records: Records) -> None:
    while True:
        gevent.sleep(PRINT_SECONDS)
        recent = [call for call in records.api() if call[0] > records.now - PRINT_SECONDS]
        users, rate = records.users[-1][1], len(recent) / PRINT_SECONDS
        print(
            f"{records.now:4.0f} s: {users:5} users, {rate:6.0f} answers/s, "
            f"p95 {percentile(recent, 0.95):5.0f} ms, {sum(records.failures.values())} failures",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
