"""The end of a load test: what is printed, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.load.scenario import page, points
from tests.load.scenario.judged import Verdict, verdicts
from tests.load.scenario.plan import Plan
from tests.load.scenario.seen import Seen, percentile


def finish(
    plan: Plan,
    seen: Seen,
    *,
    server: str = "",
    facts: Sequence[tuple[str, str]] = (),
    more: Sequence[Verdict] = (),
) -> bool:
    """Judge, print a summary, and write the page. Whether everything holds.

    `server` is what the page is named after; the host where it is left out.
    """
    judged = [*verdicts(plan, seen), _added_up(plan, seen), *more]
    path = Path(plan.output) / f"{server or urlsplit(plan.url).hostname}-{plan.users}-users.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page.page(plan, seen, judged, facts))
    print(summary(seen, judged, facts))
    print(f"\n{path}", flush=True)
    return all(one.holds for one in judged)


def summary(seen: Seen, judged: Sequence[Verdict], facts: Sequence[tuple[str, str]]) -> str:
    """All of it as plain text."""
    lines = [f"{'':18}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}"]
    for name, calls in sorted(seen.calls.items()):
        times = "".join(f"{percentile(calls, part):9.0f}" for part in (0.5, 0.95, 0.99, 1.0))
        lines.append(f"{name:18}{len(calls):9,}{times}")
    lines += ["", *(f"{name}: {text}" for name, text in facts), *seen.trouble()]
    return "\n".join([*lines, "", *map(str, judged)])


def _added_up(plan: Plan, seen: Seen) -> Verdict:
    try:
        text, holds = points.compared(plan, seen)
    except (OSError, ValueError) as error:
        text, holds = f"points could not be compared: {error}", False
    return Verdict(text, holds=holds)
