"""Whether what was seen is as fast and as right as it must be. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tests.load.scenario.plan import Plan
from tests.load.scenario.seen import API, COMPLETE, STREAM, Call, Seen, percentile


@dataclass(frozen=True)
class Verdict:
    """One thing that must hold, and whether it does."""

    text: str
    holds: bool

    def __str__(self) -> str:
        return f"{'ok  ' if self.holds else 'FAIL'}  {self.text}"


def verdicts(plan: Plan, seen: Seen) -> list[Verdict]:
    """Everything that must hold."""
    api = seen.api()
    held = [call for call in api if plan.holds_at(call[0])]
    found = [
        _fast("API, all calls", api, plan.api_p95_ms),
        _fast(f"API, while {plan.users} users were there", held, plan.api_p95_ms),
        *(_fast(name, seen.calls[name], plan.api_p95_ms) for name in API if seen.calls[name]),
        _waited(plan, seen, len(api)),
        _unfailing(seen),
    ]
    if plan.streams:
        found.append(_fast("stream, to its first frame", seen.calls[STREAM], plan.stream_p95_ms))
    if not seen.calls[COMPLETE]:
        found.append(Verdict("no action was completed", holds=False))
    return found


def _fast(what: str, calls: list[Call], most_ms: float) -> Verdict:
    p95 = percentile(calls, 0.95)
    text = f"{what}: p95 {p95:.0f} ms of {len(calls):,}, must be below {most_ms:g} ms"
    return Verdict(text, holds=bool(calls) and p95 < most_ms)


def _waited(plan: Plan, seen: Seen, answered: int) -> Verdict:
    told = sum(count for name, count in seen.waits.items() if name.startswith(API))
    share = told / max(1, told + answered)
    text = f"{told} calls of the API ({share:.1%}) were told to wait, must be at most"
    return Verdict(f"{text} {plan.told_to_wait_share:.1%}", holds=share <= plan.told_to_wait_share)


def _unfailing(seen: Seen) -> Verdict:
    count = sum(seen.failures.values())
    return Verdict(f"{count} failures, must be none", holds=not count)
