"""Rules of display names, of sessions and of refresh tokens, and the errors of accounts. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

import regex

from scoreboard.accounts.invisible import remove_needed, remove_useless
from scoreboard.accounts.spelling import compose
from scoreboard.accounts.types import Session
from scoreboard.core.errors import BadRequest, Conflict, Forbidden, NotFound, Refused, Unauthenticated

IMPORT = "scores:import"  # the scope that may also write into closed periods
SCOPES = ("scores:write", IMPORT, "boards:write", "players:write", "admin")
OUR_PLAYER = "p_"  # the beginning of ids of players with an account
LONGEST_NAME = 32  # graphemes, which readers count as characters
MAX_CODE_POINTS = 256  # a grapheme may have any number of them
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1024  # characters; ASVS 5.0, 6.2.1 and 6.2.9
SESSION_MS = 90 * 86_400_000  # a session ends when it was not refreshed for this long
GRACE_MS = 10_000  # two tabs of a browser may refresh at the same time; a stolen token is used later

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")  # matches most names, which then need no further checks
# Control, format (zero-width and bidirectional ones are among them), surrogates, private use,
# unassigned, line and paragraph separators, and everything else that is invisible.
_BAD = regex.compile(r"[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]")
_VISIBLE = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")
# UTS #39, 5.4: at most four nonspacing marks, none twice in a row: scripts need no more. Of accents for any
# letter, which are piled up for fun, at most three. Eight marks in all: a Burmese syllable has up to seven.
_PILED_MARKS = regex.compile(
    r"(?:\A| )\p{M}|\p{M}{9,}|[\p{Mn}\p{Me}]{5,}|[\p{M}&&\p{Script=Inherited}]{4,}|([\p{Mn}\p{Me}])\1",
    regex.V1,
)
_SPACES = re.compile(" {2,}")


def display_name(text: str) -> str:
    """The display name that is stored for a text: normalised, 1 to 32 graphemes. Raises Refused."""
    if len(text) <= LONGEST_NAME and _PLAIN.fullmatch(text):
        return text
    name = _SPACES.sub(" ", remove_useless(compose(text[: 4 * MAX_CODE_POINTS])).strip())
    if not name or len(text) > MAX_CODE_POINTS or len(regex.findall(r"\X", name)) > LONGEST_NAME:
        raise _invalid_display_name(f"A display name has 1 to {LONGEST_NAME} characters.")
    rest = remove_needed(name)
    if _BAD.search(rest) or not _VISIBLE.search(rest):
        raise _invalid_display_name(
            "A display name has no control, invisible or direction-changing characters. Joiners are allowed"
            " where the spelling of a language needs them."
        )
    if _PILED_MARKS.search(rest):
        raise _invalid_display_name(
            "A display name does not begin with a combining mark, and has no mark twice in a row"
            " and at most four on a letter."
        )
    return name


def key_hash(secret: str) -> str:
    """The hash of a server key that is stored. The key's 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def first_name(player: str, username: str | None) -> str:
    """The display name of a player who gave none: the user name, unless that is long or an address.

    An address is private, so no part of it is shown.
    """
    if username is None:
        return f"Guest {_last(player)}"
    try:
        name = display_name(username)
    except Refused:
        return neutral_name(player)
    return neutral_name(player) if "@" in name else name


def neutral_name(player: str) -> str:
    """A name for a registered player that reveals nothing about them."""
    return f"Player {_last(player)}"


def _last(player: str) -> str:
    return player[-4:].upper()  # the random part, as ids of the same moment begin alike


def session_end(created_at: int, now: int, oldest_ms: int | None) -> int:
    """The time at which a session that is used now ends. `oldest_ms` bounds its age; None for guests.

    A guest has no other credential: a guest whose session ends is lost.
    """
    end = now + SESSION_MS
    return end if oldest_ms is None else min(end, created_at + oldest_ms)


def token_use(
    session: Session, generation: int, now: int, oldest_ms: int | None = None
) -> Literal["newest", "again", "reused", "over"]:
    """The use of a refresh token of this generation: valid ("newest", "again"), or refused.

    The direct predecessor of the newest generation is valid for GRACE_MS, and gets the same successor. A
    generation that is newer than the stored one was issued before a backup was restored.
    """
    over = session.ended_at is not None or session.expires_at <= now
    if over or session_end(session.created_at, now, oldest_ms) <= now:
        return "over"
    if generation >= session.generation:
        return "newest"
    if generation == session.generation - 1 and now - session.rotated_at <= GRACE_MS:
        return "again"
    return "reused"


def invalid_credentials() -> Unauthenticated:
    """The error for a wrong password, and for an unknown user name."""
    return Unauthenticated("Wrong user name or password.", code="invalid_credentials")


def wrong_password() -> Forbidden:
    """The error for a wrong current password of a signed-in player."""
    return Forbidden("currentPassword is wrong.", code="wrong_password")


def session_over() -> Unauthenticated:
    """The error for an access token whose session was ended."""
    return Unauthenticated("This session has ended. Sign in again.")


def username_taken() -> Conflict:
    """The error for a user name that another player has."""
    return Conflict("This user name is taken. Choose another one.", code="username_taken")


def not_a_guest() -> Conflict:
    """The error for an upgrade of a player with a user name."""
    return Conflict("This player already has a user name.", code="not_a_guest")


def no_password() -> Conflict:
    """The error for changing the password of a guest."""
    return Conflict(
        "A guest has no password. POST /v1/auth/upgrade gives a guest a user name and a password.",
        code="no_password",
    )


def player_not_found(player: str) -> NotFound:
    """The error for a player without an account."""
    return NotFound(f"There is no player {player[:64]!r} with an account.", code="player_not_found")


def account_needed() -> Conflict:
    """The error for merging a guest into a guest."""
    return Conflict(
        "A guest can't be merged into another guest. Sign in to an account with a user name first.",
        code="account_needed",
    )


def invalid_guest_token(why: str = "It is malformed, or the guest's session has ended.") -> BadRequest:
    """The error for an invalid refresh token of a guest. Not 401: the caller's own session is valid."""
    return BadRequest(f"guestRefreshToken is not valid. {why}", code="invalid_guest_token")


def already_merged() -> Conflict:
    """The error for a guest who was merged into another account."""
    return Conflict("This guest was already merged into another account.", code="already_merged")


def player_merged(player: str, into: str = "an account") -> Conflict:
    """The error for points of a guest who was merged."""
    return Conflict(f"The guest {player} was merged into {into}.", code="player_merged")


def scoring_disabled() -> Forbidden:
    """The error for a player who may not win points."""
    return Forbidden(
        "This player may not win points at present. Ask the moderators for the reason.",
        code="scoring_disabled",
    )


def account_suspended() -> Forbidden:
    """The error for every call of a suspended player."""
    return Forbidden(
        "This account is suspended. Ask the operators of this server for the reason.",
        code="account_suspended",
    )


def _invalid_display_name(detail: str) -> Refused:
    return Refused(detail, code="invalid_display_name")
