"""Finds the entries that a decision is about, and leaves out those that its author may not decide about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scoreboard.accounts.service import Accounts
from scoreboard.boards.facts import ENTRY_KINDS, results_of
from scoreboard.journal.service import Journal
from scoreboard.journal.types import RecordedFact
from scoreboard.moderation.rules import entry_not_found, protected_player
from scoreboard.moderation.store.entries import Entries
from scoreboard.moderation.types import Author, EntryFilter


@dataclass(frozen=True, kw_only=True)
class Selecting:
    """Finds entries."""

    journal: Journal
    entries: Entries
    accounts: Accounts

    def named(self, numbers: Sequence[int]) -> list[RecordedFact]:
        """The entries with these numbers. Raises NotFound, entry_not_found."""
        lines = [line for line in self.journal.numbered(numbers) if line.fact.kind in ENTRY_KINDS]
        found = {line.seq for line in lines}
        for number in numbers:
            if number not in found:
                raise entry_not_found(f"{self.journal.shard}-{number}")
        return lines

    def matching(
        self, filter: EntryFilter, *, after: int, up_to: int, limit: int
    ) -> tuple[list[RecordedFact], int | None]:
        """The next entries after a number, and the last number that was looked at; None at the end."""
        numbers = self.entries.after(filter, after, up_to, limit)
        return self._read(filter, numbers), numbers[-1] if numbers else None

    def newest(
        self, filter: EntryFilter, *, before: int, limit: int
    ) -> tuple[list[RecordedFact], int | None]:
        """Entries before a number, newest first, and the number before which to continue; None at the end."""
        found: list[RecordedFact] = []
        while True:
            numbers = self.entries.before(filter, before, limit)
            found += reversed(self._read(filter, numbers))
            if len(numbers) < limit:
                return found, None
            before = numbers[-1]
            if len(found) >= limit:
                return found, before

    def allowed(self, lines: Iterable[RecordedFact], author: Author) -> list[RecordedFact]:
        """Those of these entries that the author may decide about."""
        lines = list(lines)
        protected = self.protected([line.fact.player for line in lines], author)
        return [line for line in lines if line.fact.player not in protected]

    def check(self, players: Sequence[str], author: Author) -> None:
        """Refuse players whom the author may not decide about. Raises Forbidden, protected_player."""
        for player in self.protected(players, author):
            raise protected_player(player)

    def protected(self, players: Sequence[str], author: Author) -> Collection[str]:
        """Those of these players whom the author may not decide about."""
        if author.role == "server":
            return ()
        players = list(dict.fromkeys(players))
        accounts = self.accounts_of(players)
        roles = self.accounts.roles([accounts.get(one, one) for one in players])
        return {
            one
            for one in players
            if (account := accounts.get(one, one)) == author.id
            or (account in roles and author.role == "moderator")
        }

    def accounts_of(self, players: Sequence[str]) -> Mapping[str, str]:
        """Those of these players who were merged, with their accounts."""
        return self.accounts.accounts_of(players)

    def _read(self, filter: EntryFilter, numbers: Sequence[int]) -> list[RecordedFact]:
        lines = self.journal.numbered(numbers) if numbers else []
        return [line for line in lines if not filter.board or filter.board in results_of(line)]
