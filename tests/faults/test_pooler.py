"""A pooler between the product and its database: it is met as it comes, and nobody notices."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter

import psycopg
import pytest

from scoreboard.core.storage.db import Database, execute, rows
from scoreboard.core.storage.unavailable import DatabaseBusy, DatabaseDenied, DatabaseUnavailable
from tests.faults.load import define
from tests.faults.playing import Player
from tests.faults.servers import ROLE, PgBouncer
from tests.support import at_once, wait_until

WRITERS = 16
POOL_OF = {"session": ("default_pool_size = 30",)}  # 10 for each web process, and 10
MANY = "SELECT count(*) FROM generate_series(1, 3)"  # often enough for the driver to prepare it
PREPARED = "SELECT count(*) FROM pg_prepared_statements"


@pytest.fixture
def pooler(tmp_path, own_postgres):
    """Makes poolers of a mode, which are stopped in the end."""
    made = []

    def make(mode, *lines):
        try:
            made.append(PgBouncer(tmp_path, own_postgres, mode, *lines))
        except LookupError as missing:
            pytest.skip(str(missing))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def pooled(pooler):
    """A database behind a pooler that has one session for all."""
    one = pooler("transaction", "default_pool_size = 1")
    one.start()
    databases = [Database(f"postgresql://{ROLE}@127.0.0.1:{one.port}/postgres", readers=3) for _ in range(2)]
    yield databases
    for database in databases:
        database.close()


def asked(database, text):
    return database.run(lambda db: rows(db, text))[0][0]


def limits(db):
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
    return [rows(db, f"SHOW {name}")[0][0] for name in names]


def test_nothing_is_left_in_a_session_that_is_not_our_own(pooled):
    for database in [*pooled, pooled[0]]:
        for _ in range(8):
            asked(database, MANY)

    assert asked(pooled[0], PREPARED) == 0
    assert pooled[0].run(limits)[:3] == ["0", "0", "0"]


def test_each_transaction_has_its_limits(pooled):
    assert pooled[0].transaction(limits) == ["30s", "1s", "5s", "on"]
    assert pooled[0].snapshot(limits) == ["30s", "1s", "5s", "on"]


def test_a_lock_behind_a_pooler_is_waited_for_as_long_as_without_one(pooler, own_postgres):
    one = pooler("transaction")
    one.start()
    database = Database(f"postgresql://postgres@127.0.0.1:{one.port}/postgres", readers=1)
    database.run(lambda db: execute(db, "CREATE TABLE held (a int)"))
    with psycopg.connect(own_postgres.databases.uri) as other:
        other.execute("LOCK TABLE held")
        with pytest.raises(DatabaseBusy):
            database.transaction(lambda db: execute(db, "INSERT INTO held VALUES (1)"))
    database.run(lambda db: execute(db, "DROP TABLE held"))
    database.close()


def test_a_session_that_only_reads_is_not_kept_behind_a_pooler(pooled, own_postgres):
    database, _ = pooled
    write = lambda: database.run(lambda db: execute(db, "INSERT INTO ours VALUES (1)"))  # noqa: E731
    with quota(own_postgres):
        with pytest.raises(DatabaseDenied) as refused:
            write()
        assert refused.value.reason == "read_only"
        assert asked(database, "SELECT 1") == 1

    wait_until(lambda: taken(write), seconds=5)


@contextlib.contextmanager
def quota(server):
    """New sessions only read while the block lasts; those of before are ended."""
    with psycopg.connect(server.databases.uri, autocommit=True) as admin:
        admin.execute(f"CREATE TABLE ours (a int); GRANT ALL ON ours TO {ROLE}")
        admin.execute(f"ALTER ROLE {ROLE} IN DATABASE postgres SET default_transaction_read_only = on")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = %s",
            [ROLE],
        )
        yield
        admin.execute(f"ALTER ROLE {ROLE} IN DATABASE postgres RESET default_transaction_read_only")


def taken(write):
    with contextlib.suppress(DatabaseUnavailable):
        write()
        return True
    return False


def test_a_session_of_our_own_keeps_its_limits_and_what_was_prepared(own_postgres):
    database = Database(own_postgres.databases.uri, readers=1)
    for _ in range(8):
        asked(database, MANY)

    assert asked(database, PREPARED) >= 1
    assert database.run(limits) == ["30s", "1s", "5s", "on"]
    database.close()


def test_options_in_the_url_are_kept(own_postgres):
    database = Database(f"{own_postgres.databases.uri}&options=-csearch_path%3Delsewhere", readers=1)

    assert asked(database, "SHOW search_path") == "elsewhere"
    database.close()


@pytest.mark.paired
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_the_product_goes_through_a_pooler_in_each_mode(deploy, own_postgres, pooler, long, mode):
    if mode == "session" and not long:
        pytest.skip("the other mode is harder; this one is for `make faults`")
    # In session pooling each connection needs one of the server, so the default of 20 serves one web process.
    deployment = deploy(own_postgres, pooler(mode, *POOL_OF.get(mode, ())), LIMIT_REFRESH="")
    define(deployment, "pooled")
    each = (10_000 if long else 400) // WRITERS

    seen = Counter()
    for heard in at_once(WRITERS, lambda number: played(deployment, number, each)):
        seen += heard

    assert seen.keys() <= {200, 201}, f"{seen}\n{deployment.stack.log()}\n{deployment.pooler.log()}"
    wait_until(lambda: audited(deployment), seconds=30, why=deployment.stack.log)
    assert deployment.is_current()
    scores = sum(row.score for row in deployment.rows("pooled"))
    assert scores == sum(one.points for one in deployment.counted("pooled")) > 0


def played(deployment, number, each):
    """What a writer's calls of all kinds were answered."""
    player = Player(deployment.stack)
    me = f"/v1/boards/pooled/entries/{player.id}"
    kinds = [
        lambda: report(deployment, f"p{number}"),
        lambda: deployment.stack.call("GET", "/v1/boards/pooled/entries"),
        lambda: player.complete(player.request("pooled"), 5, "won"),
        lambda: player.call("GET", me),
        lambda: deployment.stack.call("GET", "/v1/boards/pooled/periods"),
        lambda: player.call("PATCH", "/v1/me", {"displayName": f"Ada {number}"}),
        lambda: deployment.stack.call("GET", "/v1/boards"),
        lambda: player.call("GET", "/v1/me/sessions"),
    ]
    return Counter(kind().status for kind in itertools.islice(itertools.cycle(kinds), each))


def report(deployment, player):
    entries = [{"player": f"{player}-{one}", "score": one} for one in range(1, 4)]
    return deployment.stack.call("POST", "/v1/boards/pooled/scores", {"entries": entries})


def audited(deployment):
    """Whether the audit log, which lies behind the pooler too, has every fact."""
    check = deployment.stack.call("GET", "/readyz").json["checks"]["follower:audit"]
    return check["state"] == "ok" and check["behind"] == 0
