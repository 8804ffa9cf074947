"""rebuild and verify: make Redis show the boards anew; check that everything adds up."""

from __future__ import annotations

import argparse
from typing import Any

from tqdm import tqdm

from config.settings import Settings
from scoreboard.parts import build


def add(commands: Any) -> None:
    """Add the commands."""
    rebuild = commands.add_parser("rebuild", help="build the boards in Redis anew from SQL")
    rebuild.add_argument("board", nargs="*", help="boards; all where none is named")
    rebuild.set_defaults(run=run_rebuild)
    verify = commands.add_parser("verify", help="compare journal, standings and Redis")
    verify.set_defaults(run=run_verify)


def run_rebuild(asked: argparse.Namespace, settings: Settings) -> int:
    """Build every open window beside what is shown, then show it all at once."""
    parts = build(settings)
    follower = parts.boards.follower
    newest = parts.journal.newest()
    follower.catalogue.refresh()
    for board in asked.board:
        follower.catalogue.board(board)
    whole = not asked.board and (follower.position() is None or not follower.is_current())
    if whole:
        follower.clear()
    rows = parts.boards.windows.open()
    rows = [row for row in rows if not asked.board or row.window.board in asked.board]
    with tqdm(total=sum(row.entries for row in rows), unit=" standings", disable=None) as bar:
        for row in rows:
            bar.set_description(f"{row.window.board} {row.window.period} {row.window.region}")
            follower.build(row, progress=bar.update)
    follower.show_all_names()
    follower.show_catalogue()
    if whole:
        follower.view.position.begin_at(*newest)
    parts.close()
    print(f"{len(rows)} windows built, {sum(row.entries for row in rows)} standings")
    return 0


def run_verify(asked: argparse.Namespace, settings: Settings) -> int:
    """Print every difference. The exit status is 0 where there is none, else 1."""
    parts = build(settings)
    with tqdm(bar_format="{desc} [{elapsed}]", disable=None) as bar:
        differences = parts.boards.verifier.run(progress=bar.set_description_str)
    parts.close()
    for one in differences[:100]:
        print(f"{one.where}: expected {one.expected}, found {one.found}")
    print(f"{len(differences)} differences")
    return 1 if differences else 0
