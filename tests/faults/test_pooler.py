"""A pooler between the product and its database: the product detects it and works in every mode."""

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
    """Make poolers of a mode, which are stopped at the end."""
    poolers = []

    def make(mode, *lines):
        try:
            poolers.append(PgBouncer(tmp_path, own_postgres, mode, *lines))
        except LookupError as missing:
            pytest.skip(str(missing))
        return poolers[-1]

    yield make
    for one in poolers:
        one.stop()


@pytest.fixture
def databases(pooler):
    """Two databases behind a pooler that has one session for both."""
    one = pooler("transaction", "default_pool_size = 1")
    one.start()
    pair = [Database(f"postgresql://{ROLE}@127.0.0.1:{one.port}/postgres", readers=3) for _ in range(2)]
    yield pair
    for database in pair:
        database.close()


def query(database, text):
    return database.run(lambda db: rows(db, text))[0][0]


def limits(db):
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
    return [rows(db, f"SHOW {name}")[0][0] for name in names]


def test_a_shared_session_is_left_unchanged(databases):
    for database in [*databases, databases[0]]:
        for _ in range(8):
            query(database, MANY)

    assert query(databases[0], PREPARED) == 0
    assert databases[0].run(limits)[:3] == ["0", "0", "0"]


def test_each_transaction_has_its_limits(databases):
    assert databases[0].transaction(limits) == ["30s", "1s", "5s", "on"]
    assert databases[0].snapshot(limits) == ["30s", "1s", "5s", "on"]


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


def test_a_session_that_only_reads_is_not_kept_behind_a_pooler(databases, own_postgres):
    database, _ = databases
    write = lambda: database.run(lambda db: execute(db, "INSERT INTO ours VALUES (1)"))  # noqa: E731
    with quota(own_postgres):
        with pytest.raises(DatabaseDenied) as raised:
            write()
        assert raised.value.reason == "read_only"
        assert query(database, "SELECT 1") == 1

    wait_until(lambda: is_accepted(write), seconds=5)


@contextlib.contextmanager
def quota(server):
    """Make new sessions read-only while the block lasts, and end the earlier ones."""
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


def is_accepted(write):
    with contextlib.suppress(DatabaseUnavailable):
        write()
        return True
    return False


def test_a_session_of_our_own_keeps_its_limits_and_prepared_statements(own_postgres):
    database = Database(own_postgres.databases.uri, readers=1)
    for _ in range(8):
        query(database, MANY)

    assert query(database, PREPARED) >= 1
    assert database.run(limits) == ["30s", "1s", "5s", "on"]
    database.close()


def test_options_in_the_url_are_kept(own_postgres):
    database = Database(f"{own_postgres.databases.uri}&options=-csearch_path%3Delsewhere", readers=1)

    assert query(database, "SHOW search_path") == "elsewhere"
    database.close()


@pytest.mark.paired
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_the_product_goes_through_a_pooler_in_each_mode(deploy, own_postgres, pooler, long, mode):
    if mode == "session" and not long:
        pytest.skip("this mode is easier than the other one, and runs in `make faults`")
    # In session pooling each connection needs one of the server, so the default of 20 serves one web process.
    deployment = deploy(own_postgres, pooler(mode, *POOL_OF.get(mode, ())), LIMIT_REFRESH="")
    define(deployment, "pooled")
    each = (10_000 if long else 400) // WRITERS

    statuses = Counter()
    for counts in at_once(WRITERS, lambda number: play(deployment, number, each)):
        statuses += counts

    assert statuses.keys() <= {200, 201}, f"{statuses}\n{deployment.stack.log()}\n{deployment.pooler.log()}"
    wait_until(lambda: is_audited(deployment), seconds=30, why=deployment.stack.log)
    assert deployment.is_current()
    scores = sum(row.score for row in deployment.rows("pooled"))
    assert scores == sum(one.points for one in deployment.counted_facts("pooled")) > 0


def play(deployment, number, each):
    """Make a writer's calls of all kinds. Returns the count of each status."""
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


def is_audited(deployment):
    """True if the audit log, which is behind the pooler too, has every fact."""
    check = deployment.stack.call("GET", "/readyz").json["checks"]["follower:audit"]
    return check["state"] == "ok" and check["behind"] == 0
