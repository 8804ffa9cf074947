"""What a user does, and how many there are.

`make load` runs it. So does Locust's own command, with pages on which one can watch:

    PYTHONPATH=.:clients/python .venv/bin/locust -f tests/load/scenario/locustfile.py --host https://…

Its -u, -r and -t (or the fields on its page) win over USERS and the seconds of `plan.py`.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from random import choice, random, uniform
from typing import Any

import gevent
from locust import LoadTestShape, User, events, task
from locust.env import Environment
from locust.exception import RescheduleTask
from scoreboard_client.types import Action
from scoreboard_client.work import prove

from tests.load.scenario import report, viewer
from tests.load.scenario.calls import Calls, Refused
from tests.load.scenario.plan import Plan, adjusted, planned
from tests.load.scenario.seen import ASK, BOARD, COMPLETE, PLACE, Seen

LOOKS = 0.2  # after an action: how often one reads the board, and how often one's own place
THINK_SECONDS = 0.2, 0.8  # longer than an action must take
FINISH_SECONDS = 20.0  # for an action that is under way when its user leaves


class Player(User):
    """A guest who plays, rests, and now and then looks at the board."""

    plan: Plan
    seen: Seen

    def on_start(self) -> None:
        """Come in, and watch the board."""
        self.plan, self.seen = self.environment.plan, self.environment.seen
        self.tell = self.environment.events.request.fire
        self.calls, self.watching = Calls(self.plan.url, self.tell), None
        gevent.sleep(random())  # Locust lets all users of a second come at its beginning
        self.calls.sign_in()
        if random() < self.plan.streams:
            board = self.plan.board
            self.watching = gevent.spawn(viewer.hold, self.plan.url, board, self.seen, self.tell)

    def on_stop(self) -> None:
        """Go away."""
        if self.watching is not None:
            self.watching.kill()
        self.calls.close()

    def wait_time(self) -> float:
        """Rest between two actions."""
        return self.plan.pause_seconds * uniform(0.5, 1.5)

    @task
    def play(self) -> None:
        """Ask for an action, act, complete it; look around."""
        try:
            action = Action.of(
                self.calls.call(ASK, "POST", "/v1/actions/request", {"actionType": self.plan.action}),
                time.monotonic(),
            )
            self._complete(action, self._worked(action))
            self._look()
        except Refused as refused:
            if refused.code in ("cap_reached", "unauthenticated"):
                self.calls.sign_in()
            raise RescheduleTask from refused

    def _worked(self, action: Action) -> dict[str, Any]:
        """Take the time that the action takes, and prove it."""
        gevent.sleep(action.min_seconds + uniform(*THINK_SECONDS))
        points = (
            None if isinstance(action.points, int) else choice(range(action.points[0], action.points[1] + 1))
        )
        begun = time.thread_time()
        proof = prove(action, points=points).as_json()
        self.seen.proof_seconds += time.thread_time() - begun
        return proof

    def _complete(self, action: Action, proof: dict[str, Any]) -> None:
        """Complete it, and note what the server says that it was worth."""
        body, won = {"actionToken": action.token, "proof": proof}, self.seen.players[self.calls.player]
        won.doubtful += 1  # until there is an answer; this user may be stopped before
        try:
            won.points += self.calls.call(COMPLETE, "POST", "/v1/actions/complete", body)["increment"]
        except Refused:
            won.doubtful -= 1
            raise
        won.doubtful -= 1

    def _look(self) -> None:
        path = f"/v1/boards/{self.plan.board}/entries"
        if random() < LOOKS:
            self.calls.call(BOARD, "GET", path)
        if random() < LOOKS:
            self.calls.call(PLACE, "GET", f"{path}/{self.calls.player}")


class Ramp(LoadTestShape):
    """A tenth of the users, then more up to all of them; they stay, and go."""

    use_common_options = True  # so that Locust takes -u, -r and -t, and its page asks for them

    def reset_time(self) -> None:
        """Begin. By Locust's page with what was filled in there."""
        super().reset_time()
        environment = self.runner.environment if self.runner else None
        if environment and _has_page(environment):
            environment.plan = _with_options(environment, environment.plan)

    def tick(self) -> tuple[int, float] | None:
        """How many users there should be now, which Locust asks every second."""
        assert self.runner is not None
        environment = self.runner.environment
        environment.seen.users.append((environment.seen.now, self.runner.user_count))
        users = environment.plan.users_at(self.get_run_time())
        return None if users is None else (users, environment.plan.users_a_second)


@events.init.add_listener
def _prepare(environment: Environment, **_: Any) -> None:
    if not hasattr(environment, "plan"):  # by Locust's own command
        plan = planned(os.environ)
        environment.plan = _with_options(environment, plan)
        _fill_the_page(environment)
    environment.seen = Seen()
    environment.stop_timeout = FINISH_SECONDS
    environment.events.request.add_listener(environment.seen.request)


def _with_options(environment: Environment, plan: Plan) -> Plan:
    asked = environment.parsed_options
    plan = replace(plan, url=(environment.host or plan.url).rstrip("/"))
    return adjusted(plan, users=asked.num_users, rate=asked.spawn_rate, seconds=asked.run_time)


def _fill_the_page(environment: Environment) -> None:
    """Have Locust's page offer what is planned."""
    asked, plan = environment.parsed_options, environment.plan
    if _has_page(environment):
        asked.num_users, asked.spawn_rate = plan.users, max(1, plan.users // max(1, round(plan.ramp_seconds)))
        asked.run_time = round(plan.seconds)


def _has_page(environment: Environment) -> bool:
    """Whether somebody presses a button. Where nobody does, Locust fills in ones for what was not given."""
    asked = environment.parsed_options
    return bool(asked) and not (asked.headless or asked.autostart)


@events.test_start.add_listener
def _begin(environment: Environment, **_: Any) -> None:
    environment.seen.begin()


@events.quitting.add_listener
def _finish(environment: Environment, **_: Any) -> None:
    """The end under Locust's own command."""
    environment.process_exit_code = 0 if report.finish(environment.plan, environment.seen) else 1
