"""The words of accounts."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Role = Literal["player", "moderator", "admin"]
Barred = Literal["disabled", "suspended", "merged"]  # why a player may not win points


class Name(Struct, frozen=True, kw_only=True):
    """A player's display name, and the fact that gave it."""

    player: str
    text: str
    seq: int


class ServerKey(Struct, frozen=True, kw_only=True):
    """A secret that a trusted server writes with. Only a hash of it is kept."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None = None


class Account(Struct, frozen=True, kw_only=True):
    """A player who signed in here. A guest has neither user name nor password."""

    id: str
    username: str | None
    display_name: str
    region: str | None
    role: Role
    scoring: bool  # whether he may win points
    created_at: int
    suspended_at: int | None = None

    @property
    def guest(self) -> bool:
        """Whether he can sign in on this device only."""
        return self.username is None

    @property
    def suspended(self) -> bool:
        """Whether the player may do nothing now."""
        return self.suspended_at is not None


class Session(Struct, frozen=True, kw_only=True):
    """One device's sign-in: a family of refresh tokens, of which the newest generation is good."""

    id: str
    player: str
    generation: int
    created_at: int
    rotated_at: int  # when the newest generation was made
    expires_at: int
    ended_at: int | None
    ended_why: str = ""


class Revocation(Struct, frozen=True, kw_only=True):
    """Why access tokens of a session or a player are refused before they expire, and since when.

    A session was `ended`, or `replaced` by another one of the same player. Of a player the rights were
    `changed`, or the account is `suspended`.
    """

    at: int
    why: Literal["ended", "replaced", "changed", "suspended"]


class Player(Struct, frozen=True, kw_only=True, gc=False):
    """Who calls, as his access token says."""

    id: str
    session: str
    role: Role
    issued_at: int
    expires_at: int


class Tokens(Struct, frozen=True, kw_only=True):
    """What a signed-in player holds."""

    account: Account
    access: str
    refresh: str
    seconds: int  # how long `access` is good
