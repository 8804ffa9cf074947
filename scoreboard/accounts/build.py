"""Builds accounts: players, sessions, server keys and display names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from scoreboard.accounts.accesstokens import AccessTokens
from scoreboard.accounts.accountfold import AccountFold
from scoreboard.accounts.guests import Guests
from scoreboard.accounts.keys import AUDITED, CREATED, REVOKED, Keys
from scoreboard.accounts.keys import apply as apply_key
from scoreboard.accounts.passwords import Passwords
from scoreboard.accounts.players import Players
from scoreboard.accounts.purgefold import PurgeFold
from scoreboard.accounts.puzzles import Puzzles
from scoreboard.accounts.refreshtokens import RefreshTokens
from scoreboard.accounts.revocations import Revocations
from scoreboard.accounts.service import Accounts, Names
from scoreboard.accounts.sessions import Sessions
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.guests import StoredGuests
from scoreboard.accounts.store.serverkeys import ServerKeys
from scoreboard.accounts.store.sessions import StoredSessions
from scoreboard.accounts.types import Name
from scoreboard.base import Base
from scoreboard.core.concurrency.keyedlock import KeyedLock
from scoreboard.core.signing import derive
from scoreboard.journal.service import Journal
from scoreboard.journal.simplefold import SimpleFold
from scoreboard.journal.types import Fold, Span
from scoreboard.journal.writer import Writer
from scoreboard.keyring.service import KeyRing

FindRanked = Callable[[Sequence[str], int], set[str]]  # those of these players who scored since a time


class BoardUpdates(Protocol):
    """Updates the boards, which show names, after commits of facts about players."""

    def show_names(self, names: Sequence[Name], span: Span) -> None:
        """Show names that the facts of `span` changed. The facts changed no scores."""

    def refresh_streams(self, players: Sequence[str]) -> None:
        """Have streams read the boards that list these players again, whose names changed."""

    def forget_names(self, players: Sequence[str], span: Span) -> None:
        """Forget the names of players whom the facts of `span` purged, who are on no board."""

    def advance(self, span: Span) -> None:
        """Advance the position by the facts of `span`, which change no board."""


@dataclass(frozen=True, kw_only=True)
class AccountTables:
    """The services that other features read accounts and names with."""

    accounts: Accounts
    names: Names


@dataclass(frozen=True, kw_only=True)
class AccountsParts:
    """The services for routes, commands and jobs."""

    accounts: Accounts
    keys: Keys
    players: Players
    attempts: KeyedLock  # one attempt of an address at a time
    puzzles: Puzzles
    sessions: Sessions
    guests: Guests


def build_tables(base: Base) -> AccountTables:
    """Build the services that other features read with. They need no writer."""
    return AccountTables(
        accounts=Accounts(stored=StoredAccounts(base.database)),
        names=Names(base.database),
    )


def folds(*, boards: BoardUpdates) -> list[Fold]:
    """The folds of facts about accounts and server keys. `boards` is called after their commits."""
    return [
        AccountFold(show_names=boards.show_names, refresh_streams=boards.refresh_streams),
        PurgeFold(forget_names=boards.forget_names),
        SimpleFold({CREATED, REVOKED}, apply=apply_key, announce=boards.advance, audited=AUDITED),
    ]


def build(
    base: Base,
    tables: AccountTables,
    *,
    journal: Journal,
    writer: Writer,
    ring: KeyRing,
    find_ranked: FindRanked,
) -> AccountsParts:
    """Build the services of accounts."""
    sessions = _sessions(base, tables, writer=writer, ring=ring)
    return AccountsParts(
        accounts=tables.accounts,
        keys=Keys(stored=ServerKeys(base.database), writer=writer, clock=base.clock),
        players=Players(
            accounts=tables.accounts,
            sessions=sessions,
            passwords=Passwords(),
            names=tables.names,
            find_ranked=find_ranked,
            writer=writer,
        ),
        attempts=KeyedLock(),
        puzzles=Puzzles(secret=derive(base.secrets[0], "sign-in"), clock=base.clock),
        sessions=sessions,
        guests=Guests(
            stored=StoredGuests(base.database),
            find_ranked=find_ranked,
            journal=journal,
            writer=writer,
            clock=base.clock,
            days=base.settings.guest_days,
        ),
    )


def _sessions(base: Base, tables: AccountTables, *, writer: Writer, ring: KeyRing) -> Sessions:
    stored = StoredSessions(base.database)
    return Sessions(
        access=AccessTokens(ring, base.clock),
        refresh=RefreshTokens([derive(secret, "refresh") for secret in base.secrets]),
        accounts=tables.accounts,
        revocations=Revocations(stored=stored, clock=base.clock),
        stored=stored,
        writer=writer,
        clock=base.clock,
        oldest_days=base.settings.session_max_age_days,
    )
