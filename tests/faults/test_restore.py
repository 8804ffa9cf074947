"""A backup is put in place of the database while Redis and the audit log keep newer data."""

from __future__ import annotations

import apsw
import pytest

from tests.faults.conftest import LONG
from tests.support import Stack, submit, wait_until

pytestmark = [
    pytest.mark.paired,
    pytest.mark.skipif(not LONG, reason="tests/flows/test_restored.py does the same in one process"),
]


@pytest.fixture
def stack(tmp_path):
    stack = Stack(tmp_path / "data", {"WEB_CONCURRENCY": "2"})
    stack.start()
    yield stack
    stack.end()


def players(stack, board):
    rows = stack.call("GET", f"/v1/boards/{board}/entries").json["data"]["entries"]
    return [row["player"]["id"] for row in rows]


def lag(stack, follower):
    return stack.call("GET", "/readyz").json["checks"][f"follower:{follower}"].get("behind")


def test_make_run_shows_the_contents_of_the_backup_only(stack):
    assert stack.call("PUT", "/v1/admin/boards/restored", {}).status == 201
    submit(stack, "restored", {"player": "kept", "score": 1})
    backup, file = stack.data_dir / "backup.db", stack.data_dir / "scoreboard.db"
    apsw.Connection(str(file)).execute("VACUUM INTO ?", (str(backup),))
    submit(stack, "restored", {"player": "lost", "score": 9, "displayName": "Lost"})
    wait_until(lambda: (lag(stack, "boards"), lag(stack, "audit")) == (0, 0), seconds=30, why=stack.log)
    stack.stop()
    assert (stack.data_dir / "redis" / "dump.rdb").exists(), "Redis keeps its boards"
    backup.replace(file)
    for end in ("-wal", "-shm"):
        (stack.data_dir / f"scoreboard.db{end}").unlink(missing_ok=True)

    stack.start()
    answer = stack.call("POST", "/v1/boards/restored/scores", {"entries": [{"player": "new", "score": 5}]})

    assert answer.json["data"]["standings"][0]["rank"] == 1
    assert players(stack, "restored") == ["new", "kept"]
    # The audit log is another view: it loses the lines of lost facts.
    wait_until(lambda: (lag(stack, "boards"), lag(stack, "audit")) == (0, 0), seconds=30, why=stack.log)
    assert players(stack, "restored") == ["new", "kept"]
