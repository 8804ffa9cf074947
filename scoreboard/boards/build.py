"""Builds the parts of boards: definitions, standings, their projection into Redis, and reads."""

from __future__ import annotations

from dataclasses import dataclass

from scoreboard.accounts.service import Accounts, Names
from scoreboard.base import Base
from scoreboard.boards.answers import Answers
from scoreboard.boards.boardadmin import BoardAdmin
from scoreboard.boards.boardfold import BoardFold
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.concealing import Concealing
from scoreboard.boards.entrychanges import EntryChanges
from scoreboard.boards.exports import Exports
from scoreboard.boards.follow import BoardsFollower
from scoreboard.boards.gather import Gather
from scoreboard.boards.onetrip import OneTrip, TrustingBoards, TrustingReader
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.reader import BoardReader
from scoreboard.boards.readings import KeptReadings
from scoreboard.boards.scoring import ScoringFold
from scoreboard.boards.search.follow import SearchFollower
from scoreboard.boards.search.service import Search
from scoreboard.boards.search.store import SearchEntries
from scoreboard.boards.service import Boards
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.results import Results
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.verifier import Verifier
from scoreboard.boards.viewcheck import ViewCheck
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.core.storage.redis import Breaker
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Fold
from scoreboard.journal.writer import Writer


@dataclass(frozen=True, kw_only=True)
class BoardTables:
    """The parts that folds and other features need before there is a writer."""

    definitions: Definitions
    windows: Windows
    catalogue: Catalogue
    view: RedisView
    projector: BoardProjector
    scoring: ScoringFold
    gather: Gather
    entry_changes: EntryChanges
    concealing: Concealing


@dataclass(frozen=True, kw_only=True)
class BoardsParts:
    """The parts of boards that routes, commands and jobs use."""

    service: Boards
    one_trip: OneTrip
    answers: Answers
    admin: BoardAdmin
    windows: Windows
    projector: BoardProjector
    follower: BoardsFollower
    check: ViewCheck
    verifier: Verifier
    search: Search
    search_follower: SearchFollower


def build_tables(base: Base, *, journal: Journal, accounts: Accounts) -> BoardTables:
    """Build the tables, the projector and the fold of scores."""
    definitions = Definitions(base.database)
    catalogue = Catalogue(definitions)
    view = RedisView(base.redis, base.breaker, journal.shard)
    health = ViewHealth(view=view, journal=journal)
    projector = BoardProjector(view=view, health=health, database=base.database)
    gather = Gather(catalogue=catalogue, accounts=accounts, journal=journal, database=base.database)
    return BoardTables(
        definitions=definitions,
        windows=Windows(base.database),
        catalogue=catalogue,
        view=view,
        projector=projector,
        scoring=ScoringFold(catalogue=catalogue, projector=projector, start=journal.start),
        gather=gather,
        entry_changes=EntryChanges(
            catalogue=catalogue, projector=projector, gather=gather, database=base.database
        ),
        concealing=Concealing(catalogue=catalogue, projector=projector, database=base.database),
    )


def folds(tables: BoardTables) -> list[Fold]:
    """The fold of facts about boards themselves. `scoring` folds the facts that score."""
    return [BoardFold(catalogue=tables.catalogue, projector=tables.projector)]


def build(base: Base, tables: BoardTables, *, journal: Journal, writer: Writer, names: Names) -> BoardsParts:
    """Build the services of boards. `journal` must have the long time-outs of background work."""
    follower = BoardsFollower(
        view=RedisView(base.patient_redis, Breaker(), journal.shard),
        catalogue=Catalogue(tables.definitions),
        windows=Windows(base.patient_database),
        standings=Standings(base.patient_database),
        names=names,
        journal=journal,
    )
    health = tables.projector.health
    reader, trusting_reader = (
        kind(
            catalogue=tables.catalogue,
            redis=tables.view,
            health=health,
            sql=SqlView(base.database, journal.shard),
            names=names,
        )
        for kind in (BoardReader, TrustingReader)
    )
    results, kept_readings = Results(base.database), KeptReadings()
    exports = Exports(database=base.patient_database, shard=journal.shard, clock=base.clock)
    service, trusting = (
        kind(
            catalogue=tables.catalogue,
            reader=of_kind,
            health=health,
            windows=tables.windows,
            results=results,
            exports=exports,
            clock=base.clock,
            kept_readings=kept_readings,
        )
        for kind, of_kind in ((Boards, reader), (TrustingBoards, trusting_reader))
    )
    return BoardsParts(
        service=service,
        one_trip=OneTrip(catalogue=tables.catalogue, boards=service, trusting=trusting),
        answers=Answers(),
        admin=BoardAdmin(
            writer=writer,
            catalogue=tables.catalogue,
            definitions=tables.definitions,
            windows=tables.windows,
            health=health,
            clock=base.clock,
        ),
        windows=tables.windows,
        projector=tables.projector,
        follower=follower,
        check=ViewCheck(
            follower=follower, sql=SqlView(base.patient_database, journal.shard), clock=base.clock
        ),
        verifier=Verifier(database=base.patient_database, journal=journal, view=follower.view),
        search=Search(
            catalogue=tables.catalogue,
            reader=reader,
            windows=tables.windows,
            entries=SearchEntries(base.database),
            standings=Standings(base.database),
            names=names,
        ),
        search_follower=SearchFollower(database=base.patient_database),
    )
