"""Processes are killed in the middle of their work: nothing is lost, and nothing counts twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

import pytest

from tests.faults.load import Load
from tests.faults.servers import send
from tests.support import wait_until

pytestmark = pytest.mark.paired


@pytest.mark.timeout(1200)
def test_killed_processes_lose_and_double_nothing(shared_deployment, long):
    draw, kills = random.Random(5), 200 if long else 5
    with Load(shared_deployment) as load:
        for round in range(kills):
            load.wait_for_progress(20)
            send(signal.SIGKILL, draw.choice(shared_deployment.web))
            if round % 5 == 4:
                send(signal.SIGKILL, draw.choice(shared_deployment.tasks))
        load.wait_for_progress(50)

    load.check()


@pytest.mark.timeout(120)
def test_a_rolling_restart_costs_no_call_more_than_one_retry(shared_deployment, long):
    deployment = shared_deployment
    with Load(deployment, watchers=0) as load:
        for _ in range(5 if long else 1):
            load.wait_for_progress(20)
            before = set(deployment.web)
            began = time.monotonic()
            send(signal.SIGHUP, deployment.master)
            wait_until(
                lambda before=before: are_replaced(deployment, before), seconds=20, why=deployment.stack.log
            )
            took = time.monotonic() - began
            load.wait_for_progress(20)

    load.check()
    tries = Counter(call.operation for call in load.history.calls)
    print(f"{took:.2f} s, {load.history.outcomes()}")
    assert load.history.outcomes().keys() <= {"200", "nothing", "503 ledger_unavailable"}
    assert [call for call in load.history.calls if tries[call.operation] > 2] == []
    assert took < 5 or not long


def are_replaced(deployment, before):
    """True if two other processes have replaced these."""
    now = set(deployment.web)
    return len(now) == 2 and not now & before
