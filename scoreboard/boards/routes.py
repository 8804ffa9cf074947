"""Reading boards over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from msgspec import UNSET

from scoreboard.accounts.guard import privileged_caller, sent_key
from scoreboard.boards.answers import entry_of
from scoreboard.boards.params import player_id, player_ids, ranked_score
from scoreboard.boards.search.answers import check, digest, found_entries
from scoreboard.boards.service import Boards, Reading
from scoreboard.boards.types import Board, BoardShown, Window
from scoreboard.boards.wire import (
    AroundQuery,
    BoardNow,
    Empty,
    EntriesQuery,
    Listing,
    PastPeriod,
    PeriodShown,
    PeriodsQuery,
    RankedEntry,
    RankForQuery,
    Where,
    WouldBe,
    bounds,
    instant,
)
from scoreboard.core.clock import rfc3339
from scoreboard.core.errors import BadRequest, FieldError, ValidationFailed
from scoreboard.core.http.answers import Answer, answer
from scoreboard.core.http.bodies import query
from scoreboard.core.http.caching import answer_with_etag
from scoreboard.core.http.calls import Call
from scoreboard.core.http.conventions import as_flask_view
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import count

T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., Any])

bp = Blueprint("boards", __name__, url_prefix="/v1")

FIXED_BY_CURSOR = "`cursor` already fixes the window; drop `offset`, `period` and `region`."

board_read = described(
    security=("anyone", "key", "player:moderator"),
    problems=(
        "unauthenticated",
        "token_expired",
        "account_suspended",
        "board_not_found",
        "ledger_unavailable",
    ),
)
window_read = described(problems=("period_not_found", "region_not_found"))


def describe_export(media: str) -> Callable[[V], V]:
    """Describe an export for OpenAPI."""
    return described(
        query=Where,
        media=media,
        limited=True,
        sends=(
            "Content-Disposition",
            "Scoreboard-As-Of",
            "Scoreboard-Version",
            "Scoreboard-Total",
            "Scoreboard-Revised-At",
        ),
        problems=("validation_failed", "overloaded"),
    )


@bp.get("/boards")
@as_flask_view
@described(query=Empty, answer=list[BoardShown], paged=True, problems=("ledger_unavailable",))
def list_boards(call: Call) -> Answer:
    """List the public boards."""
    query(call.args, Empty)
    boards = [board for board in parts().boards.service.all() if board.definition.public]
    return answer(
        {"data": [board.as_json() for board in boards], "page": {"next": None, "limit": len(boards)}}
    )


@bp.get("/boards/<board>")
@as_flask_view
@board_read
@described(query=Empty, answer=BoardNow)
def show_board(call: Call, board: str) -> Answer:
    """Show a board: its definition, and its current period."""
    query(call.args, Empty)

    def read(boards: Boards) -> Reading:
        found = readable(board, boards)
        period = boards.current(found)
        return boards.entries(found, Window(found.id, period.id, ""), period, limit=1)

    reading = in_one_trip(read)
    body = reading.board.as_json() | {
        "currentPeriod": PeriodShown(**bounds(reading.period)),
        "entries": reading.total,
        "serverNow": rfc3339(parts().base.clock()),
    }
    return answer({"data": body})


@bp.get("/leaderboard")
@as_flask_view
@board_read
@described(query=Empty, answer=Listing, paged=True, tagged=True)
def show_leaderboard(call: Call) -> Answer:
    """List the top ten of the default board."""
    query(call.args, Empty)

    def read(boards: Boards) -> Reading:
        board = readable(parts().base.settings.default_board, boards)
        return boards.entries(board, *boards.window(board, "", ""), limit=10)

    return list_answer(call, in_one_trip(read), limit=10)


@bp.get("/boards/<board>/entries")
@as_flask_view
@board_read
@window_read
@described(query=EntriesQuery, answer=Listing, paged=True, tagged=True, problems=("invalid_cursor",))
def list_entries(call: Call, board: str) -> Answer:
    """List a board's entries in order, page by page; those of some players, by rank; or search, by name."""
    params = query(call.args, EntriesQuery)
    if params.search:
        return _search(call, readable(board), params)

    def read(boards: Boards) -> tuple[Reading, int]:
        found = readable(board, boards)
        if params.players:
            if params.cursor or params.offset:
                raise ValidationFailed(FieldError("players", "cannot be combined with cursor or offset"))
            window, period = boards.window(found, params.period, params.region)
            players = player_ids(params.players)
            return boards.players(found, window, period, players), len(players)
        if params.cursor:
            if params.offset or params.period or params.region:
                raise BadRequest(FIXED_BY_CURSOR, code="invalid_cursor")
            return boards.following(found, params.cursor, limit=params.limit), params.limit
        window, period = boards.window(found, params.period, params.region)
        reading = boards.entries(found, window, period, offset=params.offset, limit=params.limit)
        return reading, params.limit

    reading, limit = in_one_trip(read)
    return list_answer(call, reading, limit=limit)


@bp.get("/boards/<board>/entries/<player>")
@as_flask_view
@board_read
@window_read
@described(query=Where, answer=RankedEntry, tagged=True, problems=("not_ranked",))
def show_entry(call: Call, board: str, player: str) -> Answer:
    """Show one player's entry."""
    params = query(call.args, Where)

    def read(boards: Boards) -> Reading:
        found = readable(board, boards)
        window, period = boards.window(found, params.period, params.region)
        return boards.player(found, window, period, player_id(player))

    reading = in_one_trip(read)
    return answer_with_etag(call, reading.state, lambda: {"data": entry_of(reading, reading.rows[0])})


@bp.get("/boards/<board>/entries/<player>/around")
@as_flask_view
@board_read
@window_read
@described(query=AroundQuery, answer=Listing, paged=True, tagged=True, problems=("not_ranked",))
def list_around(call: Call, board: str, player: str) -> Answer:
    """List the entries around a player, and the player's own."""
    params = query(call.args, AroundQuery)

    def read(boards: Boards) -> Reading:
        found = readable(board, boards)
        window, period = boards.window(found, params.period, params.region)
        return boards.around(found, window, period, player_id(player), params.radius)

    return list_answer(call, in_one_trip(read), limit=2 * params.radius + 1)


@bp.get("/boards/<board>/rank-for")
@as_flask_view
@board_read
@window_read
@described(query=RankForQuery, answer=WouldBe)
def rank_for(call: Call, board: str) -> Answer:
    """Show the rank that a new player would get with a score (and columns, by their names)."""

    def read(boards: Boards) -> WouldBe:
        found = readable(board, boards)
        params = ranked_score(found, call.args.lists())
        window, _ = boards.window(found, params.period, params.region)
        rank, total = boards.rank_for(found, window, params.score, params.columns)
        return WouldBe(
            board=found.id,
            period=window.period,
            region=window.region or None,
            score=params.score,
            columns=params.columns,
            rank=rank,
            total=total,
        )

    return answer({"data": in_one_trip(read)})


@bp.get("/boards/<board>/export.csv")
@board_read
@window_read
@describe_export("text/csv")
def export_csv(board: str) -> Response:
    """Export all entries of a window as CSV, from one state of it."""
    return _export(board, "csv", "text/csv; charset=utf-8; header=present")


@bp.get("/boards/<board>/export.jsonl")
@board_read
@window_read
@describe_export("application/jsonl")
def export_lines(board: str) -> Response:
    """Export all entries of a window as lines of JSON, from one state of it."""
    return _export(board, "jsonl", "application/jsonl")


@bp.get("/boards/<board>/periods")
@as_flask_view
@board_read
@described(query=PeriodsQuery, answer=list[PastPeriod], paged=True)
def list_periods(call: Call, board: str) -> Answer:
    """List the periods of a board that are over, newest first."""
    params = query(call.args, PeriodsQuery)
    found = readable(board)
    start, _, id = params.cursor.partition("-")
    before = (int(start), int(id)) if id else None
    rows = parts().boards.service.past(found, before=before, limit=params.limit + 1)
    more = len(rows) > params.limit
    rows = rows[: params.limit]
    body = [
        PastPeriod(
            **bounds(row.period),
            kind=row.period.kind,
            entries=row.entries,
            closed_at=instant(row.closed_at),
            revised_at=instant(row.revised_at) or UNSET,
        )
        for row in rows
    ]
    following = f"{rows[-1].period.starts_at}-{rows[-1].id}" if more else None
    return answer({"data": body, "page": {"next": following, "limit": params.limit}})


def list_answer(call: Call, reading: Reading, *, limit: int) -> Answer:
    """The answer with the rows of a reading. Its ETag names their state."""
    live = reading.period == parts().boards.service.current(reading.board)
    cursor = parts().cursor(reading.window, reading.stamp) if live else None

    def body() -> dict[str, Any]:
        rows = parts().boards.answers.encode(reading)
        data = {
            "board": reading.board.id,
            "period": reading.window.period,
            "region": reading.window.region or None,
            "total": reading.total,
            "id": cursor,
            "asOf": rfc3339(parts().base.clock()),
            "entries": rows.entries,
        }
        revised = parts().boards.service.revised_at(reading.board, reading.period)
        if revised is not None:
            data["revisedAt"] = rfc3339(revised)
        return {"data": data, "page": {"next": rows.following, "limit": limit}}

    return answer_with_etag(call, f"{reading.window.period}.{reading.state}.{cursor or ''}", body)


def _search(call: Call, board: Board, params: EntriesQuery) -> Answer:
    check(params)
    window, period = parts().boards.service.window(board, params.period, params.region)
    found = parts().boards.search.find(board, window, period, params.search, limit=params.limit)
    data = {
        "board": board.id,
        "period": window.period,
        "region": window.region or None,
        "total": found.total,
        "id": None,
        "entries": found_entries(board.definition, found),
    } | ({"degraded": True} if found.degraded else {})
    now, page = rfc3339(parts().base.clock()), {"next": None, "limit": params.limit}
    return answer_with_etag(call, digest(data), lambda: {"data": data | {"asOf": now}, "page": page})


def _export(board: str, format: str, content_type: str) -> Response:
    params = query(request.args, Where)
    found = readable(board)
    if sent_key() is None:  # callers with a key are trusted not to export too often
        count("export")
    boards = parts().boards.service
    spool = boards.begin_export(found, params.region, params.period, format)
    response = Response(spool, content_type=content_type)
    response.call_on_close(lambda: boards.exports.end(spool))
    name = "-".join(filter(None, (found.id, spool.period.id, spool.window.region)))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Scoreboard-As-Of"] = rfc3339(spool.as_of)
    response.headers["Scoreboard-Version"] = str(spool.version.seq)
    response.headers["Scoreboard-Total"] = str(spool.total)
    if spool.revised_at is not None:
        response.headers["Scoreboard-Revised-At"] = rfc3339(spool.revised_at)
    return response


def readable(id: str, boards: Boards | None = None) -> Board:
    """A board that the caller may read. Raises NotFound, or Unauthenticated for bad credentials."""
    return (boards or parts().boards.service).readable(id, privileged_caller)


def in_one_trip(read: Callable[[Boards], T]) -> T:
    """The result of a read of one board. It may be called twice."""
    return parts().boards.one_trip.read(read)
