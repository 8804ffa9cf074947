"""Page cursors are valid only for the window and the order that they were made for."""

from __future__ import annotations

import base64

import pytest

from scoreboard.boards import cursors
from scoreboard.boards.order import Order
from scoreboard.boards.types import Definition, Place, Window
from scoreboard.core.errors import BadRequest

WINDOW = Window("main", "2026-01-01", "eu")
ORDER = Order(Definition(), layout=3)
KEY = "g" * ORDER.width
CURSOR = cursors.write(WINDOW, 3, Place(key=KEY, player="ada", position=0, ahead=0, tiers=0))


def forge(*parts):
    return base64.urlsafe_b64encode("\n".join(parts).encode()).decode().rstrip("=")


def test_a_cursor_holds_the_window_and_the_last_row():
    assert cursors.read(CURSOR, "main", ORDER) == (WINDOW, KEY, "ada")


@pytest.mark.parametrize(
    ("cursor", "board", "order"),
    [
        (CURSOR, "other", ORDER),
        (CURSOR, "main", Order(Definition(), layout=4)),
        (CURSOR[:-3], "main", ORDER),
        (CURSOR + "AAAA", "main", Order(Definition(), layout=4)),
        ("", "main", ORDER),
        ("!!!", "main", ORDER),
        ("A", "main", ORDER),
        ("A" * 5000, "main", ORDER),
        (forge("main", "all", "", "3", "short", "ada"), "main", ORDER),
        (forge("main", "all", "", "3", KEY, ""), "main", ORDER),
        (forge("main", "all", "", "3", KEY), "main", ORDER),
        (forge("main", "all\0", "", "3", KEY, "ada"), "main", ORDER),
        (forge("main", "all", "", "3", "\0" * ORDER.width, "ada"), "main", ORDER),
        (forge("main", "all", "", "3", KEY, "ädä"), "main", ORDER),
    ],
    ids=lambda value: None,
)
def test_any_other_cursor_is_refused(cursor, board, order):
    with pytest.raises(BadRequest) as error:
        cursors.read(cursor, board, order)

    assert error.value.code == "invalid_cursor"
