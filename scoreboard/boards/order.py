"""The order of a board's standings, by order keys. A greater key is better. SQL and Redis use the same keys.

    score (11) [column (11)]{0,2} reach time (9) number of the fact that reached it (9)

Each part is a number in base 32 of fixed width, so that comparing texts compares numbers. A number of which
less is better is negated first. Score and columns are the tier: players with the same tier are tied. The
rest of the key orders them by time, the earliest first.
"""

from __future__ import annotations

from scoreboard.boards.types import Definition, Place, Row, Standing

DIGITS = "0123456789abcdefghijklmnopqrstuv"
PAIRS = tuple(high + low for high in DIGITS for low in DIGITS)  # two digits are ten bits

SCORE_WIDTH, TIME_WIDTH = 11, 9  # digits
ZERO = 1 << 53  # added to scores and columns, so that no number is negative
LAST_TIME = (1 << 45) - 1  # in milliseconds or facts: enough for a thousand years, or 35 trillion facts


class Order:
    """Makes and reads the order keys of one board, and computes ranks from places. Pure."""

    def __init__(self, definition: Definition, layout: int = 0) -> None:
        self.layout = layout
        self.names = tuple(column.name for column in definition.columns)
        directions = (definition.order, *(column.order for column in definition.columns))
        self._signs = tuple(1 if direction == "desc" else -1 for direction in directions)
        self.ties = definition.ties
        self.tier_width = SCORE_WIDTH * len(self._signs)
        self.width = self.tier_width + 2 * TIME_WIDTH

    def tier(self, score: int, columns: tuple[int, ...]) -> str:
        """The first part of the order key: that of score and columns. Players with the same one are tied."""
        key = _eleven_digits(ZERO + score * self._signs[0])
        for value, sign in zip(columns, self._signs[1:], strict=True):
            key += _eleven_digits(ZERO + value * sign)
        return key

    def key(self, standing: Standing) -> str:
        """The order key of a standing."""
        return standing.key or self.compose(
            standing.score, standing.columns, standing.reached_at, standing.reached_by
        )

    def compose(self, score: int, columns: tuple[int, ...], reached_at: int, reached_by: int) -> str:
        """The order key of a new standing."""
        time = _nine_digits(LAST_TIME - reached_at) + _nine_digits(LAST_TIME - reached_by)
        return self.tier(score, columns) + time

    def read(self, key: str) -> tuple[int, tuple[int, ...], int]:
        """Score, columns and reach time of an order key. Raises ValueError if it is not one."""
        values = tuple(
            (int(key[start : start + SCORE_WIDTH], 32) - ZERO) * sign
            for start, sign in zip(range(0, self.tier_width, SCORE_WIDTH), self._signs, strict=True)
        )
        reached_at = LAST_TIME - int(key[self.tier_width : self.tier_width + TIME_WIDTH], 32)
        return values[0], values[1:], reached_at

    def rank(self, place: Place) -> int:
        """The rank of a place, by the board's tie rule."""
        if self.ties == "ordinal":
            return place.position + 1
        if self.ties == "competition":
            return place.ahead + 1
        return place.tiers + 1

    def ahead(self, place: Place) -> int:
        """The number of players ahead of a place, by the board's tie rule."""
        return place.position if self.ties == "ordinal" else place.ahead

    def row(self, place: Place, name: str) -> Row:
        """The row that shows a place to people."""
        score, columns, reached_at = self.read(place.key)
        return Row(
            rank=self.rank(place),
            ahead=self.ahead(place),
            player=place.player,
            name=name,
            score=score,
            columns=dict(zip(self.names, columns, strict=True)),
            reached_at=reached_at,
            metadata=place.metadata,
        )

    def number(
        self, rows: list[tuple[str, str, str]], *, position: int, ahead: int, tiers: int
    ) -> list[Place]:
        """The places of consecutive rows (order key, player, metadata).

        `position`, `ahead` and `tiers` are those of the first row.
        """
        places: list[Place] = []
        previous = ""
        for key, player, metadata in rows:
            tier = key[: self.tier_width]
            if previous and tier != previous:
                ahead, tiers = position, tiers + 1
            previous = tier
            places.append(
                Place(
                    key=key,
                    player=player,
                    position=position,
                    ahead=ahead,
                    tiers=tiers,
                    metadata=metadata,
                )
            )
            position += 1
        return places


def percentile(ahead: int, total: int) -> float:
    """The percentage of the other players who are tied with or behind a player with `ahead` players ahead."""
    return 100.0 if total <= 1 else round(100 * (total - 1 - ahead) / (total - 1), 2)


def _eleven_digits(number: int) -> str:
    return (
        DIGITS[number >> 50]
        + PAIRS[(number >> 40) & 1023]
        + PAIRS[(number >> 30) & 1023]
        + PAIRS[(number >> 20) & 1023]
        + PAIRS[(number >> 10) & 1023]
        + PAIRS[number & 1023]
    )


def _nine_digits(number: int) -> str:
    return (
        DIGITS[number >> 40]
        + PAIRS[(number >> 30) & 1023]
        + PAIRS[(number >> 20) & 1023]
        + PAIRS[(number >> 10) & 1023]
        + PAIRS[number & 1023]
    )
