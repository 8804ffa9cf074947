"""The traffic of a soak: the same mix in every interval, with viewers and players that come and go."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.load import cycles
from tests.load.generator import Caller, Plan, Repeats
from tests.load.requests import get, scores
from tests.load.servers import Server
from tests.support import ROOT, Stack, wait_until

BOARD = "main"
COUNTS_A_SECOND, CONNECTIONS = 100, 24  # shared equally by the connections
PLAYING, READING = 12, 8  # connections; the others submit batches
BATCH = 10  # entries
# Hash tables in Redis double in size as they fill. These numbers keep them between two doublings, which would
# change the bytes of a fact: Redis doubles at powers of 2, Valkey at 7 times powers of 2.
FIRST_PLAYERS, MORE_PLAYERS = 34_000, 20_000
GROUPS, GROUP_VIEWERS = 4, 50  # of viewers; in each interval the oldest group leaves, and another comes
READS = (
    f"/v1/boards/{BOARD}/entries?limit=100",
    f"/v1/boards/{BOARD}/entries/player-{{}}",
    f"/v1/boards/{BOARD}/entries/player-{{}}/around",
)


@dataclass
class Traffic:
    """Makes the requests of each interval."""

    server: Server
    seconds: float  # of an interval
    more_players: float  # in an interval
    _random: Random = field(default_factory=lambda: Random(11))
    _players: float = FIRST_PLAYERS

    def plan(self) -> Plan:
        """The requests of the next interval, with newly signed-in guests."""
        playing: list[Caller] = [*cycles.players(self.server, count=PLAYING)]
        reading: list[Caller] = [Repeats(self._reads()) for _ in range(READING)]
        submitting = self._submitting(CONNECTIONS - PLAYING - READING)
        return Plan(
            port=self.server.port,
            callers=[*playing, *reading, *submitting],
            connections=CONNECTIONS,
            seconds=self.seconds,
            a_second=COUNTS_A_SECOND,
        )

    def _reads(self) -> list[bytes]:
        # Of the first players: new ones are on the board only once their batch is sent.
        return [get(path.format(self._random.randrange(FIRST_PLAYERS))) for _ in range(50) for path in READS]

    def _submitting(self, connections: int) -> list[Caller]:
        count = max(1, round(self.seconds * COUNTS_A_SECOND / CONNECTIONS))
        new = self.more_players / (connections * count)  # in a batch
        return [Repeats([self._batch(new) for _ in range(count)]) for _ in range(connections)]

    def _batch(self, new: float) -> bytes:
        first, self._players = int(self._players), self._players + new
        numbers = [*range(first, int(self._players)), *(self._player() for _ in range(BATCH))][:BATCH]
        entries = [
            {"player": f"player-{number}", "score": self._random.randrange(1, 1000)} for number in numbers
        ]
        return scores(BOARD, entries)

    def _player(self) -> int:
        return self._random.randrange(int(self._players))


class Crowd:
    """Viewers in groups, each a process that reads its streams as fast as they come."""

    def __init__(self, port: int, group_size: int = GROUP_VIEWERS) -> None:
        self._port, self._size = port, group_size
        self._groups: deque[subprocess.Popen[str]] = deque()

    @property
    def viewers(self) -> int:
        """The open streams."""
        return len(self._groups) * self._size

    def change(self) -> None:
        """Let a group come, and the oldest one leave if there are more than GROUPS."""
        command = [
            sys.executable,
            "-m",
            "tests.load.audience",
            str(self._port),
            "/v1/stream",
            str(self._size),
        ]
        group = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._groups.append(group)
        assert group.stdout is not None
        assert group.stdout.readline() == "open\n"
        if len(self._groups) > GROUPS:
            _end(self._groups.popleft())

    def leave(self) -> None:
        """End all groups."""
        while self._groups:
            _end(self._groups.popleft())


@contextlib.contextmanager
def crowd(port: int) -> Iterator[Crowd]:
    """A crowd, complete from the beginning."""
    crowd = Crowd(port)
    try:
        for _ in range(GROUPS):
            crowd.change()
        yield crowd
    finally:
        crowd.leave()


def fill(stack: Stack) -> None:
    """Put the first players on the board. A busy server may refuse a batch for a while."""
    for first in range(0, FIRST_PLAYERS, 1000):
        numbers = range(first, first + 1000)
        body = {"entries": [{"player": f"player-{number}", "score": 1 + number} for number in numbers]}
        path = f"/v1/boards/{BOARD}/scores"
        wait_until(lambda path=path, body=body: stack.call("POST", path, body).status == 200, seconds=60)


def _end(group: subprocess.Popen[str]) -> None:
    group.kill()
    group.communicate()
