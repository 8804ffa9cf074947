"""The report: one HTML file with plots, which needs no other file and no network. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from html import escape

from tests.load.scenario.plan import Plan
from tests.load.scenario.plots import Line, plot
from tests.load.scenario.records import API, STREAM, Records, by_time, percentile
from tests.load.scenario.verdicts import Verdict

SPANS = 60  # in which a test is plotted
STYLE = """
:root { color-scheme: light dark; --line: #8886 }
:root { --ok: light-dark(#087443, #4ade80); --bad: light-dark(#b42318, #fb7185) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { border-bottom: 1px solid var(--line); padding: .25rem .75rem; text-align: right }
td:first-child, th:first-child { text-align: left }
li.ok::marker { content: "✓  "; color: var(--ok) } li.bad::marker { content: "✗  "; color: var(--bad) }
li.bad { color: var(--bad) }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: currentColor }
svg path { fill: none; stroke-width: 2 }
figure { margin: 1.5rem 0 }
"""


def page(plan: Plan, records: Records, outcomes: Sequence[Verdict], facts: Sequence[tuple[str, str]]) -> str:
    """The whole page."""
    holds = all(one.holds for one in outcomes)
    title = f"Load test of {plan.url}: {'everything holds' if holds else 'not everything holds'}"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
            f"<p>{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {escape(_plan_text(plan))}</p>",
            "<h2>What must hold</h2><ul>",
            *(f'<li class="{"ok" if one.holds else "bad"}">{escape(one.text)}</li>' for one in outcomes),
            "</ul>",
            *_plots(plan, records),
            "<h2>Calls</h2>",
            _calls(plan, records),
            *_facts(records, facts),
            "</body></html>\n",
        ]
    )


def _plan_text(plan: Plan) -> str:
    return (
        f"{plan.first} users at once, up to {plan.users} within {plan.ramp_seconds:g} s, for "
        f"{plan.hold_seconds:g} s, and down within {plan.down_seconds:g} s; {plan.streams:.0%} of them hold "
        f"a stream open. They play {plan.action} and rest for {plan.pause_seconds:g} s on average."
    )


def _plots(plan: Plan, records: Records) -> list[str]:
    width = max(1.0, plan.seconds / SPANS)
    api, streams = by_time(records.api(), width), by_time(records.calls[STREAM], width)
    rates = [(at, len(calls) / width) for at, calls in api]
    each = [
        Line(name, [(at, percentile(calls, 0.95)) for at, calls in by_time(records.calls[name], width)])
        for name in API
    ]
    users = [(at, float(count)) for at, count in records.users]
    figure = partial(plot, seconds=max([plan.seconds, *(at for at, _ in rates)]))
    return [
        figure("Users", [Line("users", users)]),
        figure("Answers of the API a second", [Line("answers/s", rates)]),
        figure("API, all calls, in ms", _percentiles(api), limit=plan.api_p95_ms),
        figure("API, p95 of each call, in ms", each, limit=plan.api_p95_ms),
        figure("Streams, time to the first frame, in ms", _percentiles(streams), limit=plan.stream_p95_ms),
    ]


def _percentiles(spans: list[tuple[float, list[tuple[float, float]]]]) -> list[Line]:
    return [
        Line(f"p{part:.0%}".rstrip("%"), [(at, percentile(calls, part)) for at, calls in spans])
        for part in (0.5, 0.95)
    ]


def _calls(plan: Plan, records: Records) -> str:
    head = "<tr><th>call<th>answers<th>a second at the peak<th>p50 ms<th>p95 ms<th>p99 ms<th>most ms</tr>"
    rows = [
        f"<tr><td>{escape(name)}<td>{len(calls):,}<td>{peak_rate(plan, calls):.1f}"
        + "".join(f"<td>{percentile(calls, part):.0f}" for part in (0.5, 0.95, 0.99, 1.0))
        + "</tr>"
        for name, calls in sorted(records.calls.items())
    ]
    return "\n".join(["<table>", head, *rows, "</table>"])


def peak_rate(plan: Plan, calls: list[tuple[float, float]]) -> float:
    """Answers a second while all users were there."""
    return sum(plan.holds_at(at) for at, _ in calls) / max(plan.hold_seconds, 1e-9)


def _facts(records: Records, facts: Sequence[tuple[str, str]]) -> list[str]:
    lines = [*(f"{name}: {text}" for name, text in facts), *records.problems()]
    return ["<h2>Also</h2><ul>", *(f"<li>{escape(one)}</li>" for one in lines), "</ul>"] if lines else []
