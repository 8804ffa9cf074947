"""`make load`: let users play on a server, and judge it.

Without URL it starts the product itself, in a temporary folder, on DATABASE: sqlite, postgresql, or a URL.
The other settings are those of `plan.py`. The exit status is 0 where everything holds, 1 where not, and 2
where nothing could be measured.
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

# First: it makes waiting cooperative everywhere.
import locust  # isort: skip
import gevent
from locust.env import Environment
from locust.log import setup_logging

from tests.load.scenario import report, rows, server
from tests.load.scenario.calls import Refused, try_out
from tests.load.scenario.judged import Verdict
from tests.load.scenario.locustfile import Player, Ramp
from tests.load.scenario.plan import Plan, planned
from tests.load.scenario.seen import Seen, percentile
from tests.support import Stack

SAY_SECONDS = 10.0
SATURATED = 0.9  # of a core: what the generator measures then is itself


def main() -> int:
    """Run it. Returns the exit status."""
    try:
        plan = planned(os.environ)
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
            with server.started(folder, database) as stack:
                plan = replace(plan, url=stack.url, action=server.ACTION, board="main")
                return _measure(plan, Ours(stack, folder, name))
        except server.NotEmpty as error:
            print(error, file=sys.stderr)
            return 2


@dataclass
class Ours:
    """A server of ours, and what its processes cost while all users are there."""

    stack: Stack
    folder: Path
    name: str
    spent: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the processor time meanwhile."""
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


def _measure(plan: Plan, ours: Ours | None = None) -> int:
    try:
        try_out(plan)
    except (OSError, Refused) as error:
        print(f"{plan.url}: {error}", file=sys.stderr)
        return 2
    load_before = os.getloadavg()[0]
    print(f"Up to {plan.users} users on {plan.url}, for {plan.seconds:g} s", flush=True)
    cores: dict[str, float] = {}
    seen = _run(plan, ours, cores)
    facts = [("% of a core while all users were there", rows.listed(cores))]
    facts.append(("this machine", f"{os.cpu_count()} cores, load {load_before:.1f} before the test"))
    if cores.get("generator", 0) > SATURATED:
        facts.append(("the generator", "was short of a core, so the times are partly its own"))
    facts.append(("proofs", f"{seen.proof_seconds:.1f} s of the generator's processor time"))
    more = [Verdict(*server.verified(ours.stack))] if ours else []
    holds = report.finish(plan, seen, server=ours.name if ours else "", facts=facts, more=more)
    name = ours.name if ours else plan.url
    rows.add(plan, seen, cores, server=name, load_before=load_before, holds=holds)
    return 0 if holds else 1


def _run(plan: Plan, ours: Ours | None, cores: dict[str, float]) -> Seen:
    """Let Locust run the plan, and measure processor time meanwhile."""
    environment = Environment(user_classes=[Player], shape_class=Ramp(), events=locust.events, host=plan.url)
    environment.plan = plan
    runner = environment.create_local_runner()
    locust.events.init.fire(environment=environment, runner=runner, web_ui=None)
    watching = gevent.spawn(_watch, plan, ours, cores)
    saying = gevent.spawn(_say, environment.seen)
    runner.start_shape()
    shaping = runner.shape_greenlet
    # Ctrl-C ends the test early; what was seen so far counts.
    interrupting = gevent.signal_handler(signal.SIGINT, shaping.kill)
    shaping.join()
    interrupting.cancel()
    saying.kill()
    watching.kill()
    runner.quit()
    return environment.seen


def _watch(plan: Plan, ours: Ours | None, cores: dict[str, float]) -> None:
    """Measure shares of a core while all users are there."""
    gevent.sleep(plan.ramp_seconds)
    with ours.measured() if ours else contextlib.nullcontext():
        own, begun = time.process_time(), time.monotonic()
        gevent.sleep(plan.hold_seconds)
        own, seconds = time.process_time() - own, time.monotonic() - begun
    spent = {"generator": own} | (ours.spent if ours else {})
    cores.update({name: one / seconds for name, one in spent.items()})


def _say(seen: Seen) -> None:
    while True:
        gevent.sleep(SAY_SECONDS)
        recent = [call for call in seen.api() if call[0] > seen.now - SAY_SECONDS]
        users, rate = seen.users[-1][1], len(recent) / SAY_SECONDS
        print(
            f"{seen.now:4.0f} s: {users:5} users, {rate:6.0f} answers/s, "
            f"p95 {percentile(recent, 0.95):5.0f} ms, {sum(seen.failures.values())} failures",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
