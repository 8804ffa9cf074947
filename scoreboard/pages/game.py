"""The demo game: the board that visitors may play on, if there is one."""

from __future__ import annotations

from contextlib import suppress

from scoreboard.boards.types import Board
from scoreboard.core.errors import NotFound
from scoreboard.core.http.parts import parts
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.pages import view
from scoreboard.pages.boardlist import public_boards


def playable_action(board: Board, region: str) -> str:
    """The action type that visitors may play on this board's page.

    "" if there is none, and while the database is away.
    """
    name = parts().base.settings.demo_action
    with suppress(DatabaseUnavailable):
        if view.playable(parts().actions.types.find(name), board, region):
            return name
    return ""


def demo_board() -> Board:
    """The first of the demo action's boards that is public and playable. Raises NotFound if there is none."""
    type = parts().actions.types.find(parts().base.settings.demo_action)
    ids = type.rules.boards if type else ()
    playable = [board for board in public_boards() if view.playable(type, board, "")]
    if not playable:
        raise NotFound("There is no game on this server.")
    return min(playable, key=lambda board: ids.index(board.id))


def is_offered() -> bool:
    """True if there is a game, and while the database is away, so that links to it do not come and go."""
    try:
        demo_board()
    except NotFound:
        return False
    except DatabaseUnavailable:
        pass
    return True
