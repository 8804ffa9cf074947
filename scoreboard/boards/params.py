"""Parameters of reads that are more than a struct: players' ids, and the score that `rank-for` ranks."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from scoreboard.boards.types import Board, Score
from scoreboard.core.errors import FieldError, ValidationFailed
from scoreboard.core.ids import PLAYER_ID

MAX_PLAYERS = 100


class RankedScore(Struct, frozen=True, kw_only=True):
    """A score and its columns, and the window to rank it in."""

    score: int
    columns: dict[str, int]
    period: str = ""
    region: str = ""


def player_id(text: str, field: str = "player") -> str:
    """A player's id from a path or a query. Raises ValidationFailed."""
    if not re.match(PLAYER_ID, text):
        raise ValidationFailed(FieldError(field, f"{text[:64]!r} is not a player's id"))
    return text


def player_ids(text: str) -> list[str]:
    """Ids of players, separated by commas. Raises ValidationFailed."""
    ids = list(dict.fromkeys(text.split(",")))
    if len(ids) > MAX_PLAYERS:
        raise ValidationFailed(FieldError("players", f"names more than {MAX_PLAYERS} players"))
    return [player_id(id, "players") for id in ids]


def ranked_score(board: Board, args: Iterable[tuple[str, list[str]]]) -> RankedScore:
    """The parameters of `rank-for`: each column of the board is one, by its name. Raises ValidationFailed."""
    names = {column.name for column in board.definition.columns}
    numbers: dict[str, int] = {}
    where: dict[str, str] = {}
    for name, values in args:
        if len(values) > 1:
            raise ValidationFailed(FieldError(name[:64], "is given twice"))
        if name in ("period", "region"):
            where[name] = values[0]
        elif name == "score" or name in names:
            numbers[name] = _score(name, values[0])
        else:
            raise ValidationFailed(FieldError(name[:64], "unknown parameter"))
    if "score" not in numbers:
        raise ValidationFailed(FieldError("score", "is missing"))
    return RankedScore(score=numbers.pop("score"), columns=numbers, **where)


def _score(name: str, text: str) -> int:
    try:
        return msgspec.convert(text, Score, strict=False)
    except msgspec.ValidationError:
        raise ValidationFailed(FieldError(name, "must be a whole number from -(2^53-1) to 2^53-1")) from None
