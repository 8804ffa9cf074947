"""Which names are allowed, what keys look like, and when a refresh token is good. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

import regex

from scoreboard.accounts.invisible import dropped, visible
from scoreboard.accounts.spelling import composed
from scoreboard.accounts.types import Session
from scoreboard.core.errors import BadRequest, Conflict, Forbidden, NotFound, Refused, Unauthenticated

IMPORT = "scores:import"  # the scope that may also write into periods that are closed
SCOPES = ("scores:write", IMPORT, "boards:write", "players:write", "admin")
OUR_PLAYER = "p_"  # ids of players who signed in here begin so
LONGEST_NAME = 32  # graphemes, what a reader counts as characters
MOST_CODE_POINTS = 256  # a grapheme may be made of many, without end
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1024  # characters; ASVS 5.0, 6.2.1 and 6.2.9
SESSION_MS = 90 * 86_400_000  # a session that nobody refreshed for so long is over
GRACE_MS = 10_000  # two tabs of one browser refresh at the same time; a thief comes later

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")  # most names, which need no second look
# Control, format (zero-width and bidirectional ones are among them), surrogates, private use,
# unassigned, line and paragraph separators, and whatever else shows nothing.
_BAD = regex.compile(r"[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]")
_SEEN = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")
# UTS #39, 5.4: four that take no room, none twice. Scripts have so many; accents for any letter are piled up
# for fun, so of these there may be three. Eight in all: a Burmese syllable has up to seven.
_PILED = regex.compile(
    r"(?:\A| )\p{M}|\p{M}{9,}|[\p{Mn}\p{Me}]{5,}|[\p{M}&&\p{Script=Inherited}]{4,}|([\p{Mn}\p{Me}])\1",
    regex.V1,
)
_SPACES = re.compile(" {2,}")


def display_name(text: str) -> str:
    """The name as it is shown: in one spelling, 1 to 32 characters. Raises Refused, invalid_display_name."""
    if len(text) <= LONGEST_NAME and _PLAIN.fullmatch(text):
        return text
    name = _SPACES.sub(" ", dropped(composed(text[: 4 * MOST_CODE_POINTS])).strip())
    if not name or len(text) > MOST_CODE_POINTS or len(regex.findall(r"\X", name)) > LONGEST_NAME:
        raise _refused(f"A display name has 1 to {LONGEST_NAME} characters.")
    seen = visible(name)
    if _BAD.search(seen) or not _SEEN.search(seen):
        raise _refused(
            "A display name has no control, invisible or direction-changing characters. Joiners are allowed"
            " where the spelling of a language needs them."
        )
    if _PILED.search(seen):
        raise _refused(
            "A display name does not begin with a combining mark, and has no mark twice in a row"
            " and at most four on a letter."
        )
    return name


def key_hash(secret: str) -> str:
    """What is stored of a server key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def first_name(player: str, username: str | None) -> str:
    """What a player is called who gave no name: by the user name, unless that is long, or an address.

    An address is nobody's business: not a part of it is shown.
    """
    if username is None:
        return f"Guest {_last(player)}"
    try:
        name = display_name(username)
    except Refused:
        return nobodys_name(player)
    return nobodys_name(player) if "@" in name else name


def nobodys_name(player: str) -> str:
    """A name that tells nothing of a player who has a user name."""
    return f"Player {_last(player)}"


def _last(player: str) -> str:
    return player[-4:].upper()  # what tells players apart who came at the same time


def session_end(created_at: int, now: int, oldest_ms: int | None) -> int:
    """Until when a session lasts that is used now. `oldest_ms` bounds its age; None for guests.

    A guest has no other credential: where the session ends, the player is lost.
    """
    end = now + SESSION_MS
    return end if oldest_ms is None else min(end, created_at + oldest_ms)


def presented(
    session: Session, generation: int, now: int, oldest_ms: int | None = None
) -> Literal["newest", "again", "reused", "over"]:
    """What it means that a refresh token of this generation is presented.

    Only the direct predecessor of the newest is good for a moment, and only for the same successor.
    A generation from the future was issued before a backup was restored.
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
    """The error for a wrong password, and for a user name that nobody has."""
    return Unauthenticated("User name or password are wrong.", code="invalid_credentials")


def wrong_password() -> Forbidden:
    """The error for a wrong current password of a signed-in player."""
    return Forbidden("currentPassword is not this player's password.", code="wrong_password")


def session_over() -> Unauthenticated:
    """The error for an access token whose session was ended."""
    return Unauthenticated("This session was ended: sign in again.")


def username_taken() -> Conflict:
    """The error for a user name that another player has."""
    return Conflict("This user name is taken. Choose another one.", code="username_taken")


def not_a_guest() -> Conflict:
    """The error for an upgrade of a player with a user name."""
    return Conflict("This player has a user name already.", code="not_a_guest")


def no_password() -> Conflict:
    """The error for a guest who wants to change a password."""
    return Conflict(
        "A guest has no password. POST /v1/auth/upgrade gives a guest a user name and a password.",
        code="no_password",
    )


def player_not_found(player: str) -> NotFound:
    """The error for a player who has no account here."""
    return NotFound(f"There is no player {player[:64]!r} with an account here.", code="player_not_found")


def account_needed() -> Conflict:
    """The error for a guest who wants to take in another guest."""
    return Conflict(
        "A guest can't take in another guest. Sign in to an account with a user name first.",
        code="account_needed",
    )


def invalid_guest_token(why: str = "It is none, or the guest's session is over.") -> BadRequest:
    """The error for a refresh token that proves no guest. Not 401: the caller's own session is good."""
    return BadRequest(f"guestRefreshToken is not good. {why}", code="invalid_guest_token")


def already_merged() -> Conflict:
    """The error for a guest who was merged into another account."""
    return Conflict("This guest was merged into another account already.", code="already_merged")


def player_merged(player: str, into: str = "an account") -> Conflict:
    """What is told of points for a guest who was merged."""
    return Conflict(f"The guest {player} was merged into {into}.", code="player_merged")


def scoring_disabled() -> Forbidden:
    """What a player hears who may not win points."""
    return Forbidden("You can't win points now. Ask the moderators why.", code="scoring_disabled")


def suspended() -> Forbidden:
    """The error for every call of a suspended player."""
    return Forbidden(
        "This account is suspended. Ask the people who run this server why.", code="account_suspended"
    )


def _refused(detail: str) -> Refused:
    return Refused(detail, code="invalid_display_name")
