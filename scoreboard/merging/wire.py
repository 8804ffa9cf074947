"""The JSON of requests to merge a guest, and of their answers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from scoreboard.accounts.wire import PlayerShown
from scoreboard.core.ids import PlayerId


class Merge(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The guest to merge. The guest's newest refresh token proves that the caller may do so."""

    guest_refresh_token: Annotated[str, Meta(max_length=256)]


class Merged(Struct, frozen=True, kw_only=True):
    """An account that a guest was merged into."""

    player: PlayerShown
    guest: Annotated[PlayerId, Meta(description="The guest's id, which is not used any more.")]
