"""The plan of a load test. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The settings of a load test. In the environment their names are in capitals."""

    url: str = ""  # the server; empty: one of our own
    users: int = 1000  # at the peak
    first_share: float = 0.1  # of them: the users that begin at once
    ramp_seconds: float = 60.0
    hold_seconds: float = 60.0
    down_seconds: float = 30.0
    users_a_second: float = 100.0  # the most users that come or go; Locust advises against more
    streams: float = 1.0  # the share of users with an open stream
    pause_seconds: float = 2.0  # between two actions of a user, on average
    action: str = "play-round"
    board: str = "main"
    # The thresholds.
    api_p95_ms: float = 200.0
    stream_p95_ms: float = 500.0
    told_to_wait_share: float = 0.01  # of the API's answers, those with 429 or 503 and Retry-After
    output: str = str(ROOT / "tests" / "output" / "load")

    @property
    def first(self) -> int:
        """The number of users that begin at once."""
        return max(1, int(self.users * self.first_share))

    @property
    def seconds(self) -> float:
        """The duration of the test."""
        return self.ramp_seconds + self.hold_seconds + self.down_seconds

    def users_at(self, seconds: float) -> int | None:
        """The number of users after this time; None if the test is over."""
        if seconds < self.ramp_seconds:
            return self.first + int((self.users - self.first) * seconds / self.ramp_seconds)
        if self.holds_at(seconds):
            return self.users
        if seconds < self.seconds:
            return max(1, int(self.users * (self.seconds - seconds) / self.down_seconds))
        return None

    def holds_at(self, seconds: float) -> bool:
        """True if all users are there at this time."""
        return self.ramp_seconds <= seconds < self.ramp_seconds + self.hold_seconds


def with_options(plan: Plan, *, users: int | None, rate: float | None, seconds: float | None) -> Plan:
    """A plan with Locust's own -u, -r and -t: the users, the users a second, the duration."""
    if users:
        plan = replace(plan, users=users)
    if rate:
        plan = replace(plan, users_a_second=rate, ramp_seconds=plan.users / rate, first_share=0.0)
    if seconds is None:
        return plan
    if seconds < plan.ramp_seconds:
        plan = replace(plan, users=plan.users_at(seconds) or 1, ramp_seconds=seconds)
    return replace(plan, hold_seconds=seconds - plan.ramp_seconds, down_seconds=0.0)


def read_plan(environment: Mapping[str, str]) -> Plan:
    """The plan of an environment. Raises ValueError if a value is invalid."""
    values: dict[str, object] = {}
    for field in fields(Plan):
        text = environment.get(field.name.upper(), "")
        if text:
            try:
                values[field.name] = type(field.default)(text)
            except ValueError:
                raise ValueError(f"{field.name.upper()}={text} is not a number") from None
    plan = Plan(**values)  # type: ignore[arg-type]
    if plan.users < 1 or not 0 <= plan.streams <= 1:
        raise ValueError("USERS is 1 or more, STREAMS between 0 and 1")
    return plan
