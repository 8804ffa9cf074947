"""The users of the load test, and their number over time.

`make load` runs it. So does Locust's own command, with a web page that shows the progress:

    PYTHONPATH=.:clients/python .venv/bin/locust -f tests/load/scenario/locustfile.py --host https://…

Its -u, -r and -t (or the fields on its page) override USERS and the seconds of `plan.py`.
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
from tests.load.scenario.plan import Plan, read_plan, with_options
from tests.load.scenario.records import ASK, BOARD, COMPLETE, PLACE, Records

LOOKS = 0.2  # after an action: the probability of reading the board, and of reading the own place
THINK_SECONDS = 0.2, 0.8  # longer than an action must take
FINISH_SECONDS = 20.0  # for an unfinished action when its user leaves


class Player(User):
    """A guest that plays, rests, and sometimes reads the board."""

    plan: Plan
    records: Records

    def on_start(self) -> None:
        """Sign in, and open a stream."""
        self.plan, self.records = self.environment.plan, self.environment.records
        self.fire = self.environment.events.request.fire
        self.calls, self.watching = Calls(self.plan.url, self.fire), None
        gevent.sleep(random())  # Locust starts all users of a second at its beginning
        self.calls.sign_in()
        if random() < self.plan.streams:
            board = self.plan.board
            self.watching = gevent.spawn(viewer.hold, self.plan.url, board, self.records, self.fire)

    def on_stop(self) -> None:
        """Close the stream and the connection."""
        if self.watching is not None:
            self.watching.kill()
        self.calls.close()

    def wait_time(self) -> float:
        """Rest between two actions."""
        return self.plan.pause_seconds * uniform(0.5, 1.5)

    @task
    def play(self) -> None:
        """Request an action, take time for it, complete it, and perhaps read the board."""
        try:
            action = Action.of(
                self.calls.call(ASK, "POST", "/v1/actions/request", {"actionType": self.plan.action}),
                time.monotonic(),
            )
            self._complete(action, self._prove(action))
            self._look()
        except Refused as refused:
            if refused.code in ("cap_reached", "unauthenticated"):
                self.calls.sign_in()
            raise RescheduleTask from refused

    def _prove(self, action: Action) -> dict[str, Any]:
        """Wait as long as the action takes, and do the proof of work."""
        gevent.sleep(action.min_seconds + uniform(*THINK_SECONDS))
        points = (
            None if isinstance(action.points, int) else choice(range(action.points[0], action.points[1] + 1))
        )
        begun = time.thread_time()
        proof = prove(action, points=points).as_json()
        self.records.proof_seconds += time.thread_time() - begun
        return proof

    def _complete(self, action: Action, proof: dict[str, Any]) -> None:
        """Complete an action, and record its points."""
        body, player_points = (
            {"actionToken": action.token, "proof": proof},
            self.records.players[self.calls.player],
        )
        player_points.doubtful += 1  # until there is an answer; this user may be stopped before
        try:
            player_points.points += self.calls.call(COMPLETE, "POST", "/v1/actions/complete", body)[
                "increment"
            ]
        except Refused:
            player_points.doubtful -= 1
            raise
        player_points.doubtful -= 1

    def _look(self) -> None:
        path = f"/v1/boards/{self.plan.board}/entries"
        if random() < LOOKS:
            self.calls.call(BOARD, "GET", path)
        if random() < LOOKS:
            self.calls.call(PLACE, "GET", f"{path}/{self.calls.player}")


class Ramp(LoadTestShape):
    """A tenth of the users at first, then more up to all of them, and fewer at the end."""

    use_common_options = True  # so that Locust takes -u, -r and -t, and its page asks for them

    def reset_time(self) -> None:
        """Begin. Takes the fields of Locust's page, if it has one."""
        super().reset_time()
        environment = self.runner.environment if self.runner else None
        if environment and _has_page(environment):
            environment.plan = _with_options(environment, environment.plan)

    def tick(self) -> tuple[int, float] | None:
        """The number of users that there should be now. Locust calls it every second."""
        assert self.runner is not None
        environment = self.runner.environment
        environment.records.users.append((environment.records.now, self.runner.user_count))
        users = environment.plan.users_at(self.get_run_time())
        return None if users is None else (users, environment.plan.users_a_second)


@events.init.add_listener
def _prepare(environment: Environment, **_: Any) -> None:
    if not hasattr(environment, "plan"):  # by Locust's own command
        plan = read_plan(os.environ)
        environment.plan = _with_options(environment, plan)
        _fill_page(environment)
    environment.records = Records()
    environment.stop_timeout = FINISH_SECONDS
    environment.events.request.add_listener(environment.records.request)


def _with_options(environment: Environment, plan: Plan) -> Plan:
    options = environment.parsed_options
    plan = replace(plan, url=(environment.host or plan.url).rstrip("/"))
    return with_options(plan, users=options.num_users, rate=options.spawn_rate, seconds=options.run_time)


def _fill_page(environment: Environment) -> None:
    """Fill the fields of Locust's page with the plan."""
    options, plan = environment.parsed_options, environment.plan
    if _has_page(environment):
        options.num_users, options.spawn_rate = (
            plan.users,
            max(1, plan.users // max(1, round(plan.ramp_seconds))),
        )
        options.run_time = round(plan.seconds)


def _has_page(environment: Environment) -> bool:
    """True if a person starts the test on Locust's page. Otherwise Locust sets missing options to one."""
    options = environment.parsed_options
    return bool(options) and not (options.headless or options.autostart)


@events.test_start.add_listener
def _begin(environment: Environment, **_: Any) -> None:
    environment.records.begin()


@events.quitting.add_listener
def _finish(environment: Environment, **_: Any) -> None:
    """Finish a test of Locust's own command."""
    environment.process_exit_code = 0 if report.finish(environment.plan, environment.records) else 1
