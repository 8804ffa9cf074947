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
            load.go_on(20)
            send(signal.SIGKILL, draw.choice(shared_deployment.web))
            if round % 5 == 4:
                send(signal.SIGKILL, draw.choice(shared_deployment.tasks))
        load.go_on(50)

    load.check()


@pytest.mark.timeout(120)
def test_a_rolling_restart_costs_nobody_more_than_one_retry(shared_deployment, long):
    deployment = shared_deployment
    with Load(deployment, watchers=0) as load:
        for _ in range(5 if long else 1):
            load.go_on(20)
            before = set(deployment.web)
            began = time.monotonic()
            send(signal.SIGHUP, deployment.master)
            wait_until(
                lambda before=before: replaced(deployment, before), seconds=20, why=deployment.stack.log
            )
            took = time.monotonic() - began
            load.go_on(20)

    load.check()
    tries = Counter(call.deed for call in load.history.calls)
    print(f"{took:.2f} s, {load.history.said()}")
    assert load.history.said().keys() <= {"200", "nothing", "503 ledger_unavailable"}
    assert [call for call in load.history.calls if tries[call.deed] > 2] == []
    assert took < 5 or not long


def replaced(deployment, before):
    """Whether two others serve in the place of these processes."""
    now = set(deployment.web)
    return len(now) == 2 and not now & before
