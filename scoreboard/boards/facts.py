"""The shape of facts that score, the same for all kinds: the boards that they feed, and their results.

    data["feeds"]    [[board, operator, since], …]
    data["trust"]    "client" if a player earned the score; left out if a server reported it
    data["region"]   a region that every board must have
    data["home"]     a region that is used on those boards that have it
    result["boards"] {board: {"operator": …, "standings": [[period, region, score, version], …]}}
    result["state"]  "held" if the entry was recorded as held; left out if it counts

Facts that had standings folded again list these:

    result["refolded"] [[board, period, region, [player, …]], …]

Journals keep facts forever, so the shapes of earlier releases are read here, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from scoreboard.boards.types import Board, Period, Standing, Window
from scoreboard.journal.types import PLAYER_MERGED, Fact, RecordedFact

ENTRY_KINDS = ("score", "action")  # of facts that score


class Feed(NamedTuple):
    """A board that a fact feeds."""

    board: str
    operator: str = ""  # "" for the board's own, when the fact is recorded
    since: int = 0  # the fact that created the board, if it must be that board; 0 for any board of this id


class BoardResult(NamedTuple):
    """The result of a fact on one board: its operator, and each window with score and version after it."""

    operator: str
    standings: list[tuple[Window, int, int]]


class Move(Struct, frozen=True, gc=False):
    """The change that a fact makes in one window."""

    window: Window
    period: Period
    old: Standing | None
    new: Standing
    closed: bool  # the period is: the fact is an import


def feeds_of(fact: Fact) -> list[Feed]:
    """The boards that a fact feeds."""
    feeds: list[Feed] | None = fact.data.get("feeds")
    if feeds is None:
        return _old_feeds(fact)
    # A fact that this process made has Feeds; one that was read from the journal has lists.
    return feeds if not feeds or type(feeds[0]) is Feed else [Feed(*one) for one in feeds]


def _old_feeds(fact: Fact) -> list[Feed]:
    # Completions named their boards with `since`; scores had one board, and perhaps an operator.
    boards = fact.data.get("boards")
    if boards is not None:
        return [Feed(board, since=since) for board, since in boards]
    return [Feed(fact.board, fact.data.get("operator", ""))]


def make_result(moves: Iterable[tuple[Board, str, Sequence[Move]]]) -> dict[str, Any]:
    """The result of a fact, made of its operator and its moves on each board."""
    return {
        "boards": {
            board.id: {
                "operator": operator,
                "standings": [
                    [move.window.period, move.window.region, move.new.score, move.new.version]
                    for move in own_moves
                ],
            }
            for board, operator, own_moves in moves
        }
    }


def results_of(line: RecordedFact) -> dict[str, BoardResult]:
    """The result of a fact by board. Empty for a fact that did not score."""
    return read_result(line.result, line.fact.board)


def standings_on(board: str, line: RecordedFact) -> list[list[Any]]:
    """The standings that a fact made on one board: [period, region, score, version] for each window."""
    standings: list[list[Any]] = _by_board(line.result, line.fact.board)[board]["standings"]
    return standings


def read_result(result: Mapping[str, Any], board: str = "") -> dict[str, BoardResult]:
    """The result by board, from a fact's `result`. `board` is `Fact.board`."""
    return {id: _board_result(id, own) for id, own in _by_board(result, board).items()}


def _by_board(result: Mapping[str, Any], board: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = result.get("boards")
    if found is None:
        # The result of a score was that of its one board.
        found = {board: result} if "standings" in result else {}
    return found


def _board_result(board: str, result: Mapping[str, Any]) -> BoardResult:
    standings = [
        (Window(board, period, region), score, version)
        for period, region, score, version in result["standings"]
    ]
    return BoardResult(result["operator"], standings)


def make_refolded(players: Mapping[Window, Iterable[str]]) -> list[list[Any]]:
    """The form in a fact's result of the standings that it had folded again."""
    return [[one.board, one.period, one.region, list(found)] for one, found in players.items()]


def refolded_by(line: RecordedFact) -> list[tuple[Window, list[str]]]:
    """The standings that a fact had folded again, by window: those of a merge are of account and guest."""
    if line.fact.kind == PLAYER_MERGED:
        players = [line.fact.player, line.fact.data["guest"]]
        return [(Window(*one), players) for one in line.result["windows"]]
    found = line.result.get("refolded", ())
    return [(Window(board, period, region), players) for board, period, region, players in found]
