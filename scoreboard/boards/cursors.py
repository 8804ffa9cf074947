"""Page cursors: opaque to clients, valid only for the window and the order that they were made for. Pure."""

from __future__ import annotations

import base64
import binascii

from scoreboard.boards.order import Order
from scoreboard.boards.types import Place, Window
from scoreboard.core.errors import BadRequest


def write(window: Window, layout: int, last: Place) -> str:
    """The cursor of the page that follows the row `last`."""
    text = "\n".join((window.board, window.period, window.region, str(layout), last.key, last.player))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, board: str, order: Order) -> tuple[Window, str, str]:
    """The window, and the key and player of the last row that was read. Raises BadRequest, invalid_cursor."""
    try:
        padded = cursor[:600] + "=" * (-len(cursor[:600]) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        board_id, period, region, layout, key, player = text.split("\n")
    except (ValueError, binascii.Error) as error:
        raise _invalid() from error
    if board_id != board or layout != str(order.layout) or len(key) != order.width or not player:
        raise _invalid()
    if not (period + region + key + player).isprintable():  # PostgreSQL takes no NUL
        raise _invalid()
    return Window(board_id, period, region), key, player


def _invalid() -> BadRequest:
    return BadRequest(
        "`cursor` is not from this board, or the board's order has changed since. Start again without it.",
        code="invalid_cursor",
    )
