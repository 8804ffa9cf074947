"""What travels of merging."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from scoreboard.accounts.wire import PlayerShown
from scoreboard.core.ids import PlayerId


class Merge(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Which guest to merge, proven by the newest refresh token."""

    guest_refresh_token: Annotated[str, Meta(max_length=256)]


class Merged(Struct, frozen=True, kw_only=True):
    """An account that took in a guest."""

    player: PlayerShown
    guest: Annotated[PlayerId, Meta(description="The guest, who is gone.")]
