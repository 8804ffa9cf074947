"""The thresholds that a load test must meet. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tests.load.scenario.plan import Plan
from tests.load.scenario.records import API, COMPLETE, STREAM, Call, Records, percentile


@dataclass(frozen=True)
class Verdict:
    """A condition, and whether it holds."""

    text: str
    holds: bool

    def __str__(self) -> str:
        return f"{'ok  ' if self.holds else 'FAIL'}  {self.text}"


def verdicts(plan: Plan, records: Records) -> list[Verdict]:
    """All conditions, with their results."""
    api = records.api()
    at_peak = [call for call in api if plan.holds_at(call[0])]
    results = [
        _fast("API, all calls", api, plan.api_p95_ms),
        _fast(f"API, while {plan.users} users were there", at_peak, plan.api_p95_ms),
        *(_fast(name, records.calls[name], plan.api_p95_ms) for name in API if records.calls[name]),
        _waited(plan, records, len(api)),
        _unfailing(records),
    ]
    if plan.streams:
        results.append(_fast("stream, to its first frame", records.calls[STREAM], plan.stream_p95_ms))
    if not records.calls[COMPLETE]:
        results.append(Verdict("no action was completed", holds=False))
    return results


def _fast(what: str, calls: list[Call], most_ms: float) -> Verdict:
    p95 = percentile(calls, 0.95)
    text = f"{what}: p95 {p95:.0f} ms of {len(calls):,}, must be below {most_ms:g} ms"
    return Verdict(text, holds=bool(calls) and p95 < most_ms)


def _waited(plan: Plan, records: Records, answered: int) -> Verdict:
    waits = sum(count for name, count in records.waits.items() if name.startswith(API))
    share = waits / max(1, waits + answered)
    text = f"{waits} calls of the API ({share:.1%}) got 429 or 503 with Retry-After, must be at most"
    return Verdict(f"{text} {plan.told_to_wait_share:.1%}", holds=share <= plan.told_to_wait_share)


def _unfailing(records: Records) -> Verdict:
    count = sum(records.failures.values())
    return Verdict(f"{count} failures, must be none", holds=not count)
