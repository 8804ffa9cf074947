"""How scores become standings: one batch, inside the writer's transaction.

Facts of the kind "score" feed one board; those that players earn by actions may feed several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.rules import IMPORT, player_merged
from scoreboard.accounts.service import Accounts, Names
from scoreboard.accounts.types import Name
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.periods import period_at
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.rules import check_amount, check_standing, fed, fold, not_open
from scoreboard.boards.store import standings as table
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import WindowRow
from scoreboard.boards.types import Board, Period, RankChange, Standing, Window
from scoreboard.core.errors import NotFound, Refused
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position, Recorded, Span

Key = tuple[Window, str]
Move = tuple[Window, Period, Standing | None, Standing]  # what a score does in one window
Feeds = list[tuple[Window, Period]]  # the windows that a score goes into


@dataclass(frozen=True, kw_only=True)
class ScoreFold:
    """Facts of the kind "score": a player scored on a board."""

    catalogue: Catalogue
    accounts: Accounts
    names: Names
    projector: BoardProjector
    kinds: frozenset[str] = frozenset({"score"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> ScoreFoldBatch:
        """Load the windows and standings that `facts` touch."""
        self.catalogue.refresh_within(db)
        batch = ScoreFoldBatch(db=db, parts=self, at=at)
        batch.load(facts)
        return batch


@dataclass(kw_only=True)
class ScoreFoldBatch:
    """One batch of scores."""

    db: Connection
    parts: ScoreFold
    at: int
    windows: dict[Window, WindowRow] = field(default_factory=dict)
    standings: dict[Key, Standing] = field(default_factory=dict)
    touched: dict[Key, None] = field(default_factory=dict)
    changed: dict[Key, None] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)  # guests, each with the account
    names: dict[str, Name] = field(default_factory=dict)
    known_names: Mapping[str, str] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    _periods: dict[tuple[str, str], Period] = field(default_factory=dict)
    _now: dict[tuple[str, str], Period] = field(default_factory=dict)
    _fed: dict[tuple[str, str, int], Feeds] = field(default_factory=dict)

    def load(self, facts: Sequence[Fact]) -> None:
        """Read what is there, a query for each window and not for each fact."""
        players: dict[Window, dict[str, None]] = {}
        for fact in facts:
            for board in filter(None, map(self._board, _named(fact))):
                for window, _ in self._feeds(board, fact):
                    players.setdefault(window, {})[fact.player] = None
        for window, ids in players.items():
            row = table.window_row(self.db, window)
            if row is not None:
                self._remember(row, list(ids))
        scored = {fact.player: None for fact in facts if fact.kind == "score"}
        self.merged = self.parts.accounts.merged(self.db, scored)
        named = [fact.player for fact in facts if "displayName" in fact.data]
        if named:
            self.known_names = Names(self.db).of(named)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Fold one score into all windows of its boards, or into none. Raises Refused or NotFound."""
        if fact.player in self.merged:
            raise player_merged(fact.player, self.merged[fact.player])
        moves: dict[str, list[Move]] = {}
        operators: dict[str, str] = {}
        for board in self._targets(fact):
            operators[board.id] = fact.data.get("operator") or board.definition.operator
            moves[board.id] = self._moves(board, operators[board.id], fact, position)
        for mine in moves.values():
            for move in mine:
                self._move(*move, position.seq)
        self._name(fact, position.seq)
        fed = {
            board: {
                "operator": operators[board],
                "standings": [
                    [window.period, window.region, new.score, new.version] for window, _, _, new in mine
                ],
            }
            for board, mine in moves.items()
        }
        return fed[fact.board] if fact.kind == "score" else {"boards": fed}

    def replay(self, recorded: Recorded) -> None:
        """Show once more what an earlier fact changed: its first showing may have failed."""
        for id, mine in fed(recorded).items():
            board = self._board(id)
            if board is None or recorded.seq <= board.since:
                continue
            for period, region, *_ in mine["standings"]:
                self._touch(Window(id, period, region), recorded.fact.player)

    def finish(self) -> None:
        """Write what the batch changed."""
        for order, keys in self._by_order():
            table.write_standings(
                self.db,
                [(self.windows[window].id, self.standings[(window, player)]) for window, player in keys],
                order,
            )
        for window in {window: None for window, _ in self.changed}:
            table.write_window(self.db, self.windows[window])
        Names(self.db).write(self.names.values())

    def project(self, span: Span) -> dict[Window, dict[str, RankChange]]:
        """Show what the batch changed. A window that could not be shown is missing in the answer."""
        players: dict[Window, list[Standing]] = {}
        for window, player in self.touched:
            players.setdefault(window, []).append(self.standings[(window, player)])
        changes = []
        for window, standings in players.items():
            row = self.windows[window]
            order = self.parts.catalogue.order(self.boards[window.board])
            closed = row.closed_at is not None
            change = Change(order, window, standings, version=row.version, entries=row.entries, closed=closed)
            changes.append(change)
        return self.parts.projector.batch(changes, list(self.names.values()), span)

    def _targets(self, fact: Fact) -> list[Board]:
        """The boards that a fact feeds. Raises NotFound or Forbidden.

        What a player earned by himself goes only into boards that trust players, and into none that
        was made under the same name since he began.
        """
        boards = [self.parts.catalogue.board(id) for id in _named(fact)]
        for board, (_, since) in zip(boards, fact.data.get("boards", ()), strict=False):
            if board.since != since:
                raise NotFound(f"The board {board.id!r} was made anew meanwhile.", code="board_not_found")
            if board.definition.trust != "client":
                raise not_open(board)
        return boards

    def _moves(self, board: Board, operator: str, fact: Fact, position: Position) -> list[Move]:
        """What a fact does on one board. Raises Refused."""
        columns = self._columns(board, fact)
        if fact.kind == "score":
            self._check_region(board, fact)
        check_amount(board.definition, operator, fact.amount)
        order = self.parts.catalogue.order(board)
        moves: list[Move] = []
        for window, period in self._feeds(board, fact):
            closed = self._closed(board, period)
            if closed and not fact.data.get("import"):
                raise period_closed(period, closed)
            old = self.standings.get((window, fact.player))
            new = fold(
                old,
                player=fact.player,
                operator=operator,
                amount=fact.amount,
                columns=columns,
                order=order,
                at=fact.data.get("occurredAt", self.at),
                position=position,
                metadata=fact.data.get("metadata", ""),
            )
            check_standing(board.definition, new)
            moves.append((window, period, old, new))
        return moves

    def _touch(self, window: Window, player: str) -> None:
        if (window, player) not in self.standings:
            row = table.window_row(self.db, window)
            if row is None:
                return
            self._remember(row, [player])
        if (window, player) in self.standings:
            self.touched[(window, player)] = None

    def _board(self, id: str) -> Board | None:
        if id not in self.boards:
            found = {board.id: board for board in self.parts.catalogue.boards()}.get(id)
            if found is None:
                return None
            self.boards[id] = found
        return self.boards[id]

    def _feeds(self, board: Board, fact: Fact) -> Feeds:
        at, region = fact.data.get("occurredAt", self.at), fact.data.get("region", "")
        if fact.kind != "score" and region not in board.definition.regions:
            region = ""  # a player's home is not a region of every board
        known = self._fed.get((board.id, region, at))
        if known is None:
            known = self._fed[board.id, region, at] = [
                (Window(board.id, period.id, segment), period)
                for period in (self._period(board, kind, at) for kind in board.windows)
                for segment in ("", region)[: 1 + bool(region)]
            ]
        return known

    def _period(self, board: Board, kind: str, at: int) -> Period:
        known = self._periods.get((board.id, kind))
        if known is None or not known.covers(at):
            known = period_at(kind, board.definition.time_zone, at)
            self._periods[(board.id, kind)] = known
        return known

    def _closed(self, board: Board, period: Period) -> str:
        """How a period is closed, in words; "" where it takes scores."""
        # Whatever feeds a region feeds the window of all, which is closed with it.
        row = self.windows.get(Window(board.id, period.id, ""))
        running = self._running(board, period.kind)
        if period.ends_at is not None and period.ends_at < (running.starts_at or 0):
            return "was over long ago"
        # Under another rule or in another zone a period of this name may have been over already.
        reopened = period == running and row is not None and row.period != period
        if row is not None and row.closed_at is not None and not reopened:
            return "is closed"
        return ""

    def _running(self, board: Board, kind: str) -> Period:
        known = self._now.get((board.id, kind))
        if known is None:
            known = self._now[board.id, kind] = period_at(kind, board.definition.time_zone, self.at)
        return known

    def _columns(self, board: Board, fact: Fact) -> tuple[int, ...]:
        names = self.parts.catalogue.order(board).names
        if not names and not fact.columns:
            return ()
        if len(fact.columns) > len(names) or any(name not in names for name in fact.columns):
            raise Refused(f"This board's columns are: {', '.join(names) or 'none'}.", code="unknown_column")
        return tuple(fact.columns.get(name, 0) for name in names)

    def _check_region(self, board: Board, fact: Fact) -> None:
        region = fact.data.get("region", "")
        if region and region not in board.definition.regions:
            raise Refused(
                f"This board's regions are: {', '.join(board.definition.regions) or 'none'}.",
                code="unknown_region",
            )

    def _remember(self, row: WindowRow, players: Sequence[str]) -> None:
        self.windows[row.window] = row
        columns = len(self.boards[row.window.board].definition.columns)
        for player, standing in table.standings_of(self.db, row.id, players, columns).items():
            self.standings[(row.window, player)] = standing

    def _move(self, window: Window, period: Period, old: Standing | None, new: Standing, seq: int) -> None:
        key = (window, new.player)
        self.touched[key] = None
        if new is old:
            return
        row = self.windows.get(window)
        if row is None:
            row = table.new_window(self.db, window, period, version=seq, at=self.at)
            self.windows[window] = row
        if self._closed(self.boards[window.board], period):  # an import
            row.closed_at, row.revised_at = row.closed_at or self.at, self.at
        else:
            row.period, row.closed_at = period, None
        row.version, row.changed_at = seq, self.at
        row.entries += old is None
        self.standings[key] = new
        self.changed[key] = None

    def _name(self, fact: Fact, seq: int) -> None:
        name = fact.data.get("displayName")
        if not name:
            return
        known = self.names.get(fact.player)
        if name != (known.text if known else self.known_names.get(fact.player)):
            self.names[fact.player] = Name(player=fact.player, text=name, seq=seq)

    def _by_order(self) -> list[tuple[Any, list[Key]]]:
        by_board: dict[str, list[Key]] = {}
        for key in self.changed:
            by_board.setdefault(key[0].board, []).append(key)
        return [(self.parts.catalogue.order(self.boards[id]), keys) for id, keys in by_board.items()]


def period_closed(period: Period, closed: str) -> Refused:
    """What is told of a score for a period that takes no more."""
    return Refused(
        f"The period {period.id} {closed}. A key with the scope {IMPORT} can write into it.",
        code="period_closed",
    )


def _named(fact: Fact) -> list[str]:
    """The boards that a fact is for."""
    return [fact.board] if fact.kind == "score" else [id for id, _ in fact.data["boards"]]
