"""The composition root: builds all features, from the lowest level to the highest."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from config.settings import Settings
from scoreboard import base as base_build
from scoreboard.accounts import build as accounts_build
from scoreboard.actions import build as actions_build
from scoreboard.audit import build as audit_build
from scoreboard.base import Base
from scoreboard.boards import build as boards_build
from scoreboard.boards.types import Window
from scoreboard.chaos.notation import Plan
from scoreboard.core.background import Task
from scoreboard.core.clock import Clock, now
from scoreboard.journal import build as journal_build
from scoreboard.journal.followers import Followers
from scoreboard.journal.service import Journal
from scoreboard.journal.writer import Writer
from scoreboard.keyring import build as keyring_build
from scoreboard.keyring.service import KeyRing
from scoreboard.merging import build as merging_build
from scoreboard.merging.service import Merging
from scoreboard.moderation import build as moderation_build
from scoreboard.ops import build as ops_build
from scoreboard.ops.service import Health
from scoreboard.preparation import Preparation
from scoreboard.profiles import build as profiles_build
from scoreboard.profiles.service import Profiles
from scoreboard.scores import build as scores_build
from scoreboard.scores.service import Scores
from scoreboard.stream import build as stream_build

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts that routes, commands and jobs work with, by feature."""

    base: Base
    journal: Journal
    writer: Writer
    followers: Followers
    ring: KeyRing
    accounts: accounts_build.AccountsParts
    boards: boards_build.BoardsParts
    scores: Scores
    profiles: Profiles
    actions: actions_build.ActionsParts
    audit: audit_build.AuditParts
    stream: stream_build.StreamParts
    merging: Merging
    moderation: moderation_build.ModerationParts
    health: Health
    preparation: Preparation
    tasks: tuple[Task, ...]

    def start(self) -> None:
        """Start the background tasks of a web process: prepare, rotate keys, follow the stream, publish."""
        if not self.base.settings.secret_key:
            log.warning("SECRET_KEY is not set: this process made one up, which ends with it")
        for task in self.tasks:
            threading.Thread(target=task.run, daemon=True).start()

    def leave(self) -> None:
        """Let another process publish, and end all streams, which takes some seconds."""
        self.stream.publisher.loop.stop()
        self.stream.drain.drain()

    def stop(self) -> None:
        """End all streams, stop the background tasks, and write the facts that wait."""
        self.leave()
        for task in self.tasks:
            task.stop()
        self.writer.stop()

    def close(self) -> None:
        """Close all connections to databases and Redis."""
        self.writer.stop()
        self.accounts.players.passwords.close()
        self.base.close()

    def cursor(self, window: Window, stamp: str) -> str:
        """The cursor from which to stream a window after reading the state of it that `stamp` names."""
        return self.stream.hub.cursor(window, stamp)


def build(settings: Settings, *, clock: Clock = now, plan: Plan | None = None) -> Parts:
    """Build all parts. Opens no connection yet. `plan` has the faults that chaos injects."""
    base = base_build.build(settings, clock=clock, plan=plan)
    journal = journal_build.build(base)
    tables = accounts_build.build_tables(base)
    accounts_of, names = tables.accounts, tables.names
    board_tables = boards_build.build_tables(base, journal=journal.reader, accounts=accounts_of)
    projector = board_tables.projector
    receipts = actions_build.build_receipts(base, journal)
    folds = [
        *boards_build.folds(board_tables),
        *scores_build.folds(scoring=board_tables.scoring, accounts=accounts_of),
        *actions_build.folds(
            scoring=board_tables.scoring,
            accounts=accounts_of,
            receipts=receipts,
            announce=projector.advance,
        ),
        *accounts_build.folds(boards=projector),
        *merging_build.folds(board_tables),
        *moderation_build.folds(board_tables),
        *keyring_build.folds(projector.advance),
    ]
    writer = journal_build.build_writer(base, journal, folds)
    ring = keyring_build.build(base, writer)
    accounts = accounts_build.build(
        base,
        tables,
        journal=journal.reader,
        writer=writer,
        ring=ring,
        find_ranked=board_tables.windows.find_ranked,
    )
    boards = boards_build.build(base, board_tables, journal=journal.patient, writer=writer, names=names)
    audit = audit_build.build(base, journal.patient, folds)
    actions = actions_build.build(
        base,
        journal=journal,
        writer=writer,
        ring=ring,
        accounts=accounts_of,
        boards=boards.service,
        receipts=receipts,
    )
    stream = stream_build.build(base, boards=boards.service, accounts=accounts, ring=ring)
    preparation = Preparation(base=base, ring=ring, accounts=accounts, boards=boards, actions=actions)
    revocations = accounts.sessions.revocations
    chaos = [base.chaos.cuts(stream.viewers.drop)] if base.chaos else []
    followers = Followers(
        journals=[journal.patient],
        followers=[boards.follower, audit.follower, boards.search_follower],
    )
    return Parts(
        base=base,
        journal=journal.reader,
        writer=writer,
        followers=followers,
        ring=ring,
        accounts=accounts,
        boards=boards,
        scores=scores_build.build(base, writer=writer, boards=boards.service, accounts=accounts_of),
        profiles=profiles_build.build(boards.service),
        actions=actions,
        audit=audit,
        stream=stream,
        merging=merging_build.build(
            accounts=accounts,
            boards=board_tables,
            writer=writer,
            signals=stream.signals,
        ),
        moderation=moderation_build.build(
            base, boards=board_tables, accounts=accounts, journal=journal.reader, writer=writer
        ),
        health=ops_build.build(
            base,
            journal=journal.reader,
            writer=writer,
            boards=boards,
            followers=followers,
            prepared=preparation.done.is_set,
        ),
        preparation=preparation,
        tasks=(*stream.tasks, preparation.loop, ring.loop, revocations.loop, *chaos),
    )
