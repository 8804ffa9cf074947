"""Actions on the running product: counted once, guarded exactly, whatever breaks meanwhile."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter

import pytest

from tests.faults.playing import Load, Player, slowest
from tests.faults.test_faults import verify
from tests.support import ROOT, Stack, at_once, wait_until

pytestmark = pytest.mark.alone

KEYS = {"KEY_ROTATION_SECONDS": "4", "KEY_PUBLISH_SECONDS": "1"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def postgres_or_none(request):
    """What the product runs on: PostgreSQL, or SQLite where there is none."""
    return request.getfixturevalue("postgres") if request.param == "postgresql" else None


@contextlib.contextmanager
def running(folder, postgres, **environment):
    """The product with two web processes."""
    name = f"t{uuid.uuid4().hex}"
    if postgres:
        environment["DATABASE_URL"] = postgres.create(name)
    stack = Stack(folder, environment | {"WEB_CONCURRENCY": "2"})
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        if postgres:
            postgres.drop(name)


@pytest.fixture(scope="module")
def stack(postgres_or_none, tmp_path_factory):
    """One that several tests share: each has a board and an action type of its own name."""
    with running(tmp_path_factory.mktemp("shared"), postgres_or_none) as stack:
        yield stack


@pytest.fixture
def make_stack(postgres_or_none, tmp_path):
    """Starts one with an environment of its own."""
    with contextlib.ExitStack() as open_stacks:
        yield lambda **more: open_stacks.enter_context(running(tmp_path, postgres_or_none, **more))


def define(stack, name="jump", **rules):
    """A board, and an action type that feeds it."""
    body = {"boards": [name], "points": 10, "difficulty": 0} | rules
    assert stack.call("PUT", f"/v1/admin/boards/{name}", {}).status == 201
    assert stack.call("PUT", f"/v1/admin/action-types/{name}", body).status == 201


def scores(stack, name="jump"):
    rows = stack.call("GET", f"/v1/boards/{name}/entries?limit=1000").json["data"]["entries"]
    return {row["player"]["id"]: row["score"] for row in rows}


def codes(answers):
    return Counter(answer.json.get("code", "counted") for answer in answers)


def test_one_token_completed_two_hundred_times_at_once_counts_once(stack):
    define(stack)
    ada = Player(stack)
    asked = ada.request("jump")

    answers = at_once(200, lambda number: ada.complete(asked))

    assert Counter(answer.status for answer in answers) == {200: 200}
    bodies = [answer.json["data"] for answer in answers]
    assert sum(not body["replayed"] for body in bodies) == 1
    assert len({str(body | {"replayed": None}) for body in bodies}) == 1
    assert scores(stack) == {ada.id: 10}


def test_of_five_hundred_hoarded_tokens_one_counts(stack):
    define(stack, "hoard", exclusive=True)
    ada = Player(stack)
    hoard = [
        asked for some in at_once(10, lambda _: [ada.request("hoard") for _ in range(50)]) for asked in some
    ]

    answers = at_once(500, lambda number: ada.complete(hoard[number]))

    assert codes(answers) == {"counted": 1, "overlapping_action": 499}
    assert scores(stack, "hoard") == {ada.id: 10}
    assert ada.complete(ada.request("hoard")).status == 200


def test_a_cap_is_exact_when_a_hundred_complete_at_once(stack):
    define(stack, "cap", hourlyCap=250, dailyCap=1000)
    ada, bob = Player(stack), Player(stack)
    tokens = [(player, player.request("cap")) for _ in range(50) for player in (ada, bob)]

    answers = at_once(100, lambda number: tokens[number][0].complete(tokens[number][1]))

    assert codes(answers) == {"counted": 50, "cap_reached": 50}
    assert scores(stack, "cap") == {ada.id: 250, bob.id: 250}
    refused = next(answer for answer in answers if answer.status == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600


def test_keys_rotate_and_processes_die_and_no_good_token_is_refused(make_stack):
    stack = make_stack(**KEYS)
    define(stack)
    draw, ada = random.Random(1), Player(stack)

    with Load(stack, "jump") as run:
        for _ in range(3):
            signing = key_of(ada.request("jump"))
            wait_until(lambda old=signing: key_of(ada.request("jump")) != old, seconds=30, why=stack.log)
            os.kill(draw.choice(stack.workers), signal.SIGKILL)
            before = run.count
            wait_until(lambda before=before: run.count > before + 30, seconds=30, why=stack.log)

    assert {status for status, _ in run.problems} <= {503}
    assert scores(stack) == {player: 10 * times for player, times in run.counted.items()}
    assert verify(stack) == 0


def key_of(asked):
    """The key that an action token was sealed with."""
    return asked["actionToken"].split(".")[1]


def command(stack, *words):
    """What a command prints beside the running stack."""
    environment = os.environ | stack.environment | {"DATA_DIR": str(stack.data_dir)}
    done = subprocess.run(
        [sys.executable, "-m", "scoreboard", *words],
        cwd=ROOT,
        env=environment | {"SECRET_KEY": (stack.data_dir / "secret.key").read_text().strip()},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_revoked_key_opens_nothing_anywhere(make_stack):
    stack = make_stack(KEY_ROTATION_SECONDS="3600", KEY_PUBLISH_SECONDS="5")
    define(stack)
    ada = Player(stack)
    asked = ada.request("jump")
    began = time.monotonic()
    command(stack, "keyring", "revoke", "--all")

    # The access token is of the ring as well, so both are refused: first by one process, then by the other.
    refused = ("unauthenticated", "invalid_action_token")
    wait_until(lambda: all(ada.complete(asked).json.get("code") in refused for _ in range(12)), seconds=20)

    assert time.monotonic() - began < 20
    again = Player(stack)
    assert again.complete(again.request("jump")).status == 200


def test_a_stalled_redis_costs_no_completion(stack):
    define(stack, "stall")
    redis = stack.redis
    with Load(stack, "stall") as run:
        wait_until(lambda: run.count > 20, seconds=30)
        run.seconds.clear()
        os.kill(redis, signal.SIGSTOP)
        until = time.monotonic() + 5
        wait_until(lambda: time.monotonic() > until, seconds=10)
        stalled, degraded = list(run.seconds), run.degraded
        os.kill(redis, signal.SIGCONT)
        before = run.count
        wait_until(lambda: run.count > before + 20, seconds=30)

    assert run.problems == {}
    assert len(stalled) > 20
    assert degraded > 0
    assert slowest(stalled) < 1
    wait_until(lambda: verify(stack) == 0, seconds=40)
    assert scores(stack, "stall") == {player: 10 * times for player, times in run.counted.items()}


def test_while_redis_is_stopped_limits_hold_in_each_process(make_stack):
    stack = make_stack(LIMIT_GUEST="20/minute")
    os.kill(stack.redis, signal.SIGSTOP)
    try:
        answers = [stack.call("POST", "/v1/auth/guest", {}, key=None) for _ in range(40)]
    finally:
        os.kill(stack.redis, signal.SIGCONT)

    # Two processes share what is allowed: ten each, however the calls fall on them.
    assert Counter(answer.status for answer in answers).keys() == {201, 429}
    assert sum(answer.status == 201 for answer in answers) <= 20
