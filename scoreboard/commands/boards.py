"""The commands `rebuild` and `verify`."""

from __future__ import annotations

import argparse
from typing import Any

from tqdm import tqdm

from config.settings import Settings
from scoreboard.parts import build


def add(commands: Any) -> None:
    """Add the commands."""
    rebuild = commands.add_parser("rebuild", help="build the boards in Redis again from SQL")
    rebuild.add_argument("board", nargs="*", help="a board; without any, all are built")
    rebuild.set_defaults(run=run_rebuild)
    verify = commands.add_parser("verify", help="compare journal, standings and Redis")
    verify.set_defaults(run=run_verify)


def run_rebuild(args: argparse.Namespace, settings: Settings) -> int:
    """Build every open window beside the visible one, and replace each when it is complete."""
    parts = build(settings)
    follower = parts.boards.follower
    newest = parts.journal.newest()
    follower.catalogue.refresh()
    for board in args.board:
        follower.catalogue.board(board)
    # Without a usable position, Redis may hold any data: everything is built again, up to the newest fact.
    is_complete = not args.board and (follower.resume(parts.journal.shard, None) is None)
    if is_complete:
        follower.clear()
    rows = parts.boards.windows.open()
    rows = [row for row in rows if not args.board or row.window.board in args.board]
    with tqdm(total=sum(row.entries for row in rows), unit=" standings", disable=None) as bar:
        for row in rows:
            bar.set_description(f"{row.window.board} {row.window.period} {row.window.region}")
            follower.build(row, progress=bar.update)
    follower.show_all_names()
    follower.show_catalogue()
    if is_complete:
        follower.view.position.begin_at(*newest)
    parts.close()
    print(f"{len(rows)} windows built, {sum(row.entries for row in rows)} standings")
    return 0


def run_verify(args: argparse.Namespace, settings: Settings) -> int:
    """Compare journal, standings and Redis, and print the first differences. Returns 1 if there are any."""
    parts = build(settings)
    with tqdm(bar_format="{desc} [{elapsed}]", disable=None) as bar:
        differences = parts.boards.verifier.run(progress=bar.set_description_str)
    parts.close()
    for one in differences[:100]:
        print(f"{one.where}: expected {one.expected}, found {one.found}")
    print(f"{len(differences)} differences")
    return 1 if differences else 0
