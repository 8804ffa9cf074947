"""A database that refuses writes or connections: answers say why, reads go on, and it heals by itself."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.faults.load import Load
from tests.faults.servers import ROLE
from tests.support import wait_until

pytestmark = pytest.mark.alone

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
RAISING = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused by the test' USING ERRCODE = '{state}'; END $$;
CREATE TRIGGER refusing BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION refuse()
"""
SILENT = ("DROP TRIGGER refusing ON journal", "DROP FUNCTION refuse")

# What is done to the database, how it is undone, and the reason that is told.
REFUSALS = {
    "25006 by a quota": (
        ("ALTER DATABASE {name} SET default_transaction_read_only = on", CUT),
        ("ALTER DATABASE {name} RESET default_transaction_read_only",),
        "read_only",
    ),
    "42501": (
        (f"REVOKE INSERT ON journal FROM {ROLE}",),
        (f"GRANT INSERT ON journal TO {ROLE}",),
        "no_permission",
    ),
    "42501 on all": (
        (f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}",),
        (f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}",),
        "no_permission",
    ),
    "53300": (
        (f"ALTER ROLE {ROLE} CONNECTION LIMIT 0", CUT),
        (f"ALTER ROLE {ROLE} CONNECTION LIMIT -1",),
        "too_many_connections",
    ),
    "28000": ((f"ALTER ROLE {ROLE} NOLOGIN", CUT), (f"ALTER ROLE {ROLE} LOGIN",), "credentials"),
}
# What a trigger raises on each write, as the server itself does where it runs out of something.
RAISED = {
    "53100": "full",
    "53200": "limit_reached",
    "53400": "limit_reached",
    "57014": "timeout",
    "40P01": "busy",
    "58030": "io_error",
    "XX000": "failed",
    "XX001": "corrupt",
}
SHORT = ("25006 by a quota", "42501", "53300", "28000")
SHORT_RAISED = ("53100", "57014", "XX001")


@pytest.fixture
def house(shared_house):
    """The shared one, where it is on PostgreSQL."""
    if shared_house.postgres is None:
        pytest.skip("this is about servers: SQLite's refusals are tested beside its errors")
    return shared_house


@pytest.mark.timeout(300)
def test_what_a_server_refuses_is_answered_by_name_and_heals_without_a_restart(house, long):
    processes = house.web
    with Load(house) as load:
        load.go_on(10)
        for name in REFUSALS if long else SHORT:
            *statements, reason = REFUSALS[name]
            before, after = ([text.format(name=house.database) for text in some] for some in statements)
            began = time.monotonic()
            with refusing(house, before, after):
                answer = refused(house, load.board, "ledger_unavailable")
                wait_until(lambda reason=reason: ready(house) == (503, reason), seconds=10, why=why(house))
                assert house.stack.call("GET", f"/v1/boards/{load.board}/entries").status == 200
            assert answer.json["detail"].endswith("Send the same again later."), answer.json
            heals(house, load)
            print(f"{name}: {time.monotonic() - began:.1f} s, {dict(load.history.said(began))}")

        for state in RAISED if long else SHORT_RAISED:
            reason = RAISED[state]
            code = "storage_full" if reason == "full" else "ledger_unavailable"
            with refusing(house, (RAISING.format(state=state),), SILENT):
                answer = refused(house, load.board, code)
                if reason not in ("busy", "timeout", "limit_reached"):  # these are of one statement
                    wait_until(lambda why=reason: ready(house) == (503, why), seconds=10, why=why(house))
                assert house.stack.call("GET", f"/v1/boards/{load.board}/entries").status == 200
            assert "refused by the test" not in answer.json["detail"]
            heals(house, load)

    load.check()
    assert house.web == processes
    assert '"reason":"corrupt"' in log(house)
    said = load.history.said().keys()
    assert said <= {"200", "503 ledger_unavailable", "503 storage_full", "503 outcome_unknown"}


@contextlib.contextmanager
def refusing(house, before, after):
    """The database refuses, while the block lasts."""
    house.as_admin(*before)
    try:
        yield
    finally:
        house.as_admin(*after)


def refused(house, board, code):
    """The answer to a score, once it is this one."""
    answers = []

    def asked():
        answers.append(report(house, board))
        assert answers[-1].status in (200, 503), answers[-1].body
        return answers[-1].status == 503 and answers[-1].json["code"] == code

    wait_until(asked, seconds=10, why=why(house))
    return answers[-1]


def heals(house, load):
    """Scores are taken again, and it is ready, within seconds."""
    back = time.monotonic()
    load.go_on(1)
    wait_until(lambda: ready(house)[0] == 200, seconds=10, why=why(house))
    assert time.monotonic() - back < 8
    load.go_on(10)


def report(house, board):
    return house.stack.call("POST", f"/v1/boards/{board}/scores", {"entries": [{"player": "p", "score": 1}]})


def ready(house):
    """What one of the web processes says: its status, and why its database is not well."""
    answer = house.stack.call("GET", "/readyz")
    return answer.status, answer.json["checks"]["database"].get("reason")


def why(house):
    return lambda: f"{ready(house)}\n{house.stack.log()}"


def log(house):
    return (house.folder / "serve.log").read_text()
