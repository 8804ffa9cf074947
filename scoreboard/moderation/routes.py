"""Moderation over HTTP: entries and decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from flask import Blueprint, Response, request

from scoreboard.accounts.guard import context, key_required
from scoreboard.core.http.bodies import convert, parse_json, query
from scoreboard.core.http.calls import current
from scoreboard.core.http.conventions import answer, json_body, raw_body
from scoreboard.core.http.openapi import WRITES, described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited
from scoreboard.moderation.types import Author, Decided, EntryAction, PlayerAction, Unfinished
from scoreboard.moderation.wire import (
    DecidedShown,
    DecisionAboutEntries,
    DecisionAboutPlayer,
    DecisionShown,
    DecisionsQuery,
    EntriesQuery,
    EntryShown,
    Job,
    PlayerDecided,
    PlayerModerated,
    PlayersQuery,
    future_time,
)

bp = Blueprint("moderation", __name__, url_prefix="/v1/admin")


@bp.get("/entries")
@key_required("admin", role="moderator")
@limited("admin")
@described(query=EntriesQuery, answer=list[EntryShown], paged=True, problems=("ledger_unavailable",))
def list_all_entries() -> Response:
    """List entries with their states, newest first."""
    params = query(request.args, EntriesQuery)
    entries = parts().moderation.entries
    found, following = entries.page(params.filter(), before=_number(params.cursor), limit=params.limit)
    decisions = entries.decisions_of(found)
    shown = [EntryShown.of(one, decisions.get(one.newest.decision) if one.newest else None) for one in found]
    return _page(shown, following, params.limit)


decides_about_entries = described(
    body=DecisionAboutEntries,
    answer=DecidedShown,
    status=(200, 202),
    once=True,
    problems=(*WRITES, "entry_not_found", "nothing_to_decide", "protected_player", "score_out_of_range"),
)


@bp.post("/entries/hold")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_entries
def hold_entries() -> Response:
    """Hold entries: they count for nobody until they are released. More than 1000 of them are a job."""
    return _decide_about_entries("hold")


@bp.post("/entries/release")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_entries
def release_entries() -> Response:
    """Release held entries: they count as of the time at which they were reached."""
    return _decide_about_entries("release")


@bp.post("/entries/reverse")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_entries
def reverse_entries() -> Response:
    """Reverse entries: standings are as if they had never come. More than 1000 of them are a job."""
    return _decide_about_entries("reverse")


@bp.post("/entries/restore")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_entries
def restore_entries() -> Response:
    """Restore reversed entries: they count again."""
    return _decide_about_entries("restore")


@bp.get("/decisions")
@key_required("admin", role="moderator")
@limited("admin")
@described(query=DecisionsQuery, answer=list[DecisionShown], paged=True, problems=("ledger_unavailable",))
def list_decisions() -> Response:
    """List decisions, newest first."""
    params = query(request.args, DecisionsQuery)
    found, following = parts().moderation.decisions.page(
        player=params.player, author=params.author, before=_number(params.cursor), limit=params.limit
    )
    return _page([DecisionShown.of(one) for one in found], following, params.limit)


@bp.get("/decisions/<id>")
@key_required("admin", role="moderator")
@limited("admin")
@described(answer=DecisionShown, problems=("decision_not_found", "ledger_unavailable"))
def show_decision(id: str) -> Response:
    """Show a decision."""
    return answer({"data": DecisionShown.of(parts().moderation.decisions.get(id))})


@bp.post("/decisions/<id>/undo")
@key_required("admin", role="moderator")
@limited("admin")
@described(
    answer=DecidedShown,
    status=(200, 202),
    once=True,
    problems=(
        *WRITES,
        "decision_not_found",
        "already_undone",
        "decision_running",
        "protected_player",
        "score_out_of_range",
    ),
)
def undo_decision(id: str) -> Response:
    """Undo a decision: everything is as if it had never been made."""

    def write() -> Response:
        return _decided(parts().moderation.decisions.undo(id, author(), context=context()))

    return _once(request.get_data(), write)


@bp.get("/jobs/<id>")
@key_required("admin", role="moderator")
@limited("admin")
@described(answer=Job, problems=("decision_not_found", "ledger_unavailable"))
def show_job(id: str) -> Response:
    """Show the progress of a decision about many entries."""
    return answer({"data": Job.of(parts().moderation.decisions.get(id))})


@bp.get("/players")
@key_required("admin", role="moderator")
@limited("admin")
@described(query=PlayersQuery, answer=list[PlayerModerated], paged=True, problems=("ledger_unavailable",))
def list_players() -> Response:
    """List players with their restrictions, by id."""
    params = query(request.args, PlayersQuery)
    found, following = parts().moderation.directory.page(
        query=params.query, state=params.state, after=params.cursor, limit=params.limit
    )
    shown = [PlayerModerated.of(one) for one in found]
    return answer({"data": shown, "page": {"next": following, "limit": params.limit}})


@bp.get("/players/<player>")
@key_required("admin", role="moderator")
@limited("admin")
@described(answer=PlayerModerated, problems=("player_not_found", "ledger_unavailable"))
def show_moderated_player(player: str) -> Response:
    """Show a player with their restrictions."""
    return answer({"data": PlayerModerated.of(parts().moderation.directory.get(player))})


decides_about_player = described(
    body=DecisionAboutPlayer,
    optional=True,
    answer=PlayerDecided,
    once=True,
    problems=(*WRITES, "player_not_found", "nothing_to_decide", "protected_player"),
)


@bp.post("/players/<player>/suspend")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_player
def suspend_player(player: str) -> Response:
    """Suspend a player: every call of theirs is refused. It also hides them by default."""
    return _decide_about_player(player, "suspend")


@bp.post("/players/<player>/reinstate")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_player
def reinstate_player(player: str) -> Response:
    """End a suspension."""
    return _decide_about_player(player, "reinstate")


@bp.post("/players/<player>/hide")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_player
def hide_player(player: str) -> Response:
    """Hide a player: they are not listed and not counted on any board."""
    return _decide_about_player(player, "hide")


@bp.post("/players/<player>/show")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_player
def reveal_player(player: str) -> Response:
    """Show a hidden player again, with all scores that came in the meantime."""
    return _decide_about_player(player, "show")


@bp.post("/players/<player>/disable-scoring")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_player
def disable_scoring(player: str) -> Response:
    """Stop a player from winning points. Their scores stay."""
    return _decide_about_player(player, "disable-scoring")


@bp.post("/players/<player>/enable-scoring")
@key_required("admin", role="moderator")
@limited("admin")
@decides_about_player
def enable_scoring(player: str) -> Response:
    """Let a player win points again."""
    return _decide_about_player(player, "enable-scoring")


def author() -> Author:
    """The caller as the author of a decision."""
    call = current()
    if call.role == "key":
        return Author(id=f"key:{call.caller}", role="admin")
    role: Literal["moderator", "admin"] = "admin" if call.role == "admin" else "moderator"
    return Author(id=call.caller, role=role)


def _decide_about_entries(action: EntryAction) -> Response:
    body = raw_body()
    wanted = convert(parse_json(body), DecisionAboutEntries)
    selection, entries = wanted.selection(), parts().moderation.entries
    if wanted.dry_run:
        return _decided(entries.preview(action, selection, author()))

    def write() -> Response:
        return _decided(entries.decide(action, selection, wanted.why, author(), context=context()))

    return _once(body, write)


def _decide_about_player(player: str, action: PlayerAction) -> Response:
    wanted = convert(json_body(optional=True), DecisionAboutPlayer)
    until = future_time("until", wanted.until, now=parts().base.clock())
    players, directory = parts().moderation.players, parts().moderation.directory
    if wanted.dry_run:
        directory.get(player)
        decided = players.preview(player, action, author(), hide=wanted.hide)
        return answer({"data": PlayerDecided.after(directory.get(player), decided)})

    def write() -> Response:
        directory.get(player)
        decided = players.decide(
            player, action, wanted.why, author(), context=context(), until=until, hide=wanted.hide
        )
        return answer({"data": PlayerDecided.after(directory.get(player), decided)})

    return _once(request.get_data(), write)


def _once(body: bytes, write: Callable[[], Response]) -> Response:
    """Do `write` once for each idempotency key. Nothing that it writes is ever deleted and made again."""
    return parts().base.answers.write_once(current().caller, body, write, incarnation=lambda: "")


def _decided(found: Decided | Unfinished) -> Response:
    status = 202 if isinstance(found, Unfinished) else 200
    return answer({"data": DecidedShown.of(found)}, status)


def _page(shown: list[EntryShown] | list[DecisionShown], following: int | None, limit: int) -> Response:
    next_cursor = None if following is None else str(following)
    return answer({"data": shown, "page": {"next": next_cursor, "limit": limit}})


def _number(cursor: str) -> int | None:
    return int(cursor) if cursor else None
