"""Simulated players: python -m scoreboard_client.demo keeps a board alive until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import random
import threading
import time
from pathlib import Path

from scoreboard_client.client import Client
from scoreboard_client.errors import AwayError, RefusedError
from scoreboard_client.types import Listing

NAMES = (
    "Ada",
    "Grace",
    "Linus",
    "Barbara",
    "Alan",
    "Margaret",
    "Dennis",
    "Radia",
    "Edsger",
    "Frances",
    "Ken",
    "Katherine",
    "Donald",
    "Hedy",
    "Tim",
    "Annie",
    "Guido",
    "Karen",
    "Claude",
    "Joan",
)
LOOK_SECONDS = 1.0


def main() -> None:
    """Let players play, and say who leads."""
    asked = _asked()
    stopped = threading.Event()
    threads = [
        threading.Thread(target=_player, args=(asked, _name(number), stopped), daemon=True)
        for number in range(asked.players)
    ]
    print(f"{asked.players} players on {asked.url}/b/{asked.board} · Stop: Ctrl-C", flush=True)
    for thread in threads:
        thread.start()
    try:
        _announce(asked, stopped)
    except KeyboardInterrupt:
        pass
    finally:
        stopped.set()
    for thread in threads:
        thread.join(timeout=2)


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


def _player(asked: argparse.Namespace, name: str, stopped: threading.Event) -> None:
    """One player: signs in, plays, rests, and bears that the server is away for a while."""
    dice, client = random.Random(name), Client(asked.url)
    skill = dice.uniform(0.2, 1.0)
    while not stopped.is_set():
        try:
            if not client.refresh_token:
                client.guest(name)
            action = client.request(asked.action)
            points = None
            if not isinstance(action.points, int):
                least, most = action.points
                points = least + round((most - least) * min(1.0, dice.betavariate(2, 2) * 2 * skill))
            client.complete(action, points=points)
        except RefusedError as refused:
            if refused.status == 401:
                client.logout()
            elif refused.code != "rate_limited":
                print(f"{name} is refused: {refused}", flush=True)
                stopped.wait(30)
        except AwayError:
            pass
        stopped.wait(dice.expovariate(1 / asked.pause))


def _announce(asked: argparse.Namespace, stopped: threading.Event) -> None:
    """Say who takes the lead."""
    client, leader, until = Client(asked.url), "", time.monotonic() + asked.seconds
    while time.monotonic() < until and not stopped.wait(LOOK_SECONDS):
        try:
            top = client.top(asked.board, 1)
        except (AwayError, RefusedError):
            continue
        leader = _said(top, leader)


def _said(top: Listing, leader: str) -> str:
    if not top.entries or top.entries[0].player == leader:
        return leader
    first = top.entries[0]
    print(f"{first.display_name} leads with {first.score} points, of {top.total} players", flush=True)
    return first.player


if __name__ == "__main__":
    main()
