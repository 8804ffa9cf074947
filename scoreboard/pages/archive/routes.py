"""The archive of a board, over HTTP: its past periods with their podiums, newest first."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from msgspec import Struct

from scoreboard.boards.service import Reading
from scoreboard.boards.types import Board, Period, Window
from scoreboard.core.errors import NotFound, ScoreboardError
from scoreboard.core.http.pages import page
from scoreboard.core.http.parts import parts
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.pages import rendering, view
from scoreboard.pages.routes import PAGE_PROBLEMS, explain, explain_outage
from scoreboard.pages.wire import ArchiveQuery

PODIUM = 3  # rows
PAGE_PERIODS = 12  # on one page
KINDS = {"daily": "archive.daily", "weekly": "archive.weekly", "monthly": "archive.monthly"}  # message keys
CURSOR = re.compile(r"^([0-9]{1,15})-([0-9]{1,15})\Z")

bp = Blueprint("archive", __name__)
bp.after_request(rendering.add_headers)
bp.errorhandler(ScoreboardError)(explain)
bp.errorhandler(DatabaseUnavailable)(explain_outage)


class Podium(Struct, frozen=True, kw_only=True):
    """A past period with its first rows."""

    period: Period
    reading: Reading
    ranks: list[str]


@bp.get("/b/<board>/periods")
@page(query=ArchiveQuery, problems=PAGE_PROBLEMS, files=("css/archive.css",))
def periods(board: str) -> str:
    """Show the past periods of a board with their podiums, newest first."""
    found = parts().boards.service.readable(board)
    kind, region = _kind(found), _region(found)
    rows = parts().boards.service.past(found, before=_before(), limit=PAGE_PERIODS + 1, kind=kind)
    more = rows[PAGE_PERIODS - 1] if len(rows) > PAGE_PERIODS else None
    return render_template(
        "archive.html",
        board=found,
        kinds=_kinds(found),
        kind=kind,
        kind_keys=KINDS,
        region=region,
        podiums=[_podium(found, row.period, region) for row in rows[:PAGE_PERIODS]],
        older=f"{more.period.starts_at}-{more.id}" if more else "",
        first=_before() is None,
    )


def _kinds(board: Board) -> list[str]:
    """The kinds of periods that end, the board's own first."""
    return [kind for kind in board.windows if kind != "all"]


def _kind(board: Board) -> str:
    """The kind of periods to show: the requested one, or the board's own; "" if none of them ends."""
    kinds = _kinds(board)
    kind = request.args.get("kind", "")
    return kind if kind in kinds else next(iter(kinds), "")


def _region(board: Board) -> str:
    region = request.args.get("region", "")
    if region and region not in board.definition.regions:
        raise NotFound(f"This board has no region {region[:64]!r}.", code="region_not_found")
    return region


def _before() -> tuple[int, int] | None:
    """The start and id of the last period of the page before; None on the first page."""
    match = CURSOR.match(request.args.get("before", ""))
    return (int(match[1]), int(match[2])) if match else None


def _podium(board: Board, period: Period, region: str) -> Podium:
    window = Window(board.id, period.id, region)
    reading = parts().boards.service.entries(board, window, period, limit=PODIUM)
    return Podium(period=period, reading=reading, ranks=view.ranks(reading.rows))
