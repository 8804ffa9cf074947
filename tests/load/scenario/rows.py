"""A table of all runs, in Markdown: a row for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.load.scenario.page import peak_rate
from tests.load.scenario.plan import Plan
from tests.load.scenario.records import API, COMPLETE, STREAM, Records, percentile

COLUMNS = (
    *("date", "server", "users", "streams", "requests/s", "actions/s", "API p50 / p95 / p99 ms"),
    *(
        "p95 ms: ask, complete, board, own place",
        "stream p50 / p95 ms",
        "% of a core",
        "load before",
        "holds",
    ),
)


def add(
    plan: Plan, records: Records, cores: Mapping[str, float], *, server: str, load_before: float, holds: bool
) -> None:
    """Add a run. Rates and shares of cores are of the time with all users, durations of the whole test."""
    path = Path(plan.output) / "runs.md"
    if not path.exists():
        path.write_text(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n")
    api, streams = records.api(), records.calls[STREAM]
    cells = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        server,
        str(plan.users),
        f"{plan.streams:.0%}",
        f"{peak_rate(plan, api):.0f}",
        f"{peak_rate(plan, records.calls[COMPLETE]):.0f}",
        " / ".join(f"{percentile(api, part):.0f}" for part in (0.5, 0.95, 0.99)),
        ", ".join(f"{percentile(records.calls[name], 0.95):.0f}" for name in API),
        " / ".join(f"{percentile(streams, part):.0f}" for part in (0.5, 0.95)),
        percentages(cores),
        f"{load_before:.1f}",
        "yes" if holds else "no",
    ]
    with path.open("a") as file:
        file.write(f"| {' | '.join(cells)} |\n")


def percentages(cores: Mapping[str, float]) -> str:
    """Shares of a core, in percent."""
    return ", ".join(f"{name} {100 * share:.0f}" for name, share in cores.items()) or "not measured"
