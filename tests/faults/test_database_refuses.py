"""A database that refuses writes or connections: answers have the reason, reads continue, and it recovers."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.faults.load import Load
from tests.faults.servers import ROLE
from tests.support import wait_until

pytestmark = pytest.mark.paired

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

# The statements that make the database refuse, those that undo it, and the reported reason.
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
# The error that a trigger raises on each write, as the server does when a resource is exhausted.
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
def deployment(shared_deployment):
    """The shared deployment, if it is on PostgreSQL."""
    if shared_deployment.postgres is None:
        pytest.skip("this is about servers: SQLite's refusals are tested beside its errors")
    return shared_deployment


@pytest.mark.timeout(300)
def test_each_refusal_of_the_server_is_reported_and_needs_no_restart(deployment, long):
    processes = deployment.web
    with Load(deployment) as load:
        load.wait_for_progress(10)
        for name in REFUSALS if long else SHORT:
            *statements, reason = REFUSALS[name]
            before, after = ([text.format(name=deployment.database) for text in some] for some in statements)
            began = time.monotonic()
            with refusing(deployment, before, after):
                answer = wait_for_refusal(deployment, load.board, "ledger_unavailable")
                wait_until(
                    lambda reason=reason: ready(deployment) == (503, reason), seconds=10, why=why(deployment)
                )
                assert deployment.stack.call("GET", f"/v1/boards/{load.board}/entries").status == 200
            assert answer.json["detail"].endswith("Send the request again later."), answer.json
            check_recovery(deployment, load)
            print(f"{name}: {time.monotonic() - began:.1f} s, {dict(load.history.outcomes(began))}")

        for state in RAISED if long else SHORT_RAISED:
            reason = RAISED[state]
            code = "storage_full" if reason == "full" else "ledger_unavailable"
            with refusing(deployment, (RAISING.format(state=state),), SILENT):
                answer = wait_for_refusal(deployment, load.board, code)
                if reason not in ("busy", "timeout", "limit_reached"):  # these are of one statement
                    wait_until(
                        lambda why=reason: ready(deployment) == (503, why), seconds=10, why=why(deployment)
                    )
                assert deployment.stack.call("GET", f"/v1/boards/{load.board}/entries").status == 200
            assert "refused by the test" not in answer.json["detail"]
            check_recovery(deployment, load)

    load.check()
    assert deployment.web == processes
    assert '"reason":"corrupt"' in log(deployment)
    outcomes = load.history.outcomes().keys()
    assert outcomes <= {"200", "503 ledger_unavailable", "503 storage_full", "503 outcome_unknown"}


@contextlib.contextmanager
def refusing(deployment, before, after):
    """Make the database refuse while the block lasts."""
    deployment.as_admin(*before)
    try:
        yield
    finally:
        deployment.as_admin(*after)


def wait_for_refusal(deployment, board, code):
    """The first answer to a score that has this code."""
    answers = []

    def is_refused():
        answers.append(report(deployment, board))
        assert answers[-1].status in (200, 503), answers[-1].body
        return answers[-1].status == 503 and answers[-1].json["code"] == code

    wait_until(is_refused, seconds=10, why=why(deployment))
    return answers[-1]


def check_recovery(deployment, load):
    """Scores are accepted, and the product is ready, within seconds."""
    back = time.monotonic()
    load.wait_for_progress(1)
    wait_until(lambda: ready(deployment)[0] == 200, seconds=10, why=why(deployment))
    assert time.monotonic() - back < 8
    load.wait_for_progress(10)


def report(deployment, board):
    return deployment.stack.call(
        "POST", f"/v1/boards/{board}/scores", {"entries": [{"player": "p", "score": 1}]}
    )


def ready(deployment):
    """The readiness of one web process: its status, and the reason for a failed check of the database."""
    answer = deployment.stack.call("GET", "/readyz")
    return answer.status, answer.json["checks"]["database"].get("reason")


def why(deployment):
    return lambda: f"{ready(deployment)}\n{deployment.stack.log()}"


def log(deployment):
    return (deployment.folder / "serve.log").read_text()
