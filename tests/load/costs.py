"""Profiles of requests: `python -m tests.load.costs batch|cycle|hundreds|single|entry|top|fanout`.

`batch` runs the product in this process under cProfile, the writer in the caller's thread; the
others sample a real web process under load, by its processor time. `fanout` sends frames to 5000 viewers.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import json
import os
import pstats
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from config.settings import Settings
from scoreboard.app import create_app
from scoreboard.parts import Parts, build
from tests.load import servers, viewing
from tests.load.cycles import ACTION, RULES, UNREFUSED, players
from tests.load.generator import Caller, Repeats
from tests.load.requests import get, score_batches
from tests.support import KEY, wait_until

BATCHES, SIZE = 20, 1000
SECONDS = 6.0
SHOWN = 45
VIEWERS, FRAMES, FRAMES_A_SECOND, FRAME_BYTES = 5000, 80, 10, 1024


def _repeats(requests: list[bytes]) -> Callable[[servers.Server], Sequence[Caller]]:
    return lambda server: [Repeats(requests)]


# The requests, and the number of connections.
SAMPLED: dict[str, tuple[Callable[[servers.Server], Sequence[Caller]], int]] = {
    "cycle": (partial(players, count=64), 64),
    "single": (_repeats(score_batches("main", players=20_000, size=1, count=5000)), 64),
    "hundreds": (_repeats(score_batches("main", players=20_000, size=100, count=200)), 1),
    "entry": (_repeats([get(f"/v1/boards/main/entries/player-{n}") for n in range(1000)]), 16),
    "top": (_repeats([get("/v1/boards/main/entries?limit=100")]), 16),
}


def main() -> int:
    """Print the costs of one kind of request."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.costs", description=__doc__)
    parser.add_argument("what", choices=["batch", "fanout", *SAMPLED])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scoreboard-costs-") as name:
        folder = Path(name).resolve()
        with servers.redis_server(folder) as redis_url:
            parts = prepare_parts(folder, redis_url)
            if options.what == "batch":
                profile_batches(parts)
                return 0
            parts.close()
            if options.what == "fanout":
                sample_fanout(folder, redis_url)
            else:
                sample(options.what, folder, redis_url)
    return 0


def prepare_parts(folder: Path, redis_url: str) -> Parts:
    """The product's parts on an empty database, with a view of it in Redis and a thousand players."""
    settings = Settings(data_dir=folder, redis_url=redis_url, secret_key="x" * 32, bootstrap_key=KEY)
    parts = build(settings)
    parts.base.migrate()
    parts.preparation.prepare()
    parts.followers.catch_up("boards")
    entries = [{"player": f"player-{n}", "score": n} for n in range(1000)]
    parts.scores.submit("main", entries, caller="bootstrap", context={})
    parts.actions.type_admin.define(ACTION, RULES, context={})
    return parts


def profile_batches(parts: Parts) -> None:
    """Profile the batch route, everything in one thread."""
    client = create_app(parts).test_client()
    parts.writer.stop()
    parts.writer._submit = lambda submission: parts.writer._write([submission])
    bodies = [
        request.partition(b"\r\n\r\n")[2]
        for request in score_batches("main", players=20_000, size=SIZE, count=BATCHES)
    ]
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}

    def send() -> None:
        for body in bodies:
            assert client.post("/v1/boards/main/scores", data=body, headers=headers).status_code == 200

    send()
    profile = cProfile.Profile()
    profile.runcall(send)
    _print_profile(pstats.Stats(profile), BATCHES * SIZE)
    parts.close()


def _print_profile(stats: pstats.Stats, entries: int) -> None:
    lines = sorted(stats.stats.items(), key=lambda item: -item[1][3])
    print(f"{'inclusive':>10} {'own':>8}  µs an entry, under the profiler")
    for (path, line, name), (_, _, own, inclusive, _) in lines[: 2 * SHOWN]:
        short = path.rpartition("site-packages/")[2].rpartition("/main/")[2]
        print(f"{1e6 * inclusive / entries:10.1f} {1e6 * own / entries:8.1f}  {short}:{line} {name}")


def sample(what: str, folder: Path, redis_url: str) -> None:
    """Sample a web process under load."""
    callers, connections = SAMPLED[what]
    with _sampled_server(folder, redis_url) as server:
        talk = partial(server.drive, callers(server), connections=connections)
        talk(seconds=1.0)
        _reset_samples(server)
        before = server.threads()
        done = talk(seconds=SECONDS)
        spent = {name: seconds - before.get(name, 0.0) for name, seconds in server.threads().items()}
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{1e6 * seconds / done.done:8.0f} µs a request in thread {name}")
    _print_samples(folder, done.cpu_us, "request or cycle")


def sample_fanout(folder: Path, redis_url: str) -> None:
    """Sample a web process that sends frames to many viewers."""
    with _sampled_server(folder, redis_url, STREAM_HEARTBEAT_SECONDS="60") as server:
        (worker,) = server.workers
        with (
            viewing.publishing(redis_url) as publish,
            viewing.audience(server.port, "/v1/stream", VIEWERS) as audience,
        ):
            _reset_samples(server)
            before, begun = servers.cpu_split(worker), time.monotonic()
            for number in range(FRAMES):
                time.sleep(max(0.0, begun + number / FRAMES_A_SECOND - time.monotonic()))
                publish(number + 1, FRAME_BYTES)
            server.rest()
            user, system = (
                1e6 * (now - then) for now, then in zip(servers.cpu_split(worker), before, strict=True)
            )
            # Samples are taken before the streams are closed, which is not part of the cost.
            os.kill(worker, signal.SIGUSR1)
            wait_until(_samples(folder).exists)
            delivered = sum(len(times) for times in viewing.read_times(audience).values())
    print(f"{user / delivered:.1f} µs of user time and {system / delivered:.1f} µs of system time each")
    _print_samples(folder, (user + system) / delivered, "delivery")


@contextlib.contextmanager
def _sampled_server(folder: Path, redis_url: str, **more: str) -> Iterator[servers.Server]:
    """A web process that samples its own stacks."""
    environment = {
        "REDIS_URL": redis_url,
        "SECRET_KEY": "x" * 32,
        "SCOREBOARD_BOOTSTRAP_KEY": KEY,
        "SAMPLES": str(_samples(folder)),
    } | UNREFUSED
    config = "tests/load/reference/sampled.py"
    with servers.gunicorn(folder, config, "wsgi:app", **environment, **more) as server:
        yield server


def _samples(folder: Path) -> Path:
    return folder / "samples.json"


def _reset_samples(server: servers.Server) -> None:
    for worker in server.workers:
        os.kill(worker, signal.SIGUSR2)


def _print_samples(folder: Path, cpu_us: float, what: str) -> None:
    samples = json.loads(_samples(folder).read_text())
    total = sum(samples["leaves"].values())
    print(f"{total} samples, {cpu_us:.1f} µs of processor time a {what}")
    for kind in ("inclusive", "leaves"):
        print(f"\n{kind}, µs a {what}")
        lines = sorted(samples[kind].items(), key=lambda item: -item[1])
        for name, count in lines[: SHOWN if kind == "leaves" else 2 * SHOWN]:
            print(f"{cpu_us * count / total:8.{0 if cpu_us >= 100 else 2}f}  {name}")


if __name__ == "__main__":
    sys.exit(main())
