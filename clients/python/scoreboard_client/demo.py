"""python -m scoreboard_client.demo: lets simulated players play on a board until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from scoreboard_client.client import Client
from scoreboard_client.errors import AwayError, RefusedError
from scoreboard_client.types import Action, Listing

NAMES = (
    *("Ada", "Grace", "Linus", "Barbara", "Alan", "Margaret", "Dennis", "Radia", "Edsger", "Frances"),
    *("Ken", "Katherine", "Donald", "Hedy", "Tim", "Annie", "Guido", "Karen", "Claude", "Joan"),
)
READ_SECONDS = 1.0
PATIENCE_SECONDS = 2.0  # of each call; during longer waits Ctrl-C must work

FINAL = ("cap_reached", "scoring_disabled")  # of a player: the next one takes over
TEMPORARY = ("rate_limited", "action_token_expired")  # of a round: a laptop may have slept


@dataclass
class Demo:
    """Threads in which players play one round after another."""

    options: argparse.Namespace
    stopped: threading.Event = field(default_factory=threading.Event)
    refusal: str = ""  # the reason for which nobody can play
    _numbers: count[int] = field(default_factory=count)

    def run(self) -> None:
        """Let players play, and print each new leader, until it is stopped."""
        threads = [threading.Thread(target=self._play, daemon=True) for _ in range(self.options.players)]
        try:
            for thread in threads:
                thread.start()
            self._announce()
        except KeyboardInterrupt:
            pass
        self.stopped.set()
        until = time.monotonic() + PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _play(self) -> None:
        """Let one player after another play. The next one begins when a player can win no more points."""
        client, dice = None, random.Random()
        while not self.stopped.is_set():
            try:
                client = client or self._new_player()
                self._round(client, dice)
            except AwayError:
                pass  # the server is away: try again
            except RefusedError as refused:
                if refused.status == 401 or refused.code in FINAL:
                    client = None
                elif refused.code not in TEMPORARY:
                    self.refusal = str(refused)
                    self.stopped.set()
            self.stopped.wait(self.options.pause * dice.expovariate(1))

    def _new_player(self) -> Client:
        client = Client(self.options.url, patience_seconds=PATIENCE_SECONDS)
        client.guest(_name(next(self._numbers)))
        return client

    def _round(self, client: Client, dice: random.Random) -> None:
        action = client.request(self.options.action)
        # People take longer than they must, and never the same time.
        self.stopped.wait(action.min_seconds + dice.lognormvariate(-1, 0.6))
        if not self.stopped.is_set():
            client.complete(action, points=_points(action, client.player.id, dice))

    def _announce(self) -> None:
        """Print each new leader."""
        client, leader = Client(self.options.url, patience_seconds=PATIENCE_SECONDS), ""
        until = time.monotonic() + self.options.seconds
        while time.monotonic() < until and not self.stopped.wait(READ_SECONDS):
            try:
                leader = _print_leader(client.top(self.options.board, 1), leader)
            except (AwayError, RefusedError):
                continue


def main() -> int:
    """Let players play. Returns the exit status."""
    demo = Demo(_options())
    board = f"{demo.options.url}/b/{demo.options.board}"
    print(f"{demo.options.players} players on {board} · Stop: Ctrl-C", flush=True)
    demo.run()
    if demo.refusal:
        print(f"The players are refused: {demo.refusal}", file=sys.stderr)
    return 1 if demo.refusal else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scoreboard_client.demo", description=__doc__)
    parser.add_argument("--url", default=_url(), help="the server; default: the one on this machine")
    parser.add_argument("--board", default="main", help="the board to watch")
    parser.add_argument("--action", default="play-round", help="the action type to play")
    parser.add_argument("--players", type=int, default=12, help="how many; default 12")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between rounds, about; default 3")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="how long; default: until Ctrl-C")
    options = parser.parse_args()
    options.url = options.url.rstrip("/")
    return options


def _url() -> str:
    note = Path(os.environ.get("DATA_DIR", "var")) / "server.url"
    return note.read_text().strip() if note.exists() else "http://127.0.0.1:8000"


def _name(number: int) -> str:
    again = number // len(NAMES)
    return NAMES[number % len(NAMES)] + (f" {again + 1}" if again else "")


def _points(action: Action, player: str, dice: random.Random) -> int | None:
    """The points of a round, by the player's skill and chance."""
    if isinstance(action.points, int):
        return None
    least, most = action.points
    skill = random.Random(player).uniform(0.2, 1.0)
    return least + round((most - least) * min(1.0, 2 * skill * dice.betavariate(2, 2)))


def _print_leader(top: Listing, leader: str) -> str:
    if not top.entries or top.entries[0].player == leader:
        return leader
    first = top.entries[0]
    print(f"{first.display_name} leads with {first.score} points, of {top.total} players", flush=True)
    return first.player


if __name__ == "__main__":
    sys.exit(main())
