"""The fold that turns facts that score into standings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.service import Names, find_concealed
from scoreboard.accounts.types import Name
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.facts import Move, make_result, results_of
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.rules import (
    check_amount,
    check_region,
    check_standing,
    columns_of,
    fold,
    period_closed,
)
from scoreboard.boards.store.entrystates import EntryStates, StateRow
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import HiddenStandings, Standings
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.targets import Targets
from scoreboard.boards.types import Board, Period, RankChange, Standing, Window
from scoreboard.core.storage.db import Connection
from scoreboard.journal.service import players_since
from scoreboard.journal.types import Fact, Position, RecordedFact, Span

Key = tuple[Window, str]  # a window, and a player's id


@dataclass(frozen=True, kw_only=True)
class ScoringFold:
    """Folds facts that score. The folds of the features that define such fact kinds use this one."""

    catalogue: Catalogue
    projector: BoardProjector
    start: Position  # of the journal
    kinds: frozenset[str] = frozenset()
    audited: frozenset[str] = frozenset()

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> ScoringBatch:
        """Load the windows and standings that `facts` touch."""
        self.catalogue.refresh_within(db)
        batch = ScoringBatch(db=db, fold=self, at=at)
        batch.load(facts)
        return batch


@dataclass(kw_only=True)
class ScoringBatch:
    """Folds one batch of facts that score.

    `touched` names the standings that are projected, `changed` those of them that are written as well.
    """

    db: Connection
    fold: ScoringFold
    at: int
    rows: dict[Window, WindowRow] = field(default_factory=dict)
    standings: dict[Key, Standing] = field(default_factory=dict)
    touched: dict[Key, None] = field(default_factory=dict)
    changed: dict[Key, None] = field(default_factory=dict)
    names: dict[str, Name] = field(default_factory=dict)
    stored_names: Mapping[str, str] = field(default_factory=dict)
    new_players: Collection[str] = ()  # those of the named players of whom the journal has no fact yet
    concealed: dict[str, bool] = field(default_factory=dict)  # as far as it was looked up
    held: dict[int, str] = field(default_factory=dict)  # players of entries that are recorded as held

    def __post_init__(self) -> None:
        self._targets = Targets(self.fold.catalogue, self.at)
        self._windows, self._standings = Windows(self.db), Standings(self.db)
        self._hidden_standings = HiddenStandings(self.db)

    def load(self, facts: Sequence[Fact]) -> None:
        """Load windows, standings and names, with one query for each window instead of one for each fact."""
        for window, players in self._targets.players(facts).items():
            self._load(window, list(players))
        named_players = [fact.player for fact in facts if "displayName" in fact.data]
        if named_players:
            self.stored_names = Names(self.db).of(named_players)
            nameless_players = [player for player in named_players if player not in self.stored_names]
            self.new_players = set(nameless_players) - self._known(nameless_players)

    def apply(self, fact: Fact, position: Position, *, held: bool = False) -> dict[str, Any]:
        """Fold one fact into all windows of its boards, or into none.

        An entry that is `held` changes no standing until it is released. Raises Refused, NotFound or
        Forbidden.
        """
        changes = [
            (board, operator, self._moves(board, operator, fact, position))
            for board, operator in self._targets.boards(fact)
        ]
        self._take_name(fact, position.seq)
        if held:
            self.held[position.seq] = fact.player
            for _, _, moves in changes:
                for move in moves:
                    self._row(move, position.seq)  # which it is counted in when it is released
            return {**make_result(changes), "state": "held"}
        for _, _, moves in changes:
            for move in moves:
                self._move(move, position.seq)
        return make_result(changes)

    def replay(self, recorded: RecordedFact) -> None:
        """Project the changes of an earlier fact again, because projecting them before may have failed."""
        for id, result in results_of(recorded).items():
            board = self._targets.find(id)
            if board is not None and recorded.seq > board.since:
                for window, *_ in result.standings:
                    self._touch(window, recorded.fact.player)

    def finish(self) -> None:
        """Write the windows, standings and names that the batch changed."""
        for board, keys in self._changed_by_board():
            order = self.fold.catalogue.order(board)
            self._standings.write(self._lines(keys, concealed=False), order)
            if hidden := self._lines(keys, concealed=True):
                self._hidden_standings.write(hidden, order)
        for window in {window: None for window, _ in self.changed}:
            self._windows.write(self.rows[window])
        Names(self.db).write(self.names.values())
        if self.held:
            states: list[StateRow] = [(seq, player, "held", "held", seq) for seq, player in self.held.items()]
            EntryStates(self.db).write(states)

    def project(self, span: Span) -> dict[Window, dict[str, RankChange]]:
        """Project the changes. Returns the players' ranks, without windows that are not shown."""
        players: dict[Window, list[Standing]] = {}
        hidden: list[tuple[Window, Standing]] = []
        for window, player in self.touched:
            standing = self.standings[window, player]
            if self.concealed.get(player):
                hidden.append((window, standing))
            else:
                players.setdefault(window, []).append(standing)
        changes = [self._change(window, standings) for window, standings in players.items()]
        shown = self.fold.projector.show_batch(changes, list(self.names.values()), span)
        for window, one in hidden:
            ranks = {one.player: RankChange(one.score, None, None, one.version)}
            shown[window] = shown.get(window, {}) | ranks
        return shown

    def _moves(self, board: Board, operator: str, fact: Fact, position: Position) -> list[Move]:
        """The change that a fact makes in each window of one board. Raises Refused."""
        order = self.fold.catalogue.order(board)
        columns = columns_of(order, fact.columns)
        if region := fact.data.get("region"):
            check_region(board.definition, region)
        check_amount(board.definition, operator, fact.amount)
        at, moves = fact.data.get("occurredAt", self.at), []
        for window, period in self._targets.windows(board, fact):
            reason = self._closed_reason(board, period)
            if reason and not fact.data.get("import"):
                raise period_closed(period, reason)
            old = self.standings.get((window, fact.player))
            new = fold(
                old,
                player=fact.player,
                operator=operator,
                amount=fact.amount,
                columns=columns,
                order=order,
                at=at,
                position=position,
                metadata=fact.data.get("metadata", ""),
            )
            check_standing(board.definition, new)
            moves.append(Move(window, period, old, new, bool(reason)))
        return moves

    def _closed_reason(self, board: Board, period: Period) -> str:
        """The reason for which a period takes no scores, in words; "" if it takes scores."""
        # It is that of the window of all regions: a fact in a region changes that window, too.
        row = self.rows.get(Window(board.id, period.id, ""))
        running = self._targets.running(board, period.kind)
        if period.ends_at is not None and period.ends_at < (running.starts_at or 0):
            return "was over long ago"
        # Before the board's rule or time zone changed, a period of this name may have been closed already.
        reopened = period == running and row is not None and row.period != period
        return "is closed" if row is not None and row.closed_at is not None and not reopened else ""

    def _move(self, move: Move, seq: int) -> None:
        window, new = move.window, move.new
        self.touched[window, new.player] = None
        if new is move.old:
            return
        row, listed = self._row(move, seq), not self.concealed.get(new.player)
        if not move.closed:
            row.period, row.closed_at = move.period, None
        elif listed:
            row.closed_at, row.revised_at = row.closed_at or self.at, self.at
        if listed:
            row.version, row.changed_at = seq, self.at
            row.entries += move.old is None
        self.standings[window, new.player] = new
        self.changed[window, new.player] = None

    def _row(self, move: Move, seq: int) -> WindowRow:
        row = self.rows.get(move.window)
        if row is None:
            row = self._windows.create(move.window, move.period, version=seq, at=self.at)
            self.rows[move.window] = row
        return row

    def _touch(self, window: Window, player: str) -> None:
        if (window, player) not in self.standings:
            self._load(window, [player])
        if (window, player) in self.standings:
            self.touched[window, player] = None

    def _load(self, window: Window, players: Sequence[str]) -> None:
        row = self.rows.get(window) or self._windows.get(window)
        if row is None:
            self._look_up_concealed(players)
            return
        self.rows[window] = row
        columns = len(self._board(window).definition.columns)
        found = self._standings.of(row.id, players, columns)
        hidden = self._look_up_concealed([player for player in players if player not in found])
        if hidden:
            found |= self._hidden_standings.of(row.id, hidden, columns)
        for player, standing in found.items():
            self.standings[window, player] = standing

    def _look_up_concealed(self, players: Sequence[str]) -> list[str]:
        """Those of these players who are not listed. Only players without a listed standing may be."""
        unknown = [player for player in players if player not in self.concealed]
        if unknown:
            concealed = find_concealed(self.db, unknown)
            self.concealed |= {player: player in concealed for player in unknown}
        return [player for player in players if self.concealed[player]]

    def _lines(self, keys: Sequence[Key], *, concealed: bool) -> list[tuple[int, Standing]]:
        return [
            (self.rows[window].id, self.standings[window, player])
            for window, player in keys
            if self.concealed.get(player, False) == concealed
        ]

    def _take_name(self, fact: Fact, seq: int) -> None:
        name = fact.data.get("displayName")
        if not name:
            return
        newest = self.names.get(fact.player)
        if name != (newest.text if newest else self.stored_names.get(fact.player)):
            may_be_listed = fact.player not in self.new_players
            self.names[fact.player] = Name(
                player=fact.player, text=name, seq=seq, may_be_listed=may_be_listed
            )

    def _known(self, players: Sequence[str]) -> set[str]:
        return players_since(self.db, self.fold.start, players) if players else set()

    def _change(self, window: Window, standings: Sequence[Standing]) -> Change:
        row, order = self.rows[window], self.fold.catalogue.order(self._board(window))
        closed = row.closed_at is not None
        return Change(order, window, standings, version=row.version, entries=row.entries, closed=closed)

    def _board(self, window: Window) -> Board:
        board = self._targets.find(window.board)
        assert board is not None, "windows are loaded for boards that exist"
        return board

    def _changed_by_board(self) -> list[tuple[Board, list[Key]]]:
        by_board: dict[str, list[Key]] = {}
        for key in self.changed:
            by_board.setdefault(key[0].board, []).append(key)
        return [(self._board(keys[0][0]), keys) for keys in by_board.values()]
