"""Types of accounts."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Role = Literal["player", "moderator", "admin"]
BarReason = Literal["disabled", "suspended", "merged"]  # the reason for which a player may not win points


class Name(Struct, frozen=True, kw_only=True):
    """A player's display name, and the fact that gave it."""

    player: str
    text: str
    seq: int
    may_be_listed: bool = True  # boards may list the player already, under another name or the id


class ServerKey(Struct, frozen=True, kw_only=True):
    """A key with which a trusted server authenticates. Only a hash of its secret is stored."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None = None


class Account(Struct, frozen=True, kw_only=True):
    """A player's account. A guest has neither user name nor password."""

    id: str
    username: str | None
    display_name: str
    region: str | None
    role: Role
    scoring: bool  # False if the player may not win points
    created_at: int
    suspended_at: int | None = None
    listed: bool = True  # False if the player wishes not to be on the boards

    @property
    def guest(self) -> bool:
        """True for a guest, who can't sign in on another device."""
        return self.username is None

    @property
    def suspended(self) -> bool:
        """True if the account is suspended. Then every call of the player is refused."""
        return self.suspended_at is not None


class PlayerState(Struct, frozen=True, kw_only=True):
    """The restrictions of a player, each named by its decision; "" for none."""

    player: str
    suspended: str = ""  # the player reaches nothing but their account
    suspended_until: int | None = None
    hidden: str = ""  # the player is not listed
    hidden_until: int | None = None
    silenced: str = ""  # the player wins no points
    silenced_until: int | None = None
    unlisted: bool = False  # the player wishes not to be listed
    concealed: bool = False  # kept out of the lists, for any of these reasons
    changed: int = 0  # the fact that changed the state last


class Session(Struct, frozen=True, kw_only=True):
    """One device's sign-in: a family of refresh tokens, of which the newest generation is valid."""

    id: str
    player: str
    generation: int
    created_at: int
    rotated_at: int  # when the newest generation was made
    expires_at: int
    ended_at: int | None
    ended_why: str = ""


class Revocation(Struct, frozen=True, kw_only=True):
    """The reason for which access tokens of a session or a player are refused before they expire.

    A session was `ended`, or `replaced` by another one of the same player. A player's rights were
    `changed`, or their account is `suspended`.
    """

    at: int  # in milliseconds since 1970; tokens that were issued earlier are refused
    why: Literal["ended", "replaced", "changed", "suspended"]


class Player(Struct, frozen=True, kw_only=True, gc=False):
    """The calling player, as the access token names them."""

    id: str
    session: str
    role: Role
    issued_at: int  # of the access token, in milliseconds since 1970
    expires_at: int


class Tokens(Struct, frozen=True, kw_only=True):
    """The tokens of a signed-in player."""

    account: Account
    access: str
    refresh: str
    seconds: int  # how long `access` is valid
