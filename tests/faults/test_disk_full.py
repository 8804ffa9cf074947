"""A full disk: it is reported, reads continue, nothing is damaged, and the product recovers automatically."""

from __future__ import annotations

import time

import apsw
import psycopg
import pytest

from tests.faults.load import Load
from tests.support import wait_until

pytestmark = pytest.mark.paired

TINY = 4096  # bytes: every file of a database is larger
A_LOG = 1024 * 1024  # bytes: PostgreSQL stops if it can't write its log, in files of this size here


def test_a_full_disk_is_reported_and_harms_nothing(shared_deployment):
    deployment = shared_deployment
    if deployment.postgres:
        pytest.skip("PostgreSQL writes its files itself")
    with Load(deployment) as load:
        load.wait_for_progress(20)
        read, recovery_seconds = while_full(
            deployment, load, deployment.file_size_limit(TINY, *deployment.web), seconds=20
        )

    load.check()
    with apsw.Connection(str(deployment.database_file)) as database:
        assert database.pragma("integrity_check") == "ok"
    assert read.status == 200
    assert recovery_seconds < 5
    assert load.history.outcomes().keys() <= {"200", "503 storage_full", "503 ledger_unavailable"}


@pytest.mark.timeout(300)
def test_a_full_disk_of_the_server_is_reported_and_harms_nothing(shared_deployment, long):
    deployment = shared_deployment
    if not (deployment.postgres and long):
        pytest.skip("PostgreSQL's tables are large before they lack room: this takes a while")
    deployment.postgres.write_small_logs()
    # After the restart, players can sign in as soon as both web processes have read their keys again.
    wait_until(lambda: all(can_sign_in(deployment) for _ in range(10)), seconds=20)
    with Load(deployment) as load:
        load.wait_for_progress(20)
        fill(deployment)
        read, recovery_seconds = while_full(
            deployment, load, deployment.postgres.file_size_limit(A_LOG), seconds=30
        )

    load.check()
    assert read.status == 200
    assert recovery_seconds < 5


def while_full(deployment, load, full, *, seconds):
    """The answer to a read while the disk is full, and the seconds until a call succeeds after that."""
    began = time.monotonic()
    with full:
        wait_until(lambda: load.history.outcomes(began)["503 storage_full"] > 50, seconds=seconds)
        read = deployment.stack.call("GET", f"/v1/boards/{load.board}/entries?limit=10")
    back = time.monotonic()
    load.wait_for_progress(1)
    recovery_seconds = time.monotonic() - back
    load.wait_for_progress(50)
    return read, recovery_seconds


def fill(deployment):
    """Let the journal's table grow until the next limit of a file is near."""
    size = 0
    with psycopg.connect(deployment.stack.environment["DATABASE_URL"], autocommit=True) as database:
        while size < A_LOG - 64 * 1024:
            entries = [
                {"player": f"p{one}", "score": 1, "metadata": {"text": "x" * 400}} for one in range(100)
            ]
            wait_until(lambda entries=entries: is_accepted(deployment, entries), seconds=20)
            ((size,),) = database.execute("SELECT pg_relation_size('journal')").fetchall()


def can_sign_in(deployment):
    return deployment.stack.call("POST", "/v1/auth/guest", {}, key=None).status == 201


def is_accepted(deployment, entries):
    return deployment.stack.call("POST", "/v1/boards/main/scores", {"entries": entries}).status == 200
