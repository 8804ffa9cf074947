"""The ranks that players have now, and will have after a plan. Reads SQL."""

from __future__ import annotations

from collections.abc import Mapping

from scoreboard.boards.order import Order
from scoreboard.boards.restating import Planned
from scoreboard.boards.store.sqlview import place_beside
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Outlook, Ranked, Standing, StandingOutlook, Window
from scoreboard.core.storage.db import Connection


def outlook(
    db: Connection,
    plan: Mapping[Window, Planned],
    orders: Mapping[str, Order],
    *,
    limit: int,
    concealed: frozenset[str] = frozenset(),
) -> Outlook:
    """The ranks before and after a plan. `concealed` are players who are not listed after it."""
    found: list[StandingOutlook] = []
    for window, planned in plan.items():
        row, order = Windows(db).get(window), orders[window.board]
        if row is None:
            continue
        before = Standings(db).of(row.id, list(planned), len(order.names))
        after = {
            player: one for player, one in planned.items() if one is not None and player not in concealed
        }
        for player in planned:
            old, new = before.get(player), after.get(player)
            if old is None and new is None:
                continue
            if len(found) == limit:
                return Outlook(standings=found, more=True)
            found.append(
                StandingOutlook(
                    board=window.board,
                    period=window.period,
                    region=window.region or None,
                    player=player,
                    before=_rank(db, row.id, order, old, before) if old else None,
                    after=_rank(db, row.id, order, new, after, left_out=list(planned)) if new else None,
                )
            )
    return Outlook(standings=found, more=False)


def _rank(
    db: Connection,
    window_id: int,
    order: Order,
    standing: Standing,
    others: Mapping[str, Standing],
    left_out: list[str] | None = None,
) -> Ranked:
    """The rank of a standing. Of the players `left_out`, `others` replace the standings in the table."""
    keys = [(order.key(one), one.player) for one in others.values()] if left_out else []
    place = place_beside(db, window_id, order, (order.key(standing), standing.player), left_out or [], keys)
    return Ranked(standing.score, order.rank(place))
