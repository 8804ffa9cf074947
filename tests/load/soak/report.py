"""The report of a soak: an HTML file that needs no other file, and an SVG for the documentation. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from tests.load.scenario.page import STYLE
from tests.load.scenario.plots import COLOURS, HEIGHT, WIDTH, Line, drawing, plot
from tests.load.scenario.verdicts import Verdict
from tests.load.soak.rules import MB, SIZES, Read
from tests.load.soak.samples import PROCESSES, Sample
from tests.load.soak.trends import middle

TITLE_HEIGHT = 28
SVG_STYLE = """
svg { font: 13px system-ui, sans-serif; fill: #1f2937; background: #fff }
path { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { svg { fill: #e5e7eb; background: #111827 } }
"""
Figures = list[tuple[str, list[Line]]]


def page(title: str, samples: Sequence[Sample], outcomes: Sequence[Verdict]) -> str:
    """The HTML file."""
    seconds = samples[-1].at
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
            f"<p>{escape(_load_text(samples))}</p>",
            "<h2>What must hold</h2><ul>",
            *(f'<li class="{"ok" if one.holds else "bad"}">{escape(one.text)}</li>' for one in outcomes),
            "</ul>",
            *(plot(name, lines, seconds=seconds) for name, lines in figures(samples)),
            "</body></html>\n",
        ]
    )


def image(title: str, samples: Sequence[Sample]) -> str:
    """All plots in one SVG file."""
    seconds, height = samples[-1].at, HEIGHT + TITLE_HEIGHT
    parts = []
    for number, (name, lines) in enumerate(figures(samples)):
        y = TITLE_HEIGHT + number * height
        parts.append(f'<g transform="translate(0,{y})">{_heading(name, lines)}')
        parts.append(f'<g transform="translate(0,{TITLE_HEIGHT})">{drawing(lines, seconds=seconds)}</g></g>')
    whole = TITLE_HEIGHT + len(figures(samples)) * height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" role="img">'
        f"<title>{escape(title)}</title><style>{SVG_STYLE}</style>"
        f'<text x="0" y="18" font-weight="bold">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )


def figures(samples: Sequence[Sample]) -> Figures:
    """The titles and lines of all plots."""

    def line(name: str, read: Read) -> Line:
        return Line(name, [(one.at, read(one)) for one in samples])

    def by_process(group: str, scale: float = 1.0) -> list[Line]:
        return [line(name, _of(group, name, scale)) for name in PROCESSES]

    return [
        ("All answers, in ms", [line("p50", lambda one: one.p50_ms), line("p99", lambda one: one.p99_ms)]),
        ("Resident memory, in MB", by_process("memory", 1 / MB)),
        ("Open descriptors", by_process("descriptors")),
        ("Lag of the follower furthest behind, in facts", [line("lag", lambda one: one.lag)]),
        ("Bytes of each fact", [_per_fact(name, read, samples) for name, read in SIZES.items()]),
        ("Facts in the journal, in thousands", [line("facts", lambda one: one.facts / 1000)]),
    ]


def _per_fact(name: str, read: Read, samples: Sequence[Sample]) -> Line:
    """The growth since the first sample, divided by the facts since then."""
    first, *others = samples
    points = [
        (one.at, max(0.0, (read(one) - read(first)) / (one.facts - first.facts)))
        for one in others
        if one.facts > first.facts
    ]
    return Line(name, points)


def _of(group: str, name: str, scale: float) -> Callable[[Sample], float]:
    def read(sample: Sample) -> float:
        values: dict[str, int] = getattr(sample, group)
        return values[name] * scale

    return read


def _heading(name: str, lines: Sequence[Line]) -> str:
    legend = "".join(
        f'<tspan fill="{colour}"> ■ </tspan><tspan>{escape(line.name)}</tspan>'
        for line, colour in zip(lines, COLOURS, strict=False)
    )
    return f'<text x="0" y="18"><tspan font-weight="bold">{escape(name)} </tspan>{legend}</text>'


def _load_text(samples: Sequence[Sample]) -> str:
    answers, last = sum(one.answers for one in samples), samples[-1]
    refused = sum(one.refused for one in samples)
    viewers = middle([(one.at, one.viewers) for one in samples])
    return (
        f"{answers:,} counts were answered in {last.at / 60:.0f} minutes, {refused} were refused (503);"
        f" {viewers:.0f} viewers, of whom a quarter changed in each interval; {last.facts:,} facts."
    )
