"""The syntax of ids."""

from __future__ import annotations

import re
from typing import Annotated

from scoreboard.core.errors import FieldError, ValidationFailed
from scoreboard.core.patterns import pattern

BOARD_ID = r"^[a-z0-9][a-z0-9-]{0,62}\Z"
PLAYER_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z"

NAME_WORDS = "1-63 characters a-z, 0-9 or '-', not starting with '-'"
NAME = pattern(BOARD_ID, NAME_WORDS)

BoardId = Annotated[str, NAME]
RegionId = Annotated[str, NAME]
PlayerId = Annotated[
    str,
    pattern(
        PLAYER_ID,
        "1-64 characters A-Z, a-z, 0-9, '_', '.', ':' or '-', starting with a letter or a digit",
    ),
]
ActionName = Annotated[str, NAME]
SessionId = Annotated[str, pattern(r"^[0-9a-f]{32}\Z", "32 hexadecimal digits, in lower case")]


def check_name(field: str, text: str) -> None:
    """Raise ValidationFailed for a text that can't name a board or an action type."""
    if not re.match(BOARD_ID, text):
        raise ValidationFailed(FieldError(field, f"must be {NAME_WORDS}"))
