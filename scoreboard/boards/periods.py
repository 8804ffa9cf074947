"""The periods of a board, in its time zone: which one an instant is in. Pure.

A period begins at local midnight, or when a cron expression fires. Daylight saving time may make it longer
or shorter. Periods of one kind follow one another without gap or overlap.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from cronsim import CronSim, CronSimError

from scoreboard.boards.types import Period
from scoreboard.boards.zones import is_listed, zone_named
from scoreboard.core.clock import from_datetime, to_datetime

ALL = Period("all", "all", None, None)
NAMED = ("all", "daily", "weekly", "monthly")


class PeriodError(ValueError):
    """A period or a time zone that does not exist."""


def check_window(kind: str) -> None:
    """Raise PeriodError unless `kind` is all, daily, weekly, monthly or a cron expression."""
    if kind in NAMED:
        return
    if len(kind.split()) != 5:
        raise PeriodError("must be all, daily, weekly, monthly or a cron expression of five fields")
    try:
        next(CronSim(kind, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise PeriodError(f"is not a cron expression that ever fires: {error}") from error


def check_zone(name: str) -> None:
    """Raise PeriodError if there is no such IANA time zone."""
    if not is_listed(name):
        raise PeriodError("is not an IANA time zone: use a name such as Europe/Berlin")


def period_at(kind: str, zone: str, at: int) -> Period:
    """The period of this kind that the instant `at` (milliseconds since 1970) is in."""
    if kind == "all":
        return ALL
    if kind not in NAMED:
        return _between_ticks(kind, zone, at)
    local = to_datetime(at).astimezone(zone_named(zone)).date()
    first, following, name = _days(kind, local)
    return Period(name, kind, _midnight(first, zone), _midnight(following, zone))


def before(period: Period, zone: str) -> Period | None:
    """The period just before this one; None for all time."""
    if period.starts_at is None:
        return None
    return period_at(period.kind, zone, period.starts_at - 1)


def _days(kind: str, day: date) -> tuple[date, date, str]:
    if kind == "daily":
        return day, day + timedelta(days=1), day.isoformat()
    if kind == "weekly":
        monday = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return monday, monday + timedelta(days=7), f"{year}-W{week:02}"
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1), f"{day:%Y-%m}"


def _midnight(day: date, zone: str) -> int:
    # If the clock jumps over midnight, zoneinfo uses the offset from before the jump. That is the
    # instant of the jump: the first one of that day.
    return from_datetime(datetime.combine(day, time(), zone_named(zone)))


def _between_ticks(kind: str, zone: str, at: int) -> Period:
    start, end = _ticks(kind, zone, at // 60_000)
    return Period(f"{to_datetime(start):%Y%m%dT%H%MZ}", kind, start, end)


@lru_cache(maxsize=4096)
def _ticks(kind: str, zone: str, minute: int) -> tuple[int, int]:
    # Cron ticks fall on whole minutes, so all instants of a minute share their period.
    at = minute * 60_000
    back = to_datetime(at).astimezone(zone_named(zone))
    while (previous := from_datetime(next(CronSim(kind, back, reverse=True)))) > at:
        back -= timedelta(minutes=1)
    # When clocks go back, an hour comes twice: searching backwards skips ticks in its second run.
    while (following := _tick_after(kind, zone, previous)) <= at:
        previous = following
    return previous, following


def _tick_after(kind: str, zone: str, at: int) -> int:
    return from_datetime(next(CronSim(kind, to_datetime(at).astimezone(zone_named(zone)))))
