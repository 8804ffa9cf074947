"""What ids look like, wherever they come from."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from scoreboard.core.errors import FieldError, ValidationFailed

BOARD_ID = r"^[a-z0-9][a-z0-9-]{0,62}\Z"
PLAYER_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z"

BoardId = Annotated[str, Meta(pattern=BOARD_ID)]
RegionId = Annotated[str, Meta(pattern=BOARD_ID)]
PlayerId = Annotated[str, Meta(pattern=PLAYER_ID)]
ActionName = Annotated[str, Meta(pattern=BOARD_ID)]
SessionId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


def check_name(field: str, text: str) -> None:
    """Raise ValidationFailed where no board and no action type can be called so."""
    if not re.match(BOARD_ID, text):
        raise ValidationFailed(FieldError(field, "must be 1 to 63 of a-z, 0-9 and -, beginning with no -"))
