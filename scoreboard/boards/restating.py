"""Writes standings that were folded again, in the writer's transaction: into the lists, or beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import structs

from scoreboard.boards.order import Order
from scoreboard.boards.refold import as_new_as
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import HiddenStandings, Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Standing, Window
from scoreboard.core.storage.db import Connection

Planned = Mapping[str, Standing | None]  # by player; None for a player without a standing


def restate(
    db: Connection,
    plan: Mapping[Window, Planned],
    *,
    orders: Mapping[str, Order],
    concealed: Collection[str],
    seq: int,
    at: int,
) -> list[Change]:
    """Give players the planned standings, each as new as the fact `seq`. Returns the changes of the lists.

    `orders` are those of the boards, and `concealed` are the players who are not listed.
    """
    changes = []
    for window, standings in plan.items():
        change = _restate(db, window, standings, orders[window.board], concealed, seq, at)
        if change is not None:
            changes.append(change)
    return changes


def _restate(
    db: Connection,
    window: Window,
    standings: Planned,
    order: Order,
    concealed: Collection[str],
    seq: int,
    at: int,
) -> Change | None:
    row, players = Windows(db).get(window), list(standings)
    if row is None:
        return None
    found = [as_new_as(one, seq) for one in standings.values() if one is not None]
    listed = [one for one in found if one.player not in concealed]
    listed_table, hidden_table = Standings(db), HiddenStandings(db)
    before = listed_table.of(row.id, players, len(order.names)).keys()
    gone = before - {one.player for one in listed}
    if gone:
        listed_table.delete(row.id, list(gone))
    listed_table.write([(row.id, one) for one in listed], order)
    hidden_table.delete(row.id, players)
    hidden_table.write([(row.id, one) for one in found if one.player in concealed], order)
    if not listed and not gone:
        return None
    row.version, row.changed_at, row.entries = seq, at, row.entries + len(listed) - len(before)
    if row.closed_at is not None:
        row.revised_at = at
    Windows(db).write(row)
    return Change(
        order,
        window,
        listed,
        version=seq,
        entries=row.entries,
        gone=dict.fromkeys(gone, seq),
        closed=row.closed_at is not None,
    )


def only_changes(
    db: Connection, plan: Mapping[Window, Planned], orders: Mapping[str, Order]
) -> dict[Window, Planned]:
    """The part of a plan that differs from the standings as they are, apart from their versions."""
    found: dict[Window, Planned] = {}
    for window, standings in plan.items():
        before = standings_now(db, window, standings, orders[window.board])
        changed = {player: one for player, one in standings.items() if not _same(one, before.get(player))}
        if changed:
            found[window] = changed
    return found


def standings_now(
    db: Connection, window: Window, players: Collection[str], order: Order
) -> dict[str, Standing]:
    """The standings of these players in a window, listed or not."""
    return dict(_find(db, window, players, order))


def _find(
    db: Connection, window: Window, players: Collection[str], order: Order
) -> Iterator[tuple[str, Standing]]:
    row = Windows(db).get(window)
    if row is not None:
        for table in (Standings(db), HiddenStandings(db)):
            yield from table.of(row.id, list(players), len(order.names)).items()


def _same(one: Standing | None, other: Standing | None) -> bool:
    if one is None or other is None:
        return one is other
    return structs.replace(one, version=0, key="") == structs.replace(other, version=0, key="")
