"""Personal ranks: players get their own rank, even far below the rows that all viewers see."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scoreboard.boards.service import Reading
from scoreboard.core.background import Loop
from scoreboard.core.errors import NotFound
from scoreboard.core.storage.outages import OUTAGES
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Encoded
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewer import Viewer
from scoreboard.stream.serving.viewers import Viewers

ROUND_SECONDS = 1.0  # between two look-ups of a player on a board
LOOKED_UP_A_ROUND = 2000  # players; the next round begins with the others
AT_ONCE = 250  # players in one call: a script must not block Redis for long


class SentRank(NamedTuple):
    """The rank of a player in a room, and the state of the room that it belongs to."""

    stamp: str
    frame: Encoded | None
    at: float  # monotonic seconds


NOTHING = SentRank("", None, float("-inf"))


@dataclass(kw_only=True)
class Personal:
    """Sends `me` frames to streams that were opened with a ticket."""

    viewers: Viewers
    hub: Hub
    scopes: Scopes
    monotonic: Callable[[], float] = time.monotonic
    _sent_ranks: dict[tuple[str, str], SentRank] = field(default_factory=dict)
    _round: int = 0
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        # The hub reports outages, and rooms end the streams of deleted boards.
        self.loop = Loop(
            "personal ranks", self.turn, expected=(*OUTAGES, NotFound), rest_seconds=ROUND_SECONDS
        )

    def turn(self) -> float:
        """Look once over every room with a known player. Returns the seconds until the next turn.

        Raises DatabaseUnavailable.
        """
        budget, rooms = LOOKED_UP_A_ROUND, self._rooms()
        self._round += 1
        first = self._round % max(1, len(rooms))  # otherwise a crowded room could use up the budget
        in_turn = list(rooms.items())
        for scope, players in in_turn[first:] + in_turn[:first]:
            if self.hub.degraded or budget <= 0:
                break
            state = self.scopes.state(scope)
            due = self._due(scope, players, state)[:budget]
            budget -= len(due)
            for start in range(0, len(due), AT_ONCE):
                self._look_up(scope, due[start : start + AT_ONCE])
            for player, viewers in players.items():
                self._send(scope, player, viewers)
        watched = {(scope, player) for scope, players in rooms.items() for player in players}
        self._sent_ranks = {key: sent for key, sent in self._sent_ranks.items() if key in watched}
        return ROUND_SECONDS

    def frames(self, scopes: Sequence[str], player: str) -> list[Encoded]:
        """The present ranks of a player in some stream scopes. Raises NotFound or DatabaseUnavailable."""
        return [_frame(scope, self.scopes.players(scope, [player]), player) for scope in scopes]

    def _rooms(self) -> dict[str, dict[str, list[Viewer]]]:
        rooms: dict[str, dict[str, list[Viewer]]] = {}
        for scope, watchers in self.viewers.watchers().items():
            for viewer in [one for one in watchers if one.client.player]:
                rooms.setdefault(scope, {}).setdefault(viewer.client.player, []).append(viewer)
        return rooms

    def _due(self, scope: str, players: dict[str, list[Viewer]], state: str) -> list[str]:
        """The players last looked up in another state of the board; the longest waiting come first."""
        ranks = {player: self._sent_ranks.get((scope, player), NOTHING) for player in players}
        due = [player for player, rank in ranks.items() if rank.stamp != state]
        return sorted(due, key=lambda player: ranks[player].at)

    def _look_up(self, scope: str, players: list[str]) -> None:
        page, now = self.scopes.players(scope, players), self.monotonic()
        for player in players:
            self._sent_ranks[(scope, player)] = SentRank(page.stamp, _frame(scope, page, player), now)

    def _send(self, scope: str, player: str, viewers: list[Viewer]) -> None:
        frame = self._sent_ranks.get((scope, player), NOTHING).frame
        for viewer in viewers if frame else ():
            ranks = viewer.ranks or {}
            if frame and ranks.get(scope) != frame.line and self.viewers.send(viewer, frame):
                viewer.ranks = ranks | {scope: frame.line}


def _frame(scope: str, page: Reading, player: str) -> Encoded:
    row = next((row for row in page.rows if row.player == player), None)
    return frames.encode(
        frames.me(
            scope,
            rank=row.rank if row else None,
            score=row.score if row else None,
            total=page.total,
            version=page.version.seq,
        )
    )
