"""The framework of followers: facts of every shard, from the position that it stored."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from scoreboard.core.storage.db import Database, execute
from scoreboard.journal import followers as module
from scoreboard.journal.followers import Followers
from scoreboard.journal.positions import FollowerPositions
from scoreboard.journal.service import Journal
from scoreboard.journal.transaction import Transaction
from scoreboard.journal.types import Position
from scoreboard.journal.writer import Writer
from tests.boards.calls import score
from tests.journal.folds import NoteFold, note


@dataclass
class Collector:
    """A follower that keeps the positions of all facts that it gets. It trusts the framework's position."""

    name: str = "collector"
    positions: list[Position] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    failing: bool = False
    maintenance_calls: int = 0

    def resume(self, shard, stored):
        return stored

    def restore(self, shard):
        self.positions.append(Position(shard, 0))
        return Position(shard, 0)

    def follow(self, facts):
        if self.failing:
            raise RuntimeError("this follower fails")
        self.pages.append(len(facts))
        self.positions += [line.position for line in facts]

    def maintain(self):
        self.maintenance_calls += 1


@pytest.fixture
def second_shard(parts, make_parts, tmp_path, clock):
    """The journal of a second shard, and the function that appends facts to it."""
    url = f"sqlite:///{tmp_path / 'second.db'}"
    make_parts(url).close()
    database = Database(url)
    for table in ("journal", "journal_head"):
        database.transaction(lambda db, table=table: execute(db, f"DELETE FROM {table}"))
    database.transaction(lambda db: execute(db, "INSERT INTO journal_head (shard, seq, at) VALUES (1, 0, 0)"))
    writer = Writer(database, folds=[NoteFold()], transaction=Transaction(shard=1, clock=clock))
    yield Journal(database=database, shard=1), writer.append
    writer.stop()
    database.close()


def test_a_follower_gets_the_facts_of_every_shard_in_order(parts, second_shard):
    journal, append = second_shard
    append([note("a"), note("b")])
    follower = Collector()
    followers = Followers(journals=[parts.journal, journal], followers=[follower])
    head = parts.journal.head().seq

    count = followers.catch_up("collector")

    assert count == head + 2
    assert follower.positions == [
        *(Position(0, seq) for seq in range(head + 1)),
        *(Position(1, seq) for seq in range(3)),
    ]
    assert follower.maintenance_calls == 1
    assert followers.lag("collector") == 0


def test_the_framework_stores_a_position_for_each_shard_in_its_database(parts, second_shard):
    journal, append = second_shard
    append([note("a")])
    followers = Followers(journals=[parts.journal, journal], followers=[Collector()])

    followers.catch_up("collector")

    for one in (parts.journal, journal):
        assert FollowerPositions(one.database).get("collector", one.shard) == one.head()
        assert FollowerPositions(one.database).get("collector", 1 - one.shard) is None


def test_a_new_process_continues_where_the_last_one_was(parts, writer):
    Followers(journals=[parts.journal], followers=[Collector()]).catch_up("collector")
    before = parts.journal.head().seq
    writer.append([note("a"), note("b")])
    follower = Collector()
    followers = Followers(journals=[parts.journal], followers=[follower])

    assert followers.lag("collector") == 2
    assert followers.catch_up("collector") == 2
    assert follower.positions == [Position(0, before + 1), Position(0, before + 2)]


def test_a_follower_gets_facts_again_that_it_failed_on(parts, writer):
    follower = Collector()
    followers = Followers(journals=[parts.journal], followers=[follower])
    followers.catch_up("collector")
    writer.append([note("a")])
    follower.failing = True
    with pytest.raises(RuntimeError):
        followers.catch_up("collector")
    follower.failing = False

    assert followers.catch_up("collector") == 1
    assert follower.positions[-1] == parts.journal.head()


def test_facts_come_in_pages(parts, writer, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    follower = Collector()
    followers = Followers(journals=[parts.journal], followers=[follower])
    followers.catch_up("collector")
    follower.pages.clear()
    writer.append([note(str(number)) for number in range(7)])

    followers.catch_up("collector")

    assert follower.pages == [3, 3, 1]


def test_lines_that_the_audit_log_lost_are_written_again(client, parts):
    score(client, "main", ada=1, bob=2)
    parts.followers.catch_up("audit")
    head = parts.journal.head().seq
    lose = "DELETE FROM audit WHERE seq > ?"  # as after an older copy of the log was restored
    parts.base.audit_database.transaction(lambda db: execute(db, lose, (head - 2,)))

    assert parts.followers.lag("audit") == 2
    assert parts.followers.catch_up("audit") == 2
    assert parts.audit.log.newest(0) == parts.journal.head()
