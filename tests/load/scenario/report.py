"""The end of a load test: the printed summary, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.load.scenario import page, points
from tests.load.scenario.plan import Plan
from tests.load.scenario.records import Records, percentile
from tests.load.scenario.verdicts import Verdict, verdicts


def finish(
    plan: Plan,
    records: Records,
    *,
    server: str = "",
    facts: Sequence[tuple[str, str]] = (),
    more: Sequence[Verdict] = (),
) -> bool:
    """Check the conditions, print a summary, and write the page. Returns True if everything holds.

    The page is named after `server`, by default after the host.
    """
    outcomes = [*verdicts(plan, records), _points_verdict(plan, records), *more]
    path = Path(plan.output) / f"{server or urlsplit(plan.url).hostname}-{plan.users}-users.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page.page(plan, records, outcomes, facts))
    print(summary(records, outcomes, facts))
    print(f"\n{path}", flush=True)
    return all(one.holds for one in outcomes)


def summary(records: Records, outcomes: Sequence[Verdict], facts: Sequence[tuple[str, str]]) -> str:
    """The summary as plain text."""
    lines = [f"{'':18}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}"]
    for name, calls in sorted(records.calls.items()):
        times = "".join(f"{percentile(calls, part):9.0f}" for part in (0.5, 0.95, 0.99, 1.0))
        lines.append(f"{name:18}{len(calls):9,}{times}")
    lines += ["", *(f"{name}: {text}" for name, text in facts), *records.problems()]
    return "\n".join([*lines, "", *map(str, outcomes)])


def _points_verdict(plan: Plan, records: Records) -> Verdict:
    try:
        text, holds = points.compare(plan, records)
    except (OSError, ValueError) as error:
        text, holds = f"points could not be compared: {error}", False
    return Verdict(text, holds=holds)
