"""Simulated players: python -m scoreboard_client.demo keeps a board alive until Ctrl-C."""

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
LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 2.0  # longer than that the players wait by themselves, where Ctrl-C reaches them

LEAVES = ("cap_reached", "scoring_disabled")  # the next player comes
BEARS = ("rate_limited", "action_token_expired")  # a laptop may have slept meanwhile


@dataclass
class Demo:
    """Players on seats, each playing round after round."""

    asked: argparse.Namespace
    stopped: threading.Event = field(default_factory=threading.Event)
    refused: str = ""  # why nobody can play
    _numbers: count[int] = field(default_factory=count)

    def run(self) -> None:
        """Let players play, and say who leads, until it is stopped."""
        seats = [threading.Thread(target=self._seat, daemon=True) for _ in range(self.asked.players)]
        try:
            for seat in seats:
                seat.start()
            self._announce()
        except KeyboardInterrupt:
            pass
        self.stopped.set()
        until = time.monotonic() + PATIENCE_SECONDS
        for seat in seats:
            seat.join(max(0.0, until - time.monotonic()))

    def _seat(self) -> None:
        """One player after another: the next one plays when the one before can win no more."""
        client, dice = None, random.Random()
        while not self.stopped.is_set():
            try:
                client = client or self._newcomer()
                self._round(client, dice)
            except AwayError:
                pass  # it will be back
            except RefusedError as refused:
                if refused.status == 401 or refused.code in LEAVES:
                    client = None
                elif refused.code not in BEARS:
                    self.refused = str(refused)
                    self.stopped.set()
            self.stopped.wait(self.asked.pause * dice.expovariate(1))

    def _newcomer(self) -> Client:
        client = Client(self.asked.url, patience_seconds=PATIENCE_SECONDS)
        client.guest(_name(next(self._numbers)))
        return client

    def _round(self, client: Client, dice: random.Random) -> None:
        action = client.request(self.asked.action)
        # People take longer than they must, and never the same time.
        self.stopped.wait(action.min_seconds + dice.lognormvariate(-1, 0.6))
        if not self.stopped.is_set():
            client.complete(action, points=_points(action, client.player.id, dice))

    def _announce(self) -> None:
        """Say who takes the lead."""
        client, leader = Client(self.asked.url, patience_seconds=PATIENCE_SECONDS), ""
        until = time.monotonic() + self.asked.seconds
        while time.monotonic() < until and not self.stopped.wait(LOOK_SECONDS):
            try:
                leader = _said(client.top(self.asked.board, 1), leader)
            except (AwayError, RefusedError):
                continue


def main() -> int:
    """Let players play. Returns the exit status."""
    demo = Demo(_asked())
    print(f"{demo.asked.players} players on {demo.asked.url}/b/{demo.asked.board} · Stop: Ctrl-C", flush=True)
    demo.run()
    if demo.refused:
        print(f"The players are refused: {demo.refused}", file=sys.stderr)
    return 1 if demo.refused else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scoreboard_client.demo", description=__doc__)
    parser.add_argument("--url", default=_url(), help="the server; default: the one on this machine")
    parser.add_argument("--board", default="main", help="the board to watch")
    parser.add_argument("--action", default="play-round", help="the action type to play")
    parser.add_argument("--players", type=int, default=12, help="how many; default 12")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between rounds, about; default 3")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="how long; default: until Ctrl-C")
    asked = parser.parse_args()
    asked.url = asked.url.rstrip("/")
    return asked


def _url() -> str:
    note = Path(os.environ.get("DATA_DIR", "var")) / "server.url"
    return note.read_text().strip() if note.exists() else "http://127.0.0.1:8000"


def _name(number: int) -> str:
    again = number // len(NAMES)
    return NAMES[number % len(NAMES)] + (f" {again + 1}" if again else "")


def _points(action: Action, player: str, dice: random.Random) -> int | None:
    """What a round was worth: players have their skill, and their luck."""
    if isinstance(action.points, int):
        return None
    least, most = action.points
    skill = random.Random(player).uniform(0.2, 1.0)
    return least + round((most - least) * min(1.0, 2 * skill * dice.betavariate(2, 2)))


def _said(top: Listing, leader: str) -> str:
    if not top.entries or top.entries[0].player == leader:
        return leader
    first = top.entries[0]
    print(f"{first.display_name} leads with {first.score} points, of {top.total} players", flush=True)
    return first.player


if __name__ == "__main__":
    sys.exit(main())
