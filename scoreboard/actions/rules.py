"""Claims, the work that is done for them, and what a player may win in what time. Pure."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from scoreboard.actions.types import LONGEST_SECONDS, OpenedToken, Proof, Rules
from scoreboard.boards.types import Board
from scoreboard.core.errors import BadRequest, Conflict, FieldError, TooMany
from scoreboard.core.work import worked

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
BUSY = 256  # facts that wait in a process; from here on work gets harder
HARDER_BY_LOAD = 2
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Wins(Struct, frozen=True, kw_only=True):
    """What a player won by one action type in the newest hour and day in which he won anything."""

    hour: int = 0  # which one, counted since 1970
    hour_points: int = 0
    day: int = 0
    day_points: int = 0


def nonce(token: str) -> str:
    """What the work for a token is done on: nobody can begin before he has it."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def checksum(points: int | None, result: str) -> str:
    """The checksum of a claim, `points|result`, as lower-case hex."""
    return hashlib.sha256(f"{'' if points is None else points}|{result}".encode()).hexdigest()


def difficulty(base: int, waiting: int, hardest: int) -> int:
    """Bits of work: the type's own, and more while many facts wait. None where the type asks for none."""
    if base == 0:
        return 0
    load = 0 if waiting < BUSY else 1 if waiting < 4 * BUSY else HARDER_BY_LOAD
    return min(base + load, hardest)


def claimed_points(ticket: OpenedToken, proof: Proof) -> int:
    """The points that a completion is worth. Raises BadRequest, points_out_of_range or invalid_proof."""
    if proof.points is None:
        if ticket.claimed:
            raise invalid_proof("proof.points is missing: this action type lets you say how many.")
        return ticket.most
    if not ticket.least <= proof.points <= ticket.most:
        raise BadRequest(
            f"This action is worth {ticket.least} to {ticket.most} points.", code="points_out_of_range"
        )
    return proof.points


def check_work(ticket: OpenedToken, proof: Proof, nonce: str) -> None:
    """Raise BadRequest, invalid_proof, where claim, checksum and work do not belong together."""
    if proof.result:
        _check_result(proof.result, ticket.result_bytes)
    if checksum(proof.points if ticket.claimed else None, proof.result) != proof.checksum:
        raise invalid_proof("proof.checksum is not that of the claim, points|result.")
    if not worked(nonce, proof.checksum, proof.solution, ticket.difficulty):
        raise invalid_proof("proof.solution does not solve the challenge.")


def _check_result(result: str, most: int) -> None:
    # The journal keeps it as JSON for ever, in which one byte of a control character becomes six.
    if CONTROL.search(result):
        raise invalid_proof(
            "proof.result has a control character, such as a line break or a tab. Leave it out."
        )
    bytes = len(msgspec.json.encode(result)) - 2  # without the quotes around it
    if bytes > most:
        raise BadRequest(
            f"proof.result may take {most} bytes as JSON, and takes {bytes}. Send less.",
            code="result_too_large",
        )


def invalid_proof(detail: str) -> BadRequest:
    """What is wrong with a proof."""
    return BadRequest(detail, code="invalid_proof")


def check_alone(ended_at: int, issued_at: int) -> None:
    """Raise Conflict where an exclusive action was begun before the player's last one was over."""
    if ended_at > issued_at:
        raise Conflict(
            "You completed another action after you asked for this one. Ask for a new token.",
            code="overlapping_action",
        )


def won(before: Wins, points: int, at: int, caps: tuple[int | None, int | None]) -> Wins:
    """What is won with `points` more at this time. Raises TooMany, cap_reached."""
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


def joined(mine: Wins, others: Wins) -> Wins:
    """What two players won who are one from now on: what fell into the same hour and day adds up."""
    hour, day = max(mine.hour, others.hour), max(mine.day, others.day)
    return Wins(
        hour=hour,
        hour_points=sum(one.hour_points for one in (mine, others) if one.hour == hour),
        day=day,
        day_points=sum(one.day_points for one in (mine, others) if one.day == day),
    )


def complaints(rules: Rules, boards: Mapping[str, Board]) -> list[FieldError]:
    """What is wrong with an action type whose fields are well-formed one by one."""
    found = []
    least, most = rules.range
    if least > most:
        found.append(FieldError("points.min", "is greater than points.max"))
    if rules.min_seconds >= rules.max_seconds:
        found.append(FieldError("minSeconds", "must be less than maxSeconds"))
    if len(set(rules.boards)) < len(rules.boards):
        found.append(FieldError("boards", "a board stands there twice"))
    for id in rules.boards:
        if id not in boards:
            found.append(FieldError("boards", f"there is no board {id!r}"))
        elif boards[id].definition.trust != "client":
            found.append(FieldError("boards", f"the board {id!r} takes no points from players"))
    for field, cap in (("hourlyCap", rules.hourly_cap), ("dailyCap", rules.daily_cap)):
        if cap is not None and cap < least:
            found.append(FieldError(field, "is less than one action is worth"))
    return found


def life_ms(rules: Rules) -> int:
    """How long a token can be completed, in milliseconds."""
    return round(1000 * (LONGEST_SECONDS if rules.offline else rules.max_seconds))


def _cap_reached(period: str, cap: int, wait_ms: int) -> TooMany:
    return TooMany(
        f"You can win {cap} points by this action in one {period}.",
        code="cap_reached",
        retry_after_seconds=-(-wait_ms // 1000),
    )
