"""Wiring: a feature can be built with lower features only."""

from __future__ import annotations

import pytest

from config.settings import Settings
from scoreboard import base as base_build
from scoreboard.accounts import build as accounts_build
from scoreboard.boards import build as boards_build
from scoreboard.journal import build as journal_build
from scoreboard.keyring import build as keyring_build

pytestmark = pytest.mark.one_database


@pytest.fixture
def base(sqlite_url, redis_server, tmp_path, clock):
    settings = Settings(
        database_url=sqlite_url,
        audit_database_url=f"sqlite:///{tmp_path / 'audit.db'}",
        redis_url=redis_server,
        data_dir=tmp_path,
        secret_key="x" * 32,
    )
    base = base_build.build(settings, clock=clock)
    base.migrate()
    yield base
    base.close()


def test_the_key_ring_is_built_without_accounts_and_boards(base):
    journal = journal_build.build(base)
    writer = journal_build.build_writer(base, journal, keyring_build.folds(lambda span: None))
    ring = keyring_build.build(base, writer)

    ring.ensure()

    assert ring.signing_key("tests").kid
    writer.stop()


def test_boards_are_built_without_actions_and_streams(base):
    journal = journal_build.build(base)
    tables = accounts_build.build_tables(base)
    boards = boards_build.build_tables(base, journal=journal.reader, accounts=tables.accounts)
    folds = [*boards_build.folds(boards), *accounts_build.folds(boards=boards.projector)]
    writer = journal_build.build_writer(base, journal, folds)
    parts = boards_build.build(base, boards, journal=journal.patient, writer=writer, names=tables.names)

    parts.admin.apply_file(base.settings.boards_file)

    assert parts.service.board("main").id == "main"
    writer.stop()
