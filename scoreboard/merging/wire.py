"""Bodies and answers of merging."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from scoreboard.accounts.wire import PlayerShown
from scoreboard.core.ids import PlayerId


class Merge(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The guest to merge, proven by their newest refresh token."""

    guest_refresh_token: Annotated[str, Meta(max_length=256)]


class Merged(Struct, frozen=True, kw_only=True):
    """An account that a guest was merged into."""

    player: PlayerShown
    guest: Annotated[PlayerId, Meta(description="The guest's id, which is not used any more.")]
