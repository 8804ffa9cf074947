"""replay: play a football season through the HTTP API, match by match."""

from __future__ import annotations

import argparse
import json
import os
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tqdm import tqdm

from config.settings import Settings
from scoreboard.commands.greeting import local_url
from scoreboard.commands.season import BOARD, SeasonError, entries, matches
from scoreboard.core import textfiles
from scoreboard.core.root import ROOT

SEASONS = ROOT / "examples" / "football"
TRIES = 10
SPEED = 10.0


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("replay", help="play a football season through the API")
    parser.add_argument("file", type=Path, help="a season in football.json's format")
    parser.add_argument("--board", help="the board, made if it is missing; default: the file's name")
    parser.add_argument(
        "--speed", type=float, default=SPEED, help=f"matches per second, 0 for all at once; default {SPEED:g}"
    )
    parser.add_argument("--url", help="the server; default: the one on this machine")
    parser.add_argument("--key", help="a server key; default: SCOREBOARD_BOOTSTRAP_KEY, or the local one")
    parser.add_argument("--fresh", action="store_true", help="empty the board first, to see the season again")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Play the season. Playing it again changes nothing: each match counts once."""
    season = _read(args.file)
    season_matches = matches(season)
    board = args.board or re.sub(r"[^a-z0-9]+", "-", args.file.stem.lower()).strip("-")
    server = Server(args.url or _url(settings), args.key or _key(settings))
    if args.fresh:
        server.call("DELETE", f"/v1/admin/boards/{board}", missing=True)
    if server.call("GET", f"/v1/admin/boards/{board}", missing=True) is None:
        server.call("PUT", f"/v1/admin/boards/{board}", BOARD | {"title": str(season.get("name", board))})
    print(f"Watch it: {server.url}/b/{board}", flush=True)
    counted = 0
    pause = 1 / args.speed if args.speed > 0 else 0
    started = time.monotonic()
    with tqdm(season_matches, unit=" matches", disable=None) as bar:
        for number, match in enumerate(bar, start=1):
            bar.set_description(match.round[:20])
            report = server.call("POST", f"/v1/boards/{board}/scores", {"entries": list(entries(match))})
            if report["data"]["rejected"]:
                raise OSError(f"The server rejected {match.teams}: {report['data']['rejected']}")
            counted += report["data"]["accepted"]
            time.sleep(max(0.0, started + number * pause - time.monotonic()))
    if season_matches:
        _conclude(server, board)
    if not counted and season_matches:
        print("All matches were counted before: nothing changed. --fresh empties the board first.")
    return 0


def _conclude(server: Server, board: str) -> None:
    first, second = server.call("GET", f"/v1/boards/{board}/entries?limit=2")["data"]["entries"]
    margin = "on goal difference" if first["score"] == second["score"] else f"with {first['score']} points"
    print(f"{first['player']['displayName']} win {margin}: {server.url}/b/{board}")


class Server:
    """A Scoreboard server that accepts our key."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self._key = key

    def call(self, method: str, path: str, body: Any = None, *, missing: bool = False) -> Any:
        """The answer's JSON; None for 404 if `missing` is true. Raises OSError.

        If the server does not answer, the request is sent again: no entry counts twice.
        """
        for attempt in range(TRIES):
            request = urllib.request.Request(
                self.url + path,
                method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    text = answer.read()
                    return json.loads(text) if text else {}
            except urllib.error.HTTPError as error:
                if error.code == 404 and missing:
                    return None
                if error.code != 503 or attempt == TRIES - 1:
                    raise OSError(_detail(error)) from error
            except OSError as error:
                if attempt == TRIES - 1:
                    raise OSError(f"{self.url} does not answer: is it running (make run)? {error}") from error
            time.sleep(0.5)
        raise AssertionError("the last attempt returns or raises")


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return f"the server answered {error.code}: {json.loads(error.read())['detail']}"
    except (ValueError, KeyError):
        return f"the server answered {error.code}"


def _known_seasons() -> str:
    known = sorted(str(path.relative_to(ROOT)) for path in SEASONS.glob("*.json"))
    return f"Seasons that come with Scoreboard: {', '.join(known)}." if known else "Name another file."


def _read(path: Path) -> dict[str, Any]:
    try:
        season = json.loads(textfiles.read(path))
    except FileNotFoundError:
        raise SeasonError(f"There is no file {path}. {_known_seasons()}") from None
    except ValueError as error:
        raise SeasonError(f"{path} can't be read as JSON: {error}") from error
    if not isinstance(season, dict):
        raise SeasonError(f"{path} is not a season in football.json's format")
    return season


def _url(settings: Settings) -> str:
    note = settings.data_dir / "server.url"
    if "PORT" not in os.environ and note.exists():
        return note.read_text().strip()
    return local_url(settings)


def _key(settings: Settings) -> str:
    local = settings.data_dir / "server.key"
    key = settings.bootstrap_key or os.environ.get("SCOREBOARD_KEY", "")
    if not key and local.exists():
        key = textfiles.read(local).strip()
    if not key:
        raise OSError("no server key: pass --key, or start the server with make run first")
    return key
