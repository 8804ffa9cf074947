"""What ids look like, wherever they come from."""

from __future__ import annotations

import re
from typing import Annotated

from scoreboard.core.errors import FieldError, ValidationFailed
from scoreboard.core.patterns import pattern

BOARD_ID = r"^[a-z0-9][a-z0-9-]{0,62}\Z"
PLAYER_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z"

NAME = pattern(BOARD_ID, "letters a-z, digits and -, at most 63 characters, the first one no -")

BoardId = Annotated[str, NAME]
RegionId = Annotated[str, NAME]
PlayerId = Annotated[
    str,
    pattern(
        PLAYER_ID,
        "letters, digits and any of _ . : -, at most 64 characters, the first one a letter or digit",
    ),
]
ActionName = Annotated[str, NAME]
SessionId = Annotated[str, pattern(r"^[0-9a-f]{32}\Z", "32 digits and letters a to f")]


def check_name(field: str, text: str) -> None:
    """Raise ValidationFailed where no board and no action type can be called so."""
    if not re.match(BOARD_ID, text):
        raise ValidationFailed(FieldError(field, "must be 1 to 63 of a-z, 0-9 and -, beginning with no -"))
