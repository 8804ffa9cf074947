"""Claims, the difficulty of their work, and the points that a player may win in an hour or a day. Pure."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from msgspec import Struct

from scoreboard.actions.types import LONGEST_SECONDS, OpenedToken, Proof, Rules
from scoreboard.boards.types import Board
from scoreboard.core.errors import BadRequest, Conflict, FieldError, TooMany

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
BUSY = 256  # waiting facts in a process; from there on new tokens need more work
MAX_EXTRA_BITS = 2  # of work, under the highest load


class Wins(Struct, frozen=True, kw_only=True):
    """Points that a player won by one action type, in the newest hour and day in which they won any."""

    hour: int = 0  # hours since 1970
    hour_points: int = 0
    day: int = 0  # days since 1970
    day_points: int = 0


def nonce(token: str) -> str:
    """A token's challenge. It derives from the token, so no work can begin before the token is issued."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def checksum(points: int | None, result: str) -> str:
    """The checksum of a claim, `points|result`, as lower-case hex."""
    return hashlib.sha256(f"{'' if points is None else points}|{result}".encode()).hexdigest()


def difficulty(base: int, waiting: int, hardest: int) -> int:
    """Bits of work: those of the action type (`base`), and more while many facts wait. 0 stays 0."""
    if base == 0:
        return 0
    load = 0 if waiting < BUSY else 1 if waiting < 4 * BUSY else MAX_EXTRA_BITS
    return min(base + load, hardest)


def claim_of(token: OpenedToken, proof: Proof) -> str:
    """The checksum of a proof's claim. Points that the action type fixes are no part of it."""
    return checksum(proof.points if token.claimed else None, proof.result)


def invalid_proof(detail: str) -> BadRequest:
    """The error for an invalid proof; `detail` names the mistake."""
    return BadRequest(detail, code="invalid_proof")


def check_overlap(ended_at: int, issued_at: int) -> None:
    """Raise Conflict if an exclusive action began before the player's previous one ended."""
    if ended_at > issued_at:
        raise Conflict(
            "You completed another exclusive action after this token was issued. Request a new token.",
            code="overlapping_action",
        )


def add_points(before: Wins, points: int, at: int, caps: tuple[int | None, int | None]) -> Wins:
    """The points won after winning `points` more at this time. Raises TooMany, cap_reached."""
    hour, day = at // HOUR_MS, at // DAY_MS
    after = Wins(
        hour=hour,
        hour_points=points + (before.hour_points if before.hour == hour else 0),
        day=day,
        day_points=points + (before.day_points if before.day == day else 0),
    )
    hourly, daily = caps
    if daily is not None and after.day_points > daily:
        raise _cap_reached("day", daily, DAY_MS - at % DAY_MS)
    if hourly is not None and after.hour_points > hourly:
        raise _cap_reached("hour", hourly, HOUR_MS - at % HOUR_MS)
    return after


def combine(first: Wins, second: Wins) -> Wins:
    """The points of two players who become one: points of the same hour, or of the same day, add up."""
    hour, day = max(first.hour, second.hour), max(first.day, second.day)
    return Wins(
        hour=hour,
        hour_points=sum(one.hour_points for one in (first, second) if one.hour == hour),
        day=day,
        day_points=sum(one.day_points for one in (first, second) if one.day == day),
    )


def contradictions(rules: Rules, boards: Mapping[str, Board]) -> list[FieldError]:
    """The contradictions between the fields of an action type, each of which is valid alone."""
    found = []
    least, most = rules.range
    if least > most:
        found.append(FieldError("points.min", "must not be greater than points.max"))
    if rules.min_seconds >= rules.max_seconds:
        found.append(FieldError("minSeconds", "must be less than maxSeconds"))
    if len(set(rules.boards)) < len(rules.boards):
        found.append(FieldError("boards", "lists a board twice"))
    for id in rules.boards:
        if id not in boards:
            found.append(FieldError("boards", f"there is no board {id!r}"))
        elif boards[id].definition.trust != "client":
            found.append(FieldError("boards", f"the board {id!r} does not take points from players"))
    for field, cap in (("hourlyCap", rules.hourly_cap), ("dailyCap", rules.daily_cap)):
        if cap is not None and cap < least:
            found.append(FieldError(field, "must not be less than the points of one action"))
    return found


def lifetime_ms(rules: Rules) -> int:
    """The lifetime of a token, in milliseconds."""
    return round(1000 * (LONGEST_SECONDS if rules.offline else rules.max_seconds))


def _cap_reached(period: str, cap: int, wait_ms: int) -> TooMany:
    return TooMany(
        f"This action gives at most {cap} points per {period}.",
        code="cap_reached",
        retry_after_seconds=-(-wait_ms // 1000),
    )
