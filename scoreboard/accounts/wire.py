"""Bodies and answers about players and sessions."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from scoreboard.accounts.rules import LONGEST_PASSWORD as LONGEST
from scoreboard.accounts.rules import SHORTEST_PASSWORD as SHORTEST
from scoreboard.accounts.types import Account, Role, Session, Tokens
from scoreboard.core.clock import Time, rfc3339
from scoreboard.core.ids import PlayerId, RegionId, SessionId
from scoreboard.core.patterns import pattern

Username = Annotated[
    str,
    pattern(
        # Only new user names are checked further: older ones must still sign in.
        r"^[^\x00-\x20\x7f]{1,256}\Z",
        "1 to 256 characters without spaces and control characters",
        description="1 to 64 letters and digits of any script, and any of _ . @ + -. Case does not matter:"
        " equivalent spellings are the same user name.",
    ),
]
Password = Annotated[str, Meta(min_length=SHORTEST, max_length=LONGEST)]
DisplayName = Annotated[str, Meta(max_length=1024, description="1 to 32 characters.")]
Region = Annotated[RegionId, Meta(description="The player's region, on boards that have it.")]


class Guest(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A new guest."""

    display_name: DisplayName | None = None
    region: Region | None = None


class Credentials(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A user name and its password."""

    username: Username
    password: Password


class WorkProof(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The solution of the puzzle in the answer to a refused sign-in."""

    nonce: Annotated[str, Meta(max_length=64)]
    solution: Annotated[str, Meta(max_length=64)]


class SignIn(Credentials, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A user name and its password, with a proof of work if one is required."""

    proof: WorkProof | None = None


class NewPassword(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The current password and the new one."""

    current_password: Annotated[str, Meta(max_length=LONGEST)]
    new_password: Password


class Registration(Credentials, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A new player with a user name."""

    display_name: DisplayName | None = None
    region: Region | None = None


class Refresh(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The refresh token that came with the last access token."""

    refresh_token: Annotated[str, Meta(max_length=256)]


class Changes(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Changes of the signed-in player. Absent fields stay; region null removes the region."""

    display_name: DisplayName | UnsetType = UNSET
    region: Region | UnsetType | None = UNSET
    listed: Annotated[bool, Meta(description="False to be on no board.")] | UnsetType = UNSET


class Renaming(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A new display name of a player."""

    display_name: DisplayName


class RenamedPlayer(Struct, frozen=True, kw_only=True, rename="camel"):
    """A player with the display name that a moderator set."""

    id: PlayerId
    display_name: str


class PlayerShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A player with an account."""

    id: PlayerId
    username: str | None
    display_name: str
    guest: bool
    region: RegionId | None
    role: Role
    listed: Annotated[bool, Meta(description="False if the player wishes to be on no board.")]
    created_at: Time

    @classmethod
    def of(cls, account: Account) -> PlayerShown:
        """An account as the API answers it."""
        return cls(
            id=account.id,
            username=account.username,
            display_name=account.display_name,
            guest=account.guest,
            region=account.region,
            role=account.role,
            listed=account.listed,
            created_at=rfc3339(account.created_at),
        )


class PlayerRights(Struct, frozen=True, kw_only=True, rename="camel"):
    """A player's role, and the permission to win points, as moderators see them."""

    id: PlayerId
    display_name: str
    role: Role
    scoring: bool

    @classmethod
    def of(cls, account: Account) -> PlayerRights:
        """The rights of an account, as the API answers them."""
        return cls(
            id=account.id, display_name=account.display_name, role=account.role, scoring=account.scoring
        )


class OpenSession(Struct, frozen=True, kw_only=True, rename="camel"):
    """A session as its player sees it: one device's sign-in."""

    id: SessionId
    created_at: Time
    last_used_at: Annotated[Time, Meta(description="When its tokens were last refreshed.")]
    current: Annotated[bool, Meta(description="true for the session of this request.")]

    @classmethod
    def of(cls, session: Session, *, current: str) -> OpenSession:
        """A session as the API answers it."""
        return cls(
            id=session.id,
            created_at=rfc3339(session.created_at),
            last_used_at=rfc3339(session.rotated_at),
            current=session.id == current,
        )


class SessionShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A session: its player, and its tokens."""

    player: PlayerShown
    access_token: Annotated[str, Meta(description="Sent with each call, as Authorization: Bearer.")]
    refresh_token: Annotated[str, Meta(description="Gets new tokens. It can be used once.")]
    token_type: Literal["Bearer"]
    expires_in_seconds: int

    @classmethod
    def of(cls, tokens: Tokens) -> SessionShown:
        """Tokens as the API answers them."""
        return cls(
            player=PlayerShown.of(tokens.account),
            access_token=tokens.access,
            refresh_token=tokens.refresh,
            token_type="Bearer",  # noqa: S106 - a kind of token, as OAuth names it
            expires_in_seconds=tokens.seconds,
        )
