"""Keys rotate, are revoked, and processes die: no valid token is refused, and no revoked one is accepted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.load import Load, define
from tests.faults.playing import Player
from tests.faults.servers import send
from tests.support import ROOT, wait_until

pytestmark = pytest.mark.paired

QUICK = {"KEY_ROTATION_SECONDS": "3", "KEY_PUBLISH_SECONDS": "1"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """The PostgreSQL that the product runs on; None for SQLite."""
    return None if request.param == "sqlite" else request.getfixturevalue("own_postgres")


def test_keys_rotate_and_processes_die_and_no_valid_token_is_refused(deploy, database):
    deployment, draw = deploy(database, **QUICK), random.Random(1)

    with Load(deployment) as load:
        ada = Player(deployment.stack)
        for _ in range(3):
            signing = key_of(ada.request(load.board))
            wait_until(
                lambda old=signing: key_of(ada.request(load.board)) != old,
                seconds=30,
                why=deployment.stack.log,
            )
            send(signal.SIGKILL, draw.choice(deployment.web))
            load.wait_for_progress(30)

    load.check()
    outcomes = load.history.outcomes().keys()
    assert {text for text in outcomes if not text.startswith("503")} <= {"200", "nothing"}


def key_of(action):
    """The key that an action token was sealed with."""
    return action["actionToken"].split(".")[1]


def test_no_process_accepts_tokens_of_a_revoked_key(deploy, database):
    deployment = deploy(database, KEY_ROTATION_SECONDS="3600", KEY_PUBLISH_SECONDS="2")
    define(deployment, "jump", points=10)
    ada = Player(deployment.stack)
    action = ada.request("jump")
    began = time.monotonic()
    command(deployment, "keyring", "revoke", "--all")

    # The access token is of the ring as well, so both are refused: first by one process, then by the other.
    refusals = ("unauthenticated", "invalid_action_token")
    wait_until(lambda: all(ada.complete(action).json.get("code") in refusals for _ in range(12)), seconds=20)

    assert time.monotonic() - began < 20
    again = Player(deployment.stack)
    assert again.complete(again.request("jump")).status == 200


def command(deployment, *words):
    """Run a command beside the running deployment. Returns its output."""
    stack = deployment.stack
    environment = os.environ | stack.environment | {"DATA_DIR": str(stack.data_dir)}
    process = subprocess.run(
        [sys.executable, "-m", "scoreboard", *words],
        cwd=ROOT,
        env=environment | {"SECRET_KEY": (stack.data_dir / "secret.key").read_text().strip()},
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout
