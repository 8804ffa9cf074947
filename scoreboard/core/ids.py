"""What ids look like, wherever they come from."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

BOARD_ID = r"^[a-z0-9][a-z0-9-]{0,62}\Z"
PLAYER_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z"

BoardId = Annotated[str, Meta(pattern=BOARD_ID)]
RegionId = Annotated[str, Meta(pattern=BOARD_ID)]
PlayerId = Annotated[str, Meta(pattern=PLAYER_ID)]
ActionName = Annotated[str, Meta(pattern=BOARD_ID)]
