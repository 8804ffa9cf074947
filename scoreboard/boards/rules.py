"""The change that a score makes in a standing, and the rules that refuse scores and definitions. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from scoreboard.accounts.rules import IMPORT
from scoreboard.boards.order import Order
from scoreboard.boards.periods import PeriodError, check_window, check_zone
from scoreboard.boards.types import SAFE, Board, Definition, Period, Standing
from scoreboard.core.errors import FieldError, Forbidden, NotFound, Refused, Unavailable
from scoreboard.journal.types import Position


class StandingsOutdated(Unavailable):
    """Something that the standings depend on changed since they were gathered: gather them again."""

    def __init__(self) -> None:
        super().__init__(
            "Boards or scores changed while standings were computed. Send the same request again."
        )


def no_board(id: str) -> NotFound:
    """The refusal for a board that does not exist, or that is private and may not be seen."""
    return NotFound(f"There is no board {id[:64]!r}.", code="board_not_found")


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
    """The standing after one score; `old` itself if the score changes nothing.

    increment and decrement add and subtract score and columns; set replaces both; best replaces
    both if the whole row is better. An equal, worse or zero score does not move the reach time.
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


def columns_of(order: Order, columns: Mapping[str, int]) -> tuple[int, ...]:
    """The columns of one score in the board's order; 0 for those left out. Raises Refused."""
    if not order.names and not columns:
        return ()
    if len(columns) > len(order.names) or any(name not in order.names for name in columns):
        names = ", ".join(order.names) or "none"
        raise Refused(f"This board's columns are: {names}.", code="unknown_column")
    return tuple(columns.get(name, 0) for name in order.names)


def check_region(definition: Definition, region: str) -> None:
    """Refuse a region that the board does not have. Raises Refused."""
    if region not in definition.regions:
        regions = ", ".join(definition.regions) or "none"
        raise Refused(f"This board's regions are: {regions}.", code="unknown_region")


def period_closed(period: Period, reason: str) -> Refused:
    """The refusal of a score for a period that is closed."""
    return Refused(
        f"The period {period.id} {reason}. A key with the scope {IMPORT} can write into it.",
        code="period_closed",
    )


def check_amount(definition: Definition, operator: str, amount: int) -> None:
    """Refuse an amount that is too large for the board. Raises Refused."""
    if operator in ("best", "set"):
        check_score(definition, amount)
    elif definition.max_increment is not None and abs(amount) > definition.max_increment:
        raise Refused(
            f"One submission may change the score by at most {definition.max_increment}.",
            code="increment_too_large",
        )


def check_standing(definition: Definition, standing: Standing) -> None:
    """Refuse a standing that lies outside the board's bounds. Raises Refused."""
    check_score(definition, standing.score)
    check_exact(standing)


def check_exact(standing: Standing) -> None:
    """Refuse a standing with a number that JSON readers would round. Raises Refused."""
    score, columns = standing.score, standing.columns
    if not -SAFE <= score <= SAFE or (columns and not -SAFE <= min(columns) <= max(columns) <= SAFE):
        raise Refused(
            f"The score or a column of {standing.player} would exceed ±(2^53-1).",
            code="score_out_of_range",
        )


def not_open(board: Board) -> Forbidden:
    """The refusal of a player's points on a board that only servers may write to."""
    return Forbidden(
        f"Players can't score on the board {board.id!r}: only servers with a key can.", code="board_not_open"
    )


def check_score(definition: Definition, score: int) -> None:
    """Refuse a score that lies outside the board's bounds. Raises Refused."""
    lowest = -SAFE if definition.min_score is None else definition.min_score
    highest = SAFE if definition.max_score is None else definition.max_score
    if not lowest <= score <= highest:
        raise Refused(
            f"The score would be {score}; this board takes {lowest} to {highest}.",
            code="score_out_of_range",
        )


def definition_errors(definition: Definition) -> list[FieldError]:
    """The errors of a definition whose fields are valid one by one."""
    found = []
    for field, kind in [("period", definition.period), *(("windows", kind) for kind in definition.windows)]:
        try:
            check_window(kind)
        except PeriodError as error:
            found.append(FieldError(field, str(error)))
    if len({kind for kind in (definition.period, *definition.windows) if " " in kind}) > 1:
        found.append(FieldError("windows", "has a second cron expression: a board may have one"))
    try:
        check_zone(definition.time_zone)
    except PeriodError as error:
        found.append(FieldError("timeZone", str(error)))
    names = [column.name for column in definition.columns]
    if len(set(names)) < len(names):
        found.append(FieldError("columns", "has the same name twice"))
    if len(set(definition.regions)) < len(definition.regions):
        found.append(FieldError("regions", "has the same region twice"))
    if unknown := sorted(set(definition.region_titles) - set(definition.regions)):
        found.append(FieldError("regionTitles", f"names {unknown[0]!r}, which is not one of the regions"))
    fields = [shown.field for shown in definition.show]
    if len(set(fields)) < len(fields):
        found.append(FieldError("show", "has the same field twice"))
    lowest, highest = definition.min_score, definition.max_score
    if lowest is not None and highest is not None and lowest > highest:
        found.append(FieldError("minScore", "is greater than maxScore"))
    return found
