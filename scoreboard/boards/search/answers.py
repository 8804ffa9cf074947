"""The answer to a search over HTTP."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from scoreboard.boards.order import percentile
from scoreboard.boards.search.keys import MIN_LENGTH, is_long_enough
from scoreboard.boards.search.types import Found
from scoreboard.boards.shown import shown_fields
from scoreboard.boards.types import Definition, PlayerResult
from scoreboard.boards.wire import EntriesQuery, RankedEntry, RankedPlayer
from scoreboard.core.clock import rfc3339
from scoreboard.core.errors import FieldError, ValidationFailed

MAX_ROWS = 50  # rows of an answer


def check(params: EntriesQuery) -> None:
    """Refuse a search that can't be answered. Raises ValidationFailed."""
    if params.players or params.cursor or params.offset:
        raise ValidationFailed(FieldError("search", "cannot be combined with players, cursor or offset"))
    if not is_long_enough(params.search):
        words = (
            f"must have at least {MIN_LENGTH} letters or digits, or one Chinese, Japanese or Korean character"
        )
        raise ValidationFailed(FieldError("search", words))
    if params.limit > MAX_ROWS:
        raise ValidationFailed(FieldError("limit", f"must be at most {MAX_ROWS} in a search"))


def found_entries(definition: Definition, found: Found) -> list[RankedEntry]:
    """The rows of a search."""
    return [_entry(definition, one, found.total) for one in found.players]


def digest(data: Any) -> str:
    """A text that names an answer, for its ETag: rows of a search are of no single state of the window."""
    return blake2b(msgspec.json.encode(data), digest_size=12).hexdigest()


def _entry(definition: Definition, one: PlayerResult, total: int) -> RankedEntry:
    more = {"shown": shown_fields(definition.show, one.metadata)} if definition.show else {}
    return RankedEntry(
        rank=one.rank,
        player=RankedPlayer(id=one.player, display_name=one.name),
        score=one.score,
        columns=one.columns,
        reached_at=rfc3339(one.reached_at),
        metadata=None,  # everybody may search: a search shows the metadata that rows show, and no other
        percentile=None if one.ahead is None else percentile(one.ahead, total),
        **more,
    )
