"""How a score changes a standing, and which definitions make sense. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from scoreboard.boards.order import Order
from scoreboard.boards.periods import PeriodError, check_window, check_zone
from scoreboard.boards.types import SAFE, Board, Definition, Standing, Window
from scoreboard.core.errors import FieldError, Forbidden, NotFound, Refused, Unavailable
from scoreboard.journal.types import PLAYER_MERGED, Position, Recorded


class Outdated(Unavailable):
    """Boards, or guests of the account, changed since the entries of both were gathered: gather again."""

    def __init__(self) -> None:
        super().__init__("Boards were changed at this moment. Send the same again.")


def no_board(id: str) -> NotFound:
    """What is told of a board that is not there, and of a private one to those who may not see it."""
    return NotFound(f"There is no board {id[:64]!r}.", code="board_not_found")


def fed(line: Recorded) -> Mapping[str, Any]:
    """For each board that a fact fed: by which operator, and what stood in its windows then.

    {board: {"operator": …, "standings": [[period, region, score, version], …]}}
    """
    if line.fact.kind == "score":
        return {line.fact.board: line.result}
    boards: Mapping[str, Any] = line.result.get("boards", {})
    return boards


def moved(line: Recorded) -> list[Window]:
    """The windows in which a guest's standing became the account's by this fact."""
    if line.fact.kind != PLAYER_MERGED:
        return []
    return [Window(*one) for one in line.result["windows"]]


def fold(
    old: Standing | None,
    *,
    player: str,
    operator: str,
    amount: int,
    columns: tuple[int, ...],
    order: Order,
    at: int,
    position: Position,
    metadata: str = "",
) -> Standing:
    """The standing after one score. `old` itself where the score changes nothing.

    increment and decrement add and subtract score and columns; set replaces both; best replaces
    both where the whole row is better. An equal, worse or zero score does not move the reach time.
    """
    score = amount
    if operator in ("increment", "decrement"):
        sign = 1 if operator == "increment" else -1
        score = sign * amount + (old.score if old else 0)
        before = old.columns if old else (0,) * len(columns)
        columns = tuple(was + sign * value for was, value in zip(before, columns, strict=True))
    if old is not None:
        if operator == "best" and order.tier(score, columns) <= order.key(old)[: order.tier_width]:
            return old
        if (score, columns) == (old.score, old.columns):
            if not metadata or metadata == old.metadata:
                return old
            return structs.replace(old, metadata=metadata, version=position.seq)
    number = position.number
    return Standing(
        player=player,
        score=score,
        columns=columns,
        reached_at=at,
        reached_by=number,
        version=position.seq,
        metadata=metadata or (old.metadata if old else ""),
        key=order.compose(score, columns, at, number) if -SAFE <= score <= SAFE else "",
    )


def check_amount(definition: Definition, operator: str, amount: int) -> None:
    """Refuse what one score may not carry. Raises Refused."""
    if operator in ("best", "set"):
        check_score(definition, amount)
    elif definition.max_increment is not None and abs(amount) > definition.max_increment:
        raise Refused(
            f"One submission may change the score by {definition.max_increment} at most.",
            code="increment_too_large",
        )


def check_standing(definition: Definition, standing: Standing) -> None:
    """Refuse a standing that lies outside the board's bounds. Raises Refused."""
    check_score(definition, standing.score)
    check_exact(standing)


def check_exact(standing: Standing) -> None:
    """Refuse a standing with a number that not every reader keeps exact. Raises Refused."""
    if any(not -SAFE <= value <= SAFE for value in (standing.score, *standing.columns)):
        raise Refused(
            f"A number of {standing.player} would leave the range of exact numbers, ±(2^53-1).",
            code="score_out_of_range",
        )


def not_open(board: Board) -> Forbidden:
    """What a player hears who wants points on a board that only servers write."""
    return Forbidden(f"The board {board.id!r} takes no points from players.", code="board_not_open")


def check_score(definition: Definition, score: int) -> None:
    """Refuse a score that lies outside the board's bounds. Raises Refused."""
    lowest = -SAFE if definition.min_score is None else definition.min_score
    highest = SAFE if definition.max_score is None else definition.max_score
    if not lowest <= score <= highest:
        raise Refused(
            f"The score would be {score}; this board takes {lowest} to {highest}.",
            code="score_out_of_range",
        )


def complaints(definition: Definition) -> list[FieldError]:
    """What is wrong with a definition whose fields are well-formed one by one."""
    found = []
    for field, kind in [("period", definition.period), *(("windows", kind) for kind in definition.windows)]:
        try:
            check_window(kind)
        except PeriodError as error:
            found.append(FieldError(field, str(error)))
    if len({kind for kind in (definition.period, *definition.windows) if " " in kind}) > 1:
        found.append(FieldError("windows", "a board may follow one cron expression"))
    try:
        check_zone(definition.time_zone)
    except PeriodError as error:
        found.append(FieldError("timeZone", str(error)))
    names = [column.name for column in definition.columns]
    if len(set(names)) < len(names):
        found.append(FieldError("columns", "two columns have the same name"))
    if len(set(definition.regions)) < len(definition.regions):
        found.append(FieldError("regions", "a region stands there twice"))
    lowest, highest = definition.min_score, definition.max_score
    if lowest is not None and highest is not None and lowest > highest:
        found.append(FieldError("minScore", "is greater than maxScore"))
    return found
